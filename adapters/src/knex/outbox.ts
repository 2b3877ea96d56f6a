import { EVENT_GONE, type Instant, type Outbox } from '@reslot/core';
import type { Knex } from 'knex';
import { fromDeliveryRow } from './delivery-rows.ts';
import { claimed, databaseNow, deliveriesOf, remindersDue } from './outbox-reads.ts';
import { lease } from './outbox-leases.ts';
import { forgetSettled, giveUp, handOut, redrive, settle } from './outbox-writes.ts';
import { orOutage } from './outages.ts';
import { waiting } from './waiting-events.ts';

/**
 * The outbox of the schedule's database. Instants are those of the database's clock, the same for every worker; `now` takes
 * its place where time is an argument.
 */
export const knexOutbox = (db: Knex, now: () => Promise<Instant> = () => databaseNow(db)): Outbox => ({
  now: () => orOutage(now),
  remindersDue: (most) => orOutage(async () => remindersDue(db, most, await now())),
  waiting: (most) => orOutage(() => waiting(db, most)),
  handOut: (events, wanted) => orOutage(() => handOut(db, events, wanted, now)),
  claim: (asked) =>
    orOutage(async () => {
      const at = await now();
      const { found, spoilt, bare } = await claimed(db, await lease(db, asked, at));
      await giveUp(db, spoilt, 'the event cannot be read', at);
      await giveUp(db, bare, EVENT_GONE, at);
      return found;
    }),
  settle: (key, token, settlement) => orOutage(async () => settle(db, key, token, settlement, await now())),
  deliveries: (appId, filter, limit, after) =>
    orOutage(async () => (await deliveriesOf(db, appId, filter, after).limit(limit)).map(fromDeliveryRow)),
  redrive: (appId, filter, most) => orOutage(async () => redrive(db, appId, filter, most, await now())),
  forgetSettled: (states, age, most) =>
    orOutage(async () => forgetSettled(db, states, (await now()) - age, most)),
});
