import {
  MINUTE,
  Outage,
  type LeaseRequest,
  type Outbox,
  type RelayLimits,
  type System,
  type WebhookSender,
} from '@reslot/core';
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

  /** The outbox, and what it was asked; a claim gives up to `most`. */
  function watched({ engine: { outbox } }: World, most = Infinity) {
    const asked: LeaseRequest[] = [];
    let [reads, writes] = [0, 0];
    const watching: Outbox = {
      ...outbox,
      async waiting(limit) {
        reads += 1;
        return outbox.waiting(limit);
      },
      async handOut(...given) {
        writes += 1;
        return outbox.handOut(...given);
      },
      async claim(lease) {
        // The maps are the relay's own: they go on changing.
        asked.push({ ...lease, underWay: new Map(lease.underWay), underWayOf: new Map(lease.underWayOf) });
        return outbox.claim({ ...lease, most: Math.min(lease.most, most) });
      },
    };
    return { outbox: watching, asked, handed: () => ({ reads, writes }) };
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
    expect([await relay.step(), asked.map(({ most }) => most)]).toEqual([0, [3]]);
    answers[0]?.();
    await expect.poll(async () => relay.step()).toBe(1);
    expect(asked.map(({ most }) => most)).toEqual([3, 1]);
    for (const answer of answers) answer();
    await expect.poll(() => answers.length).toBe(4);
    answers[3]?.();
    await relay.settled();
  });

  test('reads once and writes nothing where nothing waits, nor where nobody wants what does', async () => {
    const world = await openWorld(name);
    const { outbox, handed, asked } = watched(world);
    const nobody: System = { ...bus().system, wants: () => false };
    const relay = world.relay({}, [nobody], { outbox });
    await relay.step();
    expect([handed(), asked.length]).toEqual([{ reads: 1, writes: 0 }, 1]);
    await world.book();
    await relay.tell(new Set([world.appId]));
    // There is nothing to claim.
    expect([handed(), asked.length]).toEqual([{ reads: 2, writes: 0 }, 1]);
    await relay.step();
    expect([handed(), asked.length]).toEqual([{ reads: 3, writes: 1 }, 2]);
  });

  test('claims after a tell only when it has handed out, or an attempt has ended since', async () => {
    const world = await openWorld(name);
    const { system, came } = bus();
    const { outbox, asked } = watched(world);
    const relay = world.relay({}, [system], { outbox });
    const nothing = new Set<string>();
    await relay.tell(nothing);
    expect(asked).toHaveLength(0);
    await world.book();
    await relay.tell(nothing);
    await relay.settled();
    expect([came.length, asked.length]).toEqual([1, 1]);
    await relay.tell(nothing);
    await relay.tell(nothing);
    expect(asked).toHaveLength(2);
  });

  describe('claims', () => {
    /** Nobody answers until the test is over. */
    async function open(
      limits: Partial<RelayLimits>,
      endpoints: readonly string[],
      { most, hasSystem = true }: { readonly most?: number; readonly hasSystem?: boolean } = {},
    ) {
      const world = await openWorld(name);
      for (const id of endpoints) await world.endpoint(id, 'https://there.example/hooks');
      await world.book();
      const { system, answers } = hanging();
      const sender: WebhookSender = {
        send: () =>
          new Promise((resolve) => {
            answers.push(() => resolve({ kind: 'delivered', status: 204, excerpt: '' }));
          }),
      };
      const { outbox, asked } = watched(world, most);
      const relay = world.relay(limits, hasSystem ? [system] : [], { outbox, sender });
      return {
        relay,
        asked,
        /** Has everything that was begun answered. */
        async over(count: number) {
          await expect.poll(() => answers.length).toBe(count);
          for (const answer of answers.splice(0)) answer();
          await relay.settled();
        },
      };
    }

    test.each([
      [{ perDestination: 2, perApp: 3, toEndpoints: 3 }, 1],
      [{ perDestination: 1, perApp: 3, toEndpoints: 3 }, 2],
      [{ perDestination: 2, perApp: 2, toEndpoints: 3 }, 2],
      [{ perDestination: 2, perApp: 3, toEndpoints: 2 }, 2],
    ])('again where somebody has come to his share: within %j %i times', async (limits, looks) => {
      const { relay, asked, over } = await open(limits, ['one', 'two']);
      expect([await relay.step(), asked.length]).toEqual([1 + 3, looks]);
      await over(3);
    });

    test.each([[{ perApp: 2 }], [{ toEndpoints: 2 }]])(
      'not again where systems would make up the share: %j',
      async (limits) => {
        const { relay, asked, over } = await open({ perDestination: 2, ...limits }, ['one']);
        expect([await relay.step(), asked.length]).toEqual([1 + 2, 1]);
        await over(2);
      },
    );

    test.each([
      [{ perApp: 2 }, 2],
      [{ perApp: 3 }, 1],
      [{ toEndpoints: 2 }, 2],
      [{ toEndpoints: 3 }, 1],
    ])('endpoints alone within %j %i times', async (limits, looks) => {
      const { relay, asked, over } = await open(limits, ['one', 'two'], { hasSystem: false });
      expect([await relay.step(), asked.length]).toEqual([1 + 2, looks]);
      await over(2);
    });

    test('again where one of several has come to his share', async () => {
      const { relay, asked, over } = await open({ perApp: 1, toEndpoints: 9 }, ['one']);
      expect([await relay.step(), asked.length]).toEqual([1 + 2, 2]);
      await over(2);
    });

    test('eight times at one look', async () => {
      const ids = Array.from({ length: 10 }, (_, index) => `endpoint-${index}`);
      const { relay, asked, over } = await open({ perDestination: 1 }, ids, { most: 1 });
      expect([await relay.step(), asked.length]).toEqual([1 + 8, 8]);
      expect(await relay.step()).toBe(3);
      await over(11);
    });

    test('with what is under way, and not with what was', async () => {
      const { relay, asked, over } = await open({ perDestination: 1, toEndpoints: 9 }, ['one', 'two']);
      await relay.step();
      const [first, second] = asked;
      expect([first?.mostToEndpoints, first?.underWay.size, first?.underWayOf.size]).toEqual([9, 0, 0]);
      expect([second?.mostToEndpoints, second?.underWay, [...(second?.underWayOf.values() ?? [])]]).toEqual([
        7,
        new Map([
          ['one', 1],
          ['two', 1],
          ['@bus', 1],
        ]),
        [2],
      ]);
      await over(3);
      await relay.step();
      expect(asked[2]).toMatchObject({ mostToEndpoints: 9, underWay: new Map(), underWayOf: new Map() });
    });
  });
});
