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
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect([taken, await waiting(world)]).toEqual([[2], ['created']]);
    await world.cancel(id);
    await relay.tell(new Set([world.appId]));
    expect(await waiting(world)).toEqual(['created', 'cancelled']);
    await world.move(await world.book(), 1);
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect(taken).toEqual([2, 2]);
    await relay.step();
    expect([taken, await waiting(world)]).toEqual([[2, 2], []]);
  });

  test('takes out what one commit has written as a whole, if somebody wants some of it', async () => {
    const world = await openWorld(name);
    const [wanted, other] = [await world.book(), await world.book()];
    const taken: string[] = [];
    const relay = world.relay({}, [
      {
        name: '@one',
        wants: ({ callId }) => callId === wanted,
        async deliver({ event }) {
          taken.push(event.type);
          return { kind: 'delivered', told: 'taken' };
        },
      },
    ]);
    await relay.step();
    const moves = [other, wanted].map((callId) => world.moveOf(callId, 1));
    expect(await world.scheduler.executeMany(moves, 'atomic')).toMatchObject({ carriedOut: true });
    await world.cancel(other);
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect([taken, await waiting(world)]).toEqual([['created', 'rescheduled'], ['cancelled']]);
  });

  test('takes out a page that is full, so that what nobody wants hides nothing', async () => {
    const world = await openWorld(name);
    const { system, taken } = movesOnly();
    const relay = world.relay({ events: 2 }, [system]);
    for (let many = 0; many < 4; many += 1) await world.book();
    const id = await world.book();
    await world.move(id, 1);
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect([taken, await waiting(world)]).toEqual([[2], []]);
  });

  test('reads nothing for apps that have nobody who listens, until the next look', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    const relay = world.relay();
    const tell = async (...appIds: string[]): Promise<number> => {
      await relay.tell(new Set(appIds));
      await relay.settled();
      return received.length;
    };
    await world.book();
    expect(await tell(world.appId)).toBe(0);
    // It is not looked for at every commit whether there is one by now.
    await world.endpoint('one', url);
    expect([await tell(world.appId), await waiting(world)]).toEqual([0, ['created']]);
    await relay.step();
    await relay.settled();
    expect(received).toHaveLength(1);
    await world.book();
    expect(await tell(world.appId)).toBe(2);
  });

  test('forgets at each look that nobody listens', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    const relay = world.relay();
    await world.book();
    await relay.step();
    await world.endpoint('one', url);
    await relay.step();
    await world.book();
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect(received).toHaveLength(1);
  });

  test('reads where one of several apps may have somebody who listens', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url, { appId: 'another' });
    const relay = world.relay();
    await world.book();
    await relay.tell(new Set([world.appId]));
    await world.book('another');
    await relay.tell(new Set([world.appId, 'another']));
    await relay.settled();
    expect(received).toHaveLength(1);
  });

  test('is told of another app, and hands out what waits for all', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    const relay = world.relay();
    await world.book();
    await relay.tell(new Set([world.appId]));
    await world.endpoint('one', url);
    for (const expected of [1, 2]) {
      await relay.tell(new Set([expected === 1 ? 'another' : world.appId]));
      await relay.settled();
      expect(received).toHaveLength(expected);
      await world.book();
    }
  });

  test('goes on with a call when the attempt before has ended', async () => {
    const world = await openWorld(name);
    const { url, received } = await receiver((_, response) => response.end());
    await world.endpoint('one', url);
    const relay = world.relay();
    await world.move(await world.book(), 1);
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect(received).toHaveLength(1);
    await relay.tell(new Set([world.appId]));
    await relay.settled();
    expect(received).toHaveLength(2);
  });
});
