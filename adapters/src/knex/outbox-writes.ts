import {
  isSystem,
  type DeliveryFilter,
  type DeliveryKey,
  type Instant,
  type NewDelivery,
  type SettledState,
  type Settlement,
  type WaitingEvent,
} from '@reslot/core';
import type { Knex } from 'knex';
import { keyOfRow, toRowKey, type DeliveryRow, type EndpointRow } from './delivery-rows.ts';
import { deliveryIn, keyIn, rowKey } from './keys.ts';
import { deliveriesOf } from './outbox-reads.ts';
import { TABLES } from './rows.ts';
import type { WaitingRow } from './waiting-events.ts';

/** What the outbox writes. Rows are looked for without locks, and written by their keys. */

/** Rows in one statement: SQLite takes expressions of a depth of 1,000. */
export const MOST_ROWS = 250;

const KEY = ['app_id', 'destination', 'call_id', 'seq'] as const;

/** As a delivery begins. */
const fresh = (at: Instant) => ({
  state: 'pending' as const,
  attempts: 0,
  due_at: at,
  lease_until: 0,
  lease_token: null,
  settled_at: null,
});

export async function handOut(
  db: Knex,
  events: readonly Pick<WaitingEvent, 'place'>[],
  wanted: readonly NewDelivery[],
  now: () => Promise<Instant>,
): Promise<void> {
  // Nothing has to be put at once with it, so a step that is lost is made again.
  if (wanted.length === 0) return takeOut(db, events);
  const at = await now();
  await db.transaction(async (trx) => {
    for (const part of parts(await stillThere(trx, wanted))) {
      const rows = part.map((one) => ({ ...toRowKey(one), type: one.type, ...fresh(at), created_at: at }));
      await trx<DeliveryRow>(TABLES.deliveries)
        .insert(rows)
        .onConflict([...KEY])
        .ignore();
    }
    await takeOut(trx, events);
  });
}

async function takeOut(db: Knex, events: readonly Pick<WaitingEvent, 'place'>[]): Promise<void> {
  const places = new Set(events.map(({ place }) => place));
  for (const part of parts([...places])) await db<WaitingRow>(TABLES.waiting).whereIn('id', part).delete();
}

/** But for those to endpoints that are gone; the others do not go until this is done. */
async function stillThere(trx: Knex, wanted: readonly NewDelivery[]): Promise<NewDelivery[]> {
  const there = namesOf(await keptEndpoints(trx, wanted));
  return wanted.filter((one) => isSystem(one) || there.has(rowKey(one.appId, one.destination)));
}

type EndpointStatus = Pick<EndpointRow, 'app_id' | 'id' | 'status'>;

/** The endpoints that these go to. They stay as they are until the transaction is over. */
export async function keptEndpoints(
  trx: Knex,
  deliveries: readonly DeliveryKey[],
): Promise<EndpointStatus[]> {
  const keys = deliveries.flatMap((one) =>
    isSystem(one) ? [] : [{ appId: one.appId, id: one.destination }],
  );
  if (keys.length === 0) return [];
  return trx<EndpointRow>(TABLES.endpoints).select('app_id', 'id', 'status').where(keyIn(keys)).forShare();
}

export const namesOf = (endpoints: readonly EndpointStatus[]): ReadonlySet<string> =>
  new Set(endpoints.map((row) => rowKey(row.app_id, row.id)));

/** Has what waits for an endpoint made now. */
export async function resume(db: Knex, appId: string, destination: string, at: Instant): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const rows: DeliveryRow[] = await db<DeliveryRow>(TABLES.deliveries)
      .where({ app_id: appId, destination, state: 'pending' })
      .where('due_at', '>', at)
      .limit(MOST_ROWS);
    if (rows.length === 0) return;
    await db<DeliveryRow>(TABLES.deliveries)
      .where(deliveryIn(rows.map(keyOfRow)))
      .where({ state: 'pending' })
      .update({ due_at: at });
  }
}

/** What is left then comes by itself, hours later. */
const MOST_STEPS = 100;

/** Settles what nobody can make, and says why. */
export async function giveUp(
  db: Knex,
  keys: readonly DeliveryKey[],
  told: string,
  at: Instant,
): Promise<void> {
  for (const part of parts(keys)) {
    await db<DeliveryRow>(TABLES.deliveries)
      .where(deliveryIn(part))
      .update({ state: 'dead', told, settled_at: at, lease_until: 0, lease_token: null });
  }
}

export async function settle(
  db: Knex,
  key: DeliveryKey,
  token: string,
  settlement: Settlement,
  at: Instant,
): Promise<'settled' | 'lost'> {
  const { state, told } = settlement;
  const matched = await db<DeliveryRow>(TABLES.deliveries)
    .where({ ...toRowKey(key), lease_token: token })
    .update({ state, told, lease_until: 0, lease_token: null, ...outcomeOf(db, settlement, at) });
  return matched === 1 ? 'settled' : 'lost';
}

const outcomeOf = (db: Knex, settlement: Settlement, at: Instant) =>
  settlement.state === 'pending'
    ? {
        due_at: at + settlement.inMilliseconds,
        ...(!settlement.counts && { attempts: db.raw('attempts - 1') }),
      }
    : { settled_at: at };

export async function redrive(
  db: Knex,
  appId: string,
  filter: DeliveryFilter,
  most: number,
  at: Instant,
): Promise<number> {
  const rows = await deliveriesOf(db, appId, filter)
    .whereNot({ state: 'pending' })
    .limit(Math.min(most, MOST_ROWS));
  return db<DeliveryRow>(TABLES.deliveries)
    .where(deliveryIn(rows.map(keyOfRow)))
    .whereNot({ state: 'pending' })
    .update(fresh(at));
}

export async function forgetSettled(
  db: Knex,
  states: readonly SettledState[],
  until: Instant,
  most: number,
): Promise<number> {
  const old = () =>
    db<DeliveryRow>(TABLES.deliveries)
      .whereIn('state', [...states])
      // Nothing is settled before it is due, and that has an index.
      .where('due_at', '<=', until)
      .where('settled_at', '<=', until);
  const rows: DeliveryRow[] = await old().limit(Math.min(most, MOST_ROWS));
  return old()
    .where(deliveryIn(rows.map(keyOfRow)))
    .delete();
}

export function parts<Row>(rows: readonly Row[]): Row[][] {
  const all: Row[][] = [];
  for (let first = 0; first < rows.length; first += MOST_ROWS) all.push(rows.slice(first, first + MOST_ROWS));
  return all;
}
