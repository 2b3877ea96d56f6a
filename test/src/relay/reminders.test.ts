import { DAY, MINUTE, reminding, type DueReminder, type ReminderOutcome } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { receiver, type Received } from '../webhooks/receivers.ts';
import { openWorld, workOff, type World } from './world.ts';

describe.each(engines())('reminders on %s', (name) => {
  const typesOf = (received: readonly Received[]): string[] =>
    received.map(({ body }) => `${JSON.parse(body).type} ${JSON.parse(body).data.sequence}`);
  /** A world with an endpoint that is told of reminders alone, and a call that starts in a day. */
  async function open() {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url, { types: ['reminder_due', 'reminder_skipped'] });
    return { ...world, received };
  }
  const startOf = ({ engine, appId }: World, id: string) =>
    engine.queries.call(appId, id).then((call) => call?.startsAt ?? 0);

  test('fire when they are due, once, whoever looks', async () => {
    const world = await open();
    const { clock } = world.engine;
    const id = await world.book();
    const start = await startOf(world, id);
    const relays = [world.relay(), world.relay()];
    clock.set(start - 60 * MINUTE - 1);
    await workOff(world.relay());
    expect(world.received).toEqual([]);
    clock.set(start - 60 * MINUTE);
    await Promise.all(relays.map(workOff));
    await workOff(world.relay());
    expect(typesOf(world.received)).toEqual(['scheduled.reminder_due 2']);
    expect(JSON.parse(world.received[0]?.body ?? '')).toMatchObject({
      data: { reminders: [{ reminder_kind: 'reminder_1h', reason: 'fired' }], actor: { id: 'reslot' } },
    });
    const call = await world.engine.queries.call(world.appId, id);
    expect(call?.version).toBe(1);
    expect(call?.reminders.map(({ fireAt, skipped }) => [fireAt, skipped])).toEqual([
      [null, 'already_past'],
      [null, null],
      [start - 15 * MINUTE, null],
    ]);
  });

  test('are never told at an old time, nor of a call that is over', async () => {
    const world = await open();
    const { clock } = world.engine;
    const moved = await world.book();
    const cancelled = await world.book();
    const start = await startOf(world, moved);
    await world.move(moved, 3);
    await world.cancel(cancelled);
    clock.set(start - MINUTE);
    await workOff(world.relay());
    expect(world.received).toEqual([]);
    clock.set(start + 3 * DAY - 15 * MINUTE);
    await workOff(world.relay());
    // Nobody looked for days: what is too late says so.
    expect(typesOf(world.received)).toEqual([
      'scheduled.reminder_skipped 3',
      'scheduled.reminder_skipped 4',
      'scheduled.reminder_due 5',
    ]);
    expect(JSON.parse(world.received[0]?.body ?? '').data.reminders[0].reason).toBe('too_late');
  });
});

