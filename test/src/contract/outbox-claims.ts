import type { Delivery } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { claimedOf, DELIVERED, LEASE, named, to, type OutboxContext } from './outbox-context.ts';

/** Deliveries are leased and settled. */
export function outboxClaims(context: OutboxContext): void {
  const { add, endpointOf, handedOut, claim, settle, all } = context;

  describe('a claim', () => {
    test('gives what it takes: the delivery with this attempt, the event and the endpoint', async () => {
      await add(
        endpointOf('one', { types: null, previousSecret: null, previousUntil: null, familyHeaders: false }),
      );
      const [event] = await handedOut({ a: 1 }, 'one', '@bus');
      if (!event) throw new Error('nothing happened');
      const claimed = await claim();
      const now = context.harness.clock.now();
      const delivery = (destination: string): Delivery => ({
        ...to(destination, event),
        state: 'pending',
        attempts: 1,
        dueAt: now,
        told: null,
        createdAt: now,
        settledAt: null,
      });
      const endpoint = endpointOf('one', {
        types: null,
        previousSecret: null,
        previousUntil: null,
        familyHeaders: false,
      });
      expect(claimed.toSorted((x, y) => (x.delivery.destination < y.delivery.destination ? -1 : 1))).toEqual([
        { delivery: delivery('@bus'), event, endpoint: undefined },
        { delivery: delivery('one'), event, endpoint },
      ]);
    });

    test('is for active endpoints and the destinations that are served', async () => {
      await add(endpointOf('active'));
      await add(endpointOf('paused', { status: 'paused', trouble: 'failing' }));
      await add(endpointOf('disabled', { status: 'disabled', trouble: 'gone' }));
      await handedOut({ a: 1 }, 'active', 'paused', 'disabled', 'nowhere', '@bus', '@other');
      expect(named(await claim({ systems: [] }))).toEqual(['active a 1']);
      expect(named(await claim({ systems: ['@bus', '@other'] }))).toEqual(['@bus a 1', '@other a 1']);
    });

    test('leases: nobody else gets it until the lease is over, and then the first has lost it', async () => {
      await handedOut({ a: 1 }, '@bus');
      const [first] = await claimedOf(claim());
      const mine = context.token();
      context.harness.clock.advance(LEASE);
      expect(await claim()).toEqual([]);
      context.harness.clock.advance(1);
      const [second] = await claimedOf(claim());
      if (!first || !second) throw new Error('nothing was claimed');
      expect(second.attempts).toBe(2);
      expect(await context.outbox.settle(first, mine, DELIVERED)).toBe('lost');
      expect((await all())[0]?.state).toBe('pending');
      expect(await context.outbox.settle(second, context.token(), DELIVERED)).toBe('settled');
      expect(await context.outbox.settle(second, context.token(), DELIVERED)).toBe('lost');
    });

    test('is for the first pending one of each call and destination', async () => {
      await handedOut({ a: 3, b: 1 }, '@bus', '@other');
      const both = { systems: ['@bus', '@other'] };
      expect(named(await claim(both))).toEqual(['@bus a 1', '@bus b 1', '@other a 1', '@other b 1']);
      // Under way is pending still.
      expect(named(await claim(both))).toEqual([]);
      context.harness.clock.advance(LEASE + 1);
      await settle(DELIVERED, { systems: ['@bus'] });
      expect(named(await settle({ state: 'dead', told: '500' }, { systems: ['@bus'] }))).toEqual([
        '@bus a 2',
      ]);
      expect(
        named(await settle({ state: 'pending', told: '500', inMilliseconds: 10, counts: true })),
      ).toEqual(['@bus a 3']);
      expect(named(await claim({ systems: ['@bus'] }))).toEqual([]);
      expect(named(await claim({ systems: ['@other'] }))).toEqual(['@other a 1', '@other b 1']);
    });

    test('takes the longest due first, and no more than asked for', async () => {
      await handedOut({ c: 1 }, '@bus');
      context.harness.clock.advance(5);
      await handedOut({ a: 1, b: 1 }, '@bus');
      expect(named(await claim({ most: 1 }))).toEqual(['@bus c 1']);
      expect(await claim({ most: 1 })).toHaveLength(1);
      expect(await claim()).toHaveLength(1);
    });

    test('takes no more of one destination than its share, what is under way included', async () => {
      const calls = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`call-${index}`, 1]));
      await handedOut(calls, '@bus');
      context.harness.clock.advance(5);
      await handedOut({ late: 1 }, '@other');
      const systems = ['@bus', '@other'];
      const underWay = new Map([['@bus', 1]]);
      const first = await claim({ systems, perDestination: 3, underWay, most: 3 });
      expect(first.map(({ delivery }) => delivery.destination).toSorted()).toEqual([
        '@bus',
        '@bus',
        '@other',
      ]);
      expect(await claim({ systems, perDestination: 3, underWay: new Map([['@bus', 3]]) })).toEqual([]);
      expect(await claim({ systems, perDestination: 3, underWay: new Map() })).toHaveLength(2);
    });

    test('takes no more of the endpoints of one app than its share; what serves every app does not count', async () => {
      await add(endpointOf('a'));
      await add(endpointOf('b'));
      await handedOut({ x: 1, y: 1 }, 'a', 'b', '@bus');
      const underWayOf = new Map([[context.appId, 1]]);
      const first = await claim({ perApp: 3, underWayOf });
      expect(first.map(({ delivery }) => delivery.destination).toSorted()).toHaveLength(4);
      expect(named(first).filter((one) => one.startsWith('@'))).toEqual(['@bus x 1', '@bus y 1']);
      expect(await claim({ perApp: 3, underWayOf: new Map([[context.appId, 3]]) })).toEqual([]);
      expect(await claim({ perApp: 3 })).toHaveLength(2);
    });

    test('leaves room for what serves every app', async () => {
      await add(endpointOf('a'));
      await handedOut({ x: 1, y: 1, z: 1 }, 'a', '@bus');
      const first = named(await claim({ mostToEndpoints: 2 }));
      expect(first.filter((one) => one.startsWith('@'))).toHaveLength(3);
      expect(first).toHaveLength(5);
      expect(await claim({ mostToEndpoints: 0 })).toEqual([]);
      expect(await claim()).toHaveLength(1);
    });

    test('of several at once gives each delivery to one', async () => {
      const calls = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`call-${index}`, 1]));
      await handedOut(calls, '@bus');
      const claimed = (await Promise.all(Array.from({ length: 4 }, () => claim({ most: 12 })))).flat();
      expect(new Set(named(claimed)).size).toBe(claimed.length);
      expect(claimed).toHaveLength(12);
    });
  });

  describe('settled', () => {
    test('to be tried again, it is due later; an attempt that was not made does not count', async () => {
      await handedOut({ a: 1 }, '@bus');
      await settle({ state: 'pending', told: '503', inMilliseconds: 100, counts: true });
      context.harness.clock.advance(99);
      expect(await claim()).toEqual([]);
      context.harness.clock.advance(1);
      const [again] = await settle({ state: 'pending', told: 'busy', inMilliseconds: 1, counts: false });
      expect(again?.delivery).toMatchObject({ attempts: 2, told: '503' });
      expect(await all()).toMatchObject([{ attempts: 1, told: 'busy', settledAt: null, state: 'pending' }]);
    });

    test.each(['delivered', 'dropped', 'dead'] as const)('as %s, it is not made again', async (state) => {
      await handedOut({ a: 1 }, '@bus');
      context.harness.clock.advance(3);
      await settle({ state, told: 'so' });
      expect(await all()).toMatchObject([
        { state, told: 'so', attempts: 1, settledAt: context.harness.clock.now() },
      ]);
      context.harness.clock.advance(LEASE * 100);
      expect(await claim()).toEqual([]);
    });
  });
}
