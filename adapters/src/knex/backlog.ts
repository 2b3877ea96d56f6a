import type { DeliveryState, Instant } from '@reslot/core';
import type { Knex } from 'knex';
import { orOutage } from './outages.ts';
import { TABLES, type BigInteger } from './rows.ts';
import type { WaitingRow } from './waiting-events.ts';

/** It is asked for often: more are not counted. */
const MOST = 10_000;

async function count(db: Knex, rows: Knex.QueryBuilder): Promise<number> {
  const [found] = await db.from(rows.limit(MOST).as('some')).count({ many: '*' });
  return Number(found?.many);
}

/** Rows that are read at once: so many of a busy server have more events than are counted. */
const PART = 200;

async function waitingEvents(db: Knex): Promise<number> {
  let events = 0;
  let after: BigInteger = 0;
  for (;;) {
    const rows: Pick<WaitingRow, 'id' | 'many'>[] = await db<WaitingRow>(TABLES.waiting)
      .select('id', 'many')
      .where('id', '>', after)
      .orderBy('id')
      .limit(PART);
    events = rows.reduce((sum, { many }) => sum + many, events);
    if (events >= MOST) return MOST;
    if (rows.length < PART) return events;
    after = rows.at(-1)?.id ?? after;
  }
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
