import type { EndpointStore } from '@reslot/core';
import { rowKey, type MemoryDatabase } from './database.ts';

export function memoryEndpoints(db: MemoryDatabase): EndpointStore {
  return {
    async endpoints(appId) {
      return [...db.endpoints.values()]
        .filter((endpoint) => endpoint.appId === appId)
        .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    async endpoint(appId, id) {
      return db.endpoints.get(rowKey(appId, id));
    },
    async add(endpoint, most) {
      const others = [...db.endpoints.values()].filter(({ appId }) => appId === endpoint.appId);
      if (others.length >= most) return 'full';
      db.endpoints.set(rowKey(endpoint.appId, endpoint.id), { ...endpoint, version: 1 });
      return 'added';
    },
    async change(before, after) {
      const key = rowKey(before.appId, before.id);
      if (db.endpoints.get(key)?.version !== before.version) return 'conflict';
      db.endpoints.set(key, { ...after, version: before.version + 1 });
      return 'changed';
    },
    async remove(appId, id) {
      db.endpoints.delete(rowKey(appId, id));
      for (const [key, one] of db.deliveries) {
        if (one.appId === appId && one.destination === id) db.deliveries.delete(key);
      }
    },
  };
}
