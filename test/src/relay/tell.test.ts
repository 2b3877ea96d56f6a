import { type System } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { receiver } from '../webhooks/receivers.ts';
import { openWorld, type World } from './world.ts';

/** What a relay does between two looks: after a commit of its process, and when an attempt has ended. */

describe.each(engines())('between two looks a relay on %s', (name) => {
  const waiting = async ({ engine }: World) =>
    (await engine.outbox.waiting(100)).events.map(({ type }) => type);

  /** Takes moves, and nothing else. */
  function movesOnly(): { system: System; taken: number[] } {
    const taken: number[] = [];
    const system: System = {
      name: '@moves',
      wants: ({ type }) => type === 'rescheduled',
      async deliver({ event }) {
        taken.push(event.seq);
        return { kind: 'delivered', told: 'taken' };
      },
    };
    return { system, taken };
  }

  test('tells what somebody wants, and leaves the rest to the next step', async () => {
    const world = await openWorld(name);
    const { system, taken } = movesOnly();
    const relay = world.relay({}, [system]);
    const id = await world.book();
    await world.move(id, 1);
    await relay.tell();
    await relay.settled();
    expect([taken, await waiting(world)]).toEqual([[2], ['created']]);
    await world.cancel(id);
    await relay.tell();
    expect(await waiting(world)).toEqual(['created', 'cancelled']);
    await relay.step();
    expect([taken, await waiting(world)]).toEqual([[2], []]);
  });

  test('takes out a page that is full, so that what nobody wants hides nothing', async () => {
    const world = await openWorld(name);
    const { system, taken } = movesOnly();
    const relay = world.relay({ events: 2 }, [system]);
    for (let many = 0; many < 4; many += 1) await world.book();
    const id = await world.book();
    await world.move(id, 1);
    await relay.tell();
    await relay.settled();
    expect([taken, await waiting(world)]).toEqual([[2], []]);
  });

  test('goes on with a call when the attempt before has ended', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url);
    const relay = world.relay();
    await world.move(await world.book(), 1);
    await relay.tell();
    await relay.settled();
    expect(received).toHaveLength(1);
    await relay.tell();
    await relay.settled();
    expect(received).toHaveLength(2);
  });
});
