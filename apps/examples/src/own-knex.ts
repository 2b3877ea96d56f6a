/** The engine on an application's own Knex connection, next to the application's own tables. */
import { systemClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { knexQueries, knexStore, migrate } from '@reslot/adapters/knex';
import { createScheduler, DAY } from '@reslot/core';
import type { Knex } from 'knex';

/** Books and moves a call; returns what the application's own table says of it. */
export async function bookAndMove(db: Knex): Promise<string> {
  await migrate(db); // makes the tables reslot_*, and touches no other
  await db.schema.createTable('orders', (table) => table.string('call_id', 36).notNullable());

  const scheduler = createScheduler({ store: knexStore(db), clock: systemClock, ids: uuidIds });
  const me = { appId: 'my-app', actor: { type: 'admin', id: 'me' }, source: 'example' } as const;
  const startsAt = systemClock.now() + DAY;

  const booked = await scheduler.execute({
    ...me,
    type: 'create',
    guestName: 'Amina',
    startsAt,
    appTimezone: 'Europe/Paris',
  });
  if (booked.kind !== 'accepted') throw new Error(booked.kind);
  await db('orders').insert({ call_id: booked.call.id });

  const edits = { startsAt: startsAt + DAY };
  await scheduler.execute({ ...me, type: 'reschedule', callId: booked.call.id, edits });

  const [order] = await db('orders').select();
  const call = await knexQueries(db).call('my-app', order.call_id);
  return `version ${call?.version}, a day later: ${call?.startsAt === edits.startsAt}`;
}
