import type { connect } from '@reslot/adapters/connect';
import type { MemoryDatabase } from '@reslot/adapters/memory';
import type { StoreProbe } from '../contract/index.ts';

/** What lies in the tables, in plain SQL. */
export function sqlProbe(db: ReturnType<typeof connect>): StoreProbe {
  return {
    async calls(appId) {
      const rows = await db('reslot_calls').where({ app_id: appId }).orderBy('id');
      return rows.map(({ id, version, last_seq, starts_at }) => ({
        id,
        version,
        lastSeq: last_seq,
        startsAt: starts_at,
      }));
    },
    async events(appId) {
      const rows = await db('reslot_call_events').where({ app_id: appId }).orderBy(['call_id', 'seq']);
      return rows.map(({ call_id, seq, version }) => ({ callId: call_id, seq, version }));
    },
    async isActive(appId, agentId) {
      const row = await db('reslot_agents').where({ app_id: appId, id: agentId }).first();
      return row && Boolean(row.active);
    },
  };
}

/** What lies in the maps. */
export function memoryProbe(db: MemoryDatabase): StoreProbe {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    async calls(appId) {
      return [...db.calls.values()]
        .filter((call) => call.appId === appId)
        .toSorted(byId)
        .map(({ id, version, lastSeq, startsAt }) => ({ id, version, lastSeq, startsAt }));
    },
    async events(appId) {
      return [...db.events.entries()]
        .filter(([key]) => key.startsWith(`${appId}/`))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, events]) => events.map(({ callId, seq, version }) => ({ callId, seq, version })));
    },
    async isActive(appId, agentId) {
      return db.agents.get(`${appId}/${agentId}`)?.active;
    },
  };
}
