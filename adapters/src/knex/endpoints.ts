import type { EndpointStore, Instant } from '@reslot/core';
import type { Knex } from 'knex';
import {
  fromEndpointRow,
  keyOfRow,
  toEndpointRow,
  type DeliveryRow,
  type EndpointRow,
} from './delivery-rows.ts';
import { deliveryIn } from './keys.ts';
import { databaseNow } from './outbox-reads.ts';
import { resume } from './outbox-writes.ts';
import { orOutage } from './outages.ts';
import { TABLES } from './rows.ts';

/** Rows in one statement, so that no lock is held for long. */
const STEP = 500;
const MOST_STEPS = 20;

async function removeSome(db: Knex, appId: string, id: string): Promise<number> {
  const rows: DeliveryRow[] = await db<DeliveryRow>(TABLES.deliveries)
    .where({ app_id: appId, destination: id })
    .limit(STEP);
  await db<DeliveryRow>(TABLES.deliveries)
    .where(deliveryIn(rows.map(keyOfRow)))
    .delete();
  return rows.length;
}

/** `now` is the clock of the outbox. */
export function knexEndpoints(db: Knex, now: () => Promise<Instant> = () => databaseNow(db)): EndpointStore {
  const table = () => db<EndpointRow>(TABLES.endpoints);
  return {
    endpoints: (appId) =>
      orOutage(async () => {
        const rows: EndpointRow[] = await table().where({ app_id: appId }).orderBy(['created_at', 'id']);
        return rows.map(fromEndpointRow);
      }),
    endpoint: (appId, id) =>
      orOutage(async () => {
        const row: EndpointRow | undefined = await table().where({ app_id: appId, id }).first();
        return row && fromEndpointRow(row);
      }),
    add: (endpoint, most) =>
      orOutage(async () => {
        const others = await table().where({ app_id: endpoint.appId }).select('id').limit(most);
        if (others.length >= most) return 'full';
        await table().insert({ ...toEndpointRow(endpoint), version: 1 });
        // Of several at once, those that make it too many are taken back.
        const all = await table()
          .where({ app_id: endpoint.appId })
          .select('id')
          .limit(most + 1);
        if (all.length <= most) return 'added';
        await table().where({ app_id: endpoint.appId, id: endpoint.id }).delete();
        return 'full';
      }),
    change: ({ appId, id, version, status }, after) =>
      orOutage(async () => {
        const row = { ...toEndpointRow(after), version: version + 1 };
        const matched = await table().where({ app_id: appId, id, version }).update(row);
        if (matched !== 1) return 'conflict';
        if (status !== 'active' && after.status === 'active') await resume(db, appId, id, await now());
        return 'changed';
      }),
    remove: (appId, id) =>
      orOutage(async () => {
        await table().where({ app_id: appId, id }).delete();
        // What is left then goes when a relay comes to it.
        for (let steps = 0; steps < MOST_STEPS && (await removeSome(db, appId, id)) === STEP; steps += 1);
      }),
  };
}
