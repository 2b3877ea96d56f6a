import { withinShares, type Delivery, type DeliveryKey, type Instant, type LeaseRequest } from '@reslot/core';
import type { Knex } from 'knex';
import { fromDeliveryRow, keyOfRow, type DeliveryRow } from './delivery-rows.ts';
import { deliveryIn, rowKey } from './keys.ts';
import { candidates, isServed, type DueRow } from './outbox-reads.ts';
import { keptEndpoints, MOST_ROWS, namesOf, parts } from './outbox-writes.ts';
import { TABLES } from './rows.ts';

/** What a claim writes. Rows are looked for without locks, and written by their keys. */

/** How long what waits for a paused endpoint is not looked at. It is due at once when the endpoint goes on. */
const ASIDE = 6 * 60 * 60_000;
/** Times that one claim looks again, because all that it saw waits for paused endpoints. */
const MOST_LOOKS = 20;

/** Of those who lease the same at once, each row goes to the first. */
export async function lease(db: Knex, asked: LeaseRequest, at: Instant): Promise<Delivery[]> {
  const found = withinShares((await servedNow(db, asked, at)).map(keyOfRow), {
    ...asked,
    most: Math.min(asked.most, MOST_ROWS),
  });
  if (found.length === 0) return [];
  const those = () => db<DeliveryRow>(TABLES.deliveries).where(deliveryIn(found));
  await those()
    .where({ state: 'pending' })
    .where('lease_until', '<', at)
    .update({ lease_token: asked.token, lease_until: at + asked.lease, attempts: db.raw('attempts + 1') });
  const rows: DeliveryRow[] = await those().where({ lease_token: asked.token });
  return rows.map(fromDeliveryRow);
}

/** What waits for endpoints that are paused, or gone, must not stand before the others every time. */
async function servedNow(db: Knex, asked: LeaseRequest, at: Instant): Promise<DueRow[]> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const rows = await candidates(db, asked, at);
    const aside = rows.filter((row) => !isServed(row));
    const those = (kind: (row: DueRow) => boolean) => parts(aside.filter(kind).map(keyOfRow));
    for (const gone of those((row) => row.endpoint_status === null)) await pending(db, gone).delete();
    for (const paused of those((row) => row.endpoint_status !== null)) await setAside(db, paused, at);
    if (aside.length < rows.length || rows.length === 0) return rows.filter(isServed);
  }
  return [];
}

const pending = (db: Knex, keys: readonly DeliveryKey[]) =>
  db<DeliveryRow>(TABLES.deliveries).where(deliveryIn(keys)).where({ state: 'pending' });

/** But for those whose endpoints go on by now. One that goes on a moment later finds all that was set aside. */
const setAside = (db: Knex, keys: readonly DeliveryKey[], at: Instant): Promise<void> =>
  db.transaction(async (trx) => {
    const endpoints = await keptEndpoints(trx, keys);
    const stopped = namesOf(endpoints.filter(({ status }) => status !== 'active'));
    const those = keys.filter((one) => stopped.has(rowKey(one.appId, one.destination)));
    if (those.length > 0) await pending(trx, those).update({ due_at: at + ASIDE });
  });
