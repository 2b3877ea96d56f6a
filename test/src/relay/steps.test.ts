import { MINUTE, Outage, type Outbox, type System } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { openWorld, workOff, type World } from './world.ts';

/** How much a relay does at one look, and what becomes of the rest when a part of it fails. */

describe.each(engines())('one look of a relay on %s', (name) => {
  /** Takes every event at once. */
  function bus() {
    const came: string[] = [];
    const system: System = {
      name: '@bus',
      wants: () => true,
      async deliver({ event }) {
        came.push(event.type);
        return { kind: 'delivered', told: 'stored' };
      },
    };
    return { system, came };
  }

  /** Takes events, and answers none of them until it is told to. */
  function hanging() {
    const answers: (() => void)[] = [];
    const system: System = {
      name: '@bus',
      wants: () => true,
      deliver: () =>
        new Promise((resolve) => {
          answers.push(() => resolve({ kind: 'delivered', told: 'stored' }));
        }),
    };
    return { system, answers };
  }

  /** The outbox, and what it was asked. */
  function watched({ engine: { outbox } }: World) {
    const asked: { most: number }[] = [];
    const watching: Outbox = {
      ...outbox,
      async claim(lease) {
        asked.push({ most: lease.most });
        return outbox.claim(lease);
      },
    };
    return { outbox: watching, asked };
  }

  const waiting = async ({ engine }: World) => (await engine.outbox.waiting(100)).events.length;
  const deliveries = async ({ engine, appId }: World) =>
    (await engine.outbox.deliveries(appId, {}, 100)).length;

  test('says how many reminders have fired, events are handed out and attempts begun', async () => {
    const world = await openWorld(name);
    const { system } = bus();
    const relay = world.relay({}, [system]);
    const ids = [await world.book(), await world.book()];
    expect(await relay.step()).toBe(4);
    await relay.settled();
    expect(await relay.step()).toBe(0);
    const call = await world.engine.queries.call(world.appId, ids[0] ?? '');
    world.engine.clock.set((call?.startsAt ?? 0) - 60 * MINUTE);
    // Two reminders, their two events, and the attempts at them.
    expect(await relay.step()).toBe(6);
    await relay.settled();
    expect(await relay.step()).toBe(0);
  });

  test('counts no reminder that somebody else has had fire, nor one that cannot be looked at', async () => {
    const world = await openWorld(name);
    const ids = [await world.book(), await world.book(), await world.book()];
    const call = await world.engine.queries.call(world.appId, ids[0] ?? '');
    await world.relay().step();
    world.engine.clock.set((call?.startsAt ?? 0) - 60 * MINUTE);
    const fault = new Error('spoilt');
    const relay = world.relay({}, [], {
      scheduler: {
        async execute(request) {
          if (request.callId === ids[1]) throw fault;
          if (request.callId === ids[2]) await world.scheduler.execute(request);
          return world.scheduler.execute(request);
        },
      },
    });
    // One that fired, and the events of two.
    expect([await relay.step(), world.reports]).toEqual([3, [fault]]);
  });

  test('has no more reminders fire than events are handed out in one step', async () => {
    const world = await openWorld(name);
    const id = await world.book();
    for (let more = 0; more < 2; more += 1) await world.book();
    await workOff(world.relay());
    const call = await world.engine.queries.call(world.appId, id);
    world.engine.clock.set((call?.startsAt ?? 0) - 60 * MINUTE);
    const relay = world.relay({ events: 2 });
    expect([await relay.step(), await relay.step(), await relay.step()]).toEqual([4, 2, 0]);
  });

  test.each<[string, Partial<Outbox>]>([
    ['reminders', { remindersDue: () => Promise.reject(new Outage('away')) }],
    ['handing out', { waiting: () => Promise.reject(new Outage('away')) }],
  ])('of which %s fails does the rest, and then says so', async (_, broken) => {
    const world = await openWorld(name);
    const { system, came } = bus();
    await world.book();
    await world.relay({ attempts: 0 }, [system]).step();
    const relay = world.relay({}, [system], { outbox: { ...world.engine.outbox, ...broken } });
    await expect(relay.step()).rejects.toThrow('away');
    await relay.settled();
    expect(came).toEqual(['created']);
  });

  test('hands out eight pages, as long as they are full', async () => {
    const world = await openWorld(name);
    for (let calls = 0; calls < 19; calls += 1) await world.book();
    const { system } = bus();
    const relay = world.relay({ events: 2, attempts: 0 }, [system]);
    expect([await relay.step(), await waiting(world), await deliveries(world)]).toEqual([16, 3, 16]);
    await relay.tell(new Set([world.appId]));
    expect([await waiting(world), await deliveries(world)]).toEqual([0, 19]);
  });

  test('begins no more attempts than there is room for, and does not ask where there is none', async () => {
    const world = await openWorld(name);
    for (let calls = 0; calls < 5; calls += 1) await world.book();
    const { system, answers } = hanging();
    const { outbox, asked } = watched(world);
    const relay = world.relay({ attempts: 3 }, [system], { outbox });
    expect(await relay.step()).toBe(5 + 3);
    await expect.poll(() => answers.length).toBe(3);
    expect([await relay.step(), asked]).toEqual([0, [{ most: 3 }]]);
    answers[0]?.();
    await expect.poll(async () => relay.step()).toBe(1);
    expect(asked).toEqual([{ most: 3 }, { most: 1 }]);
    for (const answer of answers) answer();
    await expect.poll(() => answers.length).toBe(4);
    answers[3]?.();
    await relay.settled();
  });
});