describe.each(engines())('a channel of reminders on %s', (name) => {
  const SENT: ReminderOutcome = { kind: 'sent' };
  const AWAY: ReminderOutcome = { kind: 'unreachable', fault: 'dns' };
  const told = { actor: { type: 'api', id: 'key' }, source: 'test', reason: null } as const;

  /** A world with a call that Ana has, whose relay reminds; `came` has what the channel was handed, which answers `outcomes`, then the last of them. */
  async function open(...outcomes: ReminderOutcome[]) {
    const world = await openWorld(name);
    const { engine, scheduler, appId } = world;
    const came: DueReminder[] = [];
    const channel = {
      send: async (reminder: DueReminder) => {
        came.push(reminder);
        return outcomes[came.length - 1] ?? outcomes.at(-1) ?? SENT;
      },
    };
    const agent = { appId, id: 'ana', name: 'Ana', active: true, email: 'ana@example.com' };
    await scheduler.saveAgent({ agent });
    const start = engine.clock.now() + DAY;
    const guest = { guestName: 'Zoë', appTimezone: 'UTC', intakeNotes: 'likes tea' };
    const booked = await scheduler.execute({
      ...told,
      ...guest,
      type: 'create',
      appId,
      agentId: 'ana',
      startsAt: start,
    });
    if (booked.kind !== 'accepted') throw new Error(`was to be accepted: ${booked.kind}`);
    const reminders = reminding({ channel, queries: engine.queries });
    const relay = world.relay({}, [reminders]);
    return {
      ...world,
      came,
      channel,
      reminders,
      start,
      callId: booked.call.id,
      /** Has the relay work at that time; gives how its deliveries have ended, the last first. */
      async at(time: number) {
        engine.clock.set(time);
        await workOff(relay);
        const log = await engine.outbox.deliveries(appId, {}, 10);
        return log.map(({ type, destination, state, told: how }) => `${type} ${destination} ${state} ${how}`);
      },
    };
  }

  test('is handed each that is due, of the call as it stands, without the notes of the house', async () => {
    const { engine, appId, endpoint, came, at, start, callId } = await open();
    const { url, received } = await receiver((_, response) => response.end());
    await endpoint('one', url, { types: ['reminder_due'] });
    await at(start - 60 * MINUTE);
    await at(start - 15 * MINUTE);
    const known = await engine.queries.call(appId, callId);
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
    expect(came).toMatchObject([
      { messageId: ids[0], kind: '1h', minutesBefore: 60, at: start - 60 * MINUTE },
      { messageId: ids[1], kind: '15m', minutesBefore: 15, at: start - 15 * MINUTE },
    ]);
    const { intakeNotes, ...summary } = known ?? {};
    expect([intakeNotes, came[1]?.call]).toEqual(['likes tea', summary]);
    expect(came[1]?.agent).toMatchObject({ name: 'Ana', email: 'ana@example.com' });
    expect(came[1]?.guestLink).toBeUndefined();
  });

  test('is handed no agent where the call has none', async () => {
    const { book, came, at, start } = await open();
    const id = await book();
    await at(start - 60 * MINUTE);
    expect(came.find(({ call }) => call.id === id)).toMatchObject({ agent: undefined, kind: '1h' });
    expect(came).toHaveLength(2);
  });

  test.each<[ReminderOutcome, string]>([
    [SENT, 'delivered sent'],
    [{ kind: 'unaddressed' }, 'dropped no address'],
    [{ kind: 'refused', message: 'no such mailbox' }, 'dead no such mailbox'],
    [AWAY, 'pending dns'],
  ])('that answers %j leaves a delivery that is %s, and no other', async (outcome, end) => {
    const { at, start } = await open(outcome);
    expect(await at(start - 60 * MINUTE)).toEqual([`reminder_due @reminders ${end}`]);
  });

  test('is one of several, each of which has a name of its own', async () => {
    const { engine, appId, relay, channel, reminders, came, start } = await open();
    const notes = reminding({ channel, queries: engine.queries }, '@notes');
    engine.clock.set(start - 60 * MINUTE);
    await workOff(relay({}, [reminders, notes]));
    const log = await engine.outbox.deliveries(appId, {}, 10);
    expect(log.map(({ destination }) => destination).toSorted()).toEqual(['@notes', '@reminders']);
    expect(came).toHaveLength(2);
  });

  describe('that failed is not asked again', () => {
    const late = 30 * MINUTE;

    test('when the call is elsewhere', async () => {
      const { move, at, start, callId, came } = await open(AWAY);
      await at(start - 60 * MINUTE);
      await move(callId, 1);
      const [end] = await at(start - 59 * MINUTE);
      expect([end, came.length]).toEqual(['reminder_due @reminders dropped the call has changed', 1]);
    });

    test('when the call is over', async () => {
      const { cancel, at, start, callId, came } = await open(AWAY);
      await at(start - 60 * MINUTE);
      await cancel(callId);
      const [end] = await at(start - 59 * MINUTE);
      expect([end, came.length]).toEqual(['reminder_due @reminders dropped the call has changed', 1]);
    });

    test.each([
      [0, 'delivered sent'],
      [1, 'dropped too late'],
    ])('half an hour and %i ms later: %s', async (more, end) => {
      const { at, start } = await open(AWAY, SENT);
      await at(start - 60 * MINUTE);
      expect(await at(start - 60 * MINUTE + late + more)).toEqual([`reminder_due @reminders ${end}`]);
    });

    test.each([
      [-1, 'delivered sent'],
      [0, 'dropped too late'],
    ])('%i ms after the start of the call: %s', async (more, end) => {
      const { at, start } = await open(SENT, AWAY, SENT);
      await at(start - 60 * MINUTE);
      await at(start - 15 * MINUTE);
      const [last] = await at(start + more);
      expect(last).toBe(`reminder_due @reminders ${end}`);
    });
  });
});
