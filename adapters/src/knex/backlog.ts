import type { DeliveryState, Instant } from '@reslot/core';
import type { Knex } from 'knex';
import { orOutage } from './outages.ts';
import { TABLES, type BigInteger } from './rows.ts';

/** It is asked for often: more are not counted. */
const MOST = 10_000;

async function count(db: Knex, rows: Knex.QueryBuilder): Promise<number> {
  const [found] = await db.from(rows.limit(MOST).as('some')).count({ many: '*' });
  return Number(found?.many);
}

async function waitingEvents(db: Knex): Promise<number> {
  const [found] = await db
    .from(db(TABLES.waiting).select('many').limit(MOST).as('some'))
    .sum({ events: 'many' });
  return Math.min(MOST, Number(found?.events ?? 0));
}

const inState = (db: Knex, state: DeliveryState) => db(TABLES.deliveries).select('app_id').where({ state });

/** How many events wait to be handed out, and how many deliveries to be made; up to 10,000 of each. */
export async function countBacklog(db: Knex): Promise<{ events: number; deliveries: number }> {
  return {
    events: await waitingEvents(db),
    deliveries: await count(db, inState(db, 'pending')),
  };
}

/** How the outbox is; counts go up to 10,000. */
export interface OutboxHealth {
  readonly events: number;
  /** When the event was written that has waited longest to be handed out; null if none waits. */
  readonly oldest: Instant | null;
  readonly deliveries: number;
  /** Deliveries that were given up. */
  readonly dead: number;
}

export const outboxHealth = (db: Knex): Promise<OutboxHealth> =>
  orOutage(async () => {
    const first: { at: BigInteger } | undefined = await db(TABLES.waiting).orderBy('id').first('at');
    return {
      ...(await countBacklog(db)),
      oldest: first ? Number(first.at) : null,
      dead: await count(db, inState(db, 'dead')),
    };
  });
