import { DAY, MINUTE } from '@reslot/core';
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
