import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexEndpoints, knexOutbox, knexStore, migrate } from '@reslot/adapters/knex';
import { fixedClock } from '@reslot/adapters/clock';
import { createScheduler, DAY } from '@reslot/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newDatabase, sqlEngines } from '../engines/engines.ts';

const NOW = Date.UTC(2031, 0, 1);
const told = { actor: { type: 'api', id: 'key' }, source: 'test' } as const;

describe.each(sqlEngines())(
  'rows that somebody has spoilt, or that an older version has left, on %s',
  (name) => {
    async function open() {
      const own = await newDatabase(name);
      const db = connect(own.url);
      onTestFinished(async () => {
        await db.destroy();
        await own.drop();
      });
      await migrate(db);
      const clock = fixedClock(NOW);
      const scheduler = createScheduler({ store: knexStore(db), clock, ids: uuidIds });
      const outbox = knexOutbox(db, async () => clock.now());
      const book = async (callId: string, startsAt = NOW + 9 * DAY) => {
        const booking = { appId: 'app', callId, guestName: 'G', appTimezone: 'UTC', startsAt };
        expect((await scheduler.execute({ ...told, type: 'create', ...booking })).kind).toBe('accepted');
      };
      return { db, clock, scheduler, outbox, book, endpoints: knexEndpoints(db, async () => clock.now()) };
    }
    const spoil = (db: ReturnType<typeof connect>, callId: string) =>
      db('reslot_call_events').where({ call_id: callId }).update({ body: '{' });

    test('a delivery whose event cannot be read is dead, and keeps nobody else from being claimed', async () => {
      const { db, outbox, book } = await open();
      await book('bad');
      await book('good');
      const { events } = await outbox.waiting(100);
      const wanted = events.map(({ appId, callId, seq, type }) => ({
        appId,
        callId,
        seq,
        type,
        destination: '@bus',
      }));
      await outbox.handOut(events, wanted);
      await spoil(db, 'bad');
      const none = new Map<string, number>();
      const shares = {
        most: 9,
        mostToEndpoints: 9,
        perDestination: 9,
        underWay: none,
        perApp: 9,
        underWayOf: none,
      };
      const claimed = await outbox.claim({ token: 't', lease: 1, systems: ['@bus'], ...shares });
      expect(claimed.map(({ delivery }) => delivery.callId)).toEqual(['good']);
      const [dead] = await outbox.deliveries('app', { callId: 'bad' }, 1);
      expect(dead).toMatchObject({ state: 'dead', told: 'the event cannot be read' });
    });

    test('a call that is over has no reminder that is due, whatever an older version has left', async () => {
      const { db, clock, scheduler, outbox, book } = await open();
      await book('over');
      const cancel = { ...told, type: 'cancel', appId: 'app', callId: 'over' } as const;
      expect((await scheduler.execute(cancel)).kind).toBe('accepted');
      await db('reslot_calls').update({ next_reminder_at: NOW - 1 });
      clock.advance(DAY);
      expect(await outbox.remindersDue(9)).toEqual([]);
    });

    test('an upgrade says when the next reminders of calls are due that were booked before', async () => {
      const { db, book } = await open();
      const start = NOW + 9 * DAY;
      for (let calls = 0; calls < 3; calls += 1) await book(`call-${calls}`, start);
      await db('reslot_calls').where({ id: 'call-2' }).update({ status: 'cancelled' });
      await db('reslot_calls').update({ next_reminder_at: null });
      await db('reslot_migrations').where('name', 'like', '029%').delete();
      await migrate(db);
      const rows = await db('reslot_calls').orderBy('id').select('id', 'next_reminder_at');
      expect(rows.map((row) => Number(row.next_reminder_at))).toEqual([start - DAY, start - DAY, 0]);
    });

    test('events that wait and cannot be read keep nobody else waiting, and are not thrown away', async () => {
      const { db, outbox, book } = await open();
      for (const [call, events] of [
        ['bad', '{'],
        ['empty', '[]'],
      ] as const) {
        await book(call);
        await db('reslot_waiting_events').where('events', 'like', `%"${call}"%`).update({ events });
      }
      await book('good');
      const calls = async () => (await outbox.waiting(1)).events.map(({ callId }) => callId);
      const looks = [await calls(), await calls(), await calls()];
      expect(looks).toEqual([[], [], ['good']]);
      expect(await db('reslot_waiting_events').where({ many: 0 })).toHaveLength(2);
    });

    test('of one commit no more events than a relay takes share a row', async () => {
      const { db, scheduler } = await open();
      const start = NOW + 9 * DAY;
      const calls = Array.from({ length: 300 }, (_, index) => `call-${index}`);
      const booking = { ...told, type: 'create', appId: 'app', guestName: 'G', appTimezone: 'UTC' } as const;
      await Promise.all(calls.map((callId) => scheduler.execute({ ...booking, callId, startsAt: start })));
      await db('reslot_waiting_events').delete();
      const moves = calls.map((callId) => ({
        ...told,
        type: 'reschedule' as const,
        appId: 'app',
        callId,
        edits: { startsAt: start + DAY },
      }));
      expect(await scheduler.executeMany(moves, 'atomic')).toMatchObject({ carriedOut: true });
      const rows = await db('reslot_waiting_events').orderBy('id');
      expect(rows.map(({ many, at }) => [Number(many), Number(at)])).toEqual([
        [250, NOW],
        [50, NOW],
      ]);
    });

    test('an upgrade takes over the events that waited in rows of their own, in their order', async () => {
      const { db, outbox, book } = await open();
      await book('new');
      const rows = ['b', 'a'].map((id, index) => ({
        app_id: 'old',
        call_id: id,
        seq: index + 1,
        at: 10 - index,
      }));
      await db.schema.dropTable('reslot_waiting_events');
      await db.schema.createTable('reslot_outbox', (table) => {
        table.bigIncrements('id');
        for (const column of ['at', 'seq']) table.bigInteger(column);
        for (const column of ['app_id', 'call_id', 'type']) table.string(column).collate('ascii_bin');
      });
      for (const row of rows) await db('reslot_outbox').insert({ ...row, type: 'created' });
      for (const step of ['034%', '035%', '036%', '037%']) {
        await db('reslot_migrations').where('name', 'like', step).delete();
      }
      expect(await migrate(db)).toHaveLength(4);
      // A process may die when a step is done and not noted.
      for (const step of ['034%', '035%', '037%']) {
        await db('reslot_migrations').where('name', 'like', step).delete();
        expect(await migrate(db)).toHaveLength(1);
      }
      await book('newer');
      const { events } = await outbox.waiting(9);
      expect(events.map(({ appId, callId, seq, type, at }) => [appId, callId, seq, type, at])).toEqual([
        ['old', 'b', 1, 'created', 10],
        ['old', 'a', 2, 'created', 9],
        ['app', 'newer', 1, 'created', NOW],
      ]);
      expect(await db.schema.hasTable('reslot_outbox_before')).toBe(false);
    });
  },
);
