import type { Delivery, DeliveryFilter } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, sampleCall } from './samples.ts';
import { DELIVERED, named, type OutboxContext } from './outbox-context.ts';

const DONE = ['delivered', 'dropped'] as const;

/** Deliveries are shown, made again and forgotten. */
export function outboxLog(context: OutboxContext): void {
  const { handedOut, claim, settle, all } = context;

  describe('the log', () => {
    /** At 0, 10 and 20 milliseconds: delivered, dead, pending. */
    async function three(): Promise<number> {
      const start = context.harness.clock.now();
      await handedOut({ a: 1 }, '@bus');
      await settle(DELIVERED);
      context.harness.clock.advance(10);
      await handedOut({ b: 1 }, '@bus');
      await settle({ state: 'dead', told: '400' });
      context.harness.clock.advance(10);
      await handedOut({ c: 1 }, '@other');
      return start;
    }
    const calls = (deliveries: readonly Delivery[]) => deliveries.map(({ callId }) => callId);
    const keys = (deliveries: readonly Delivery[]) =>
      deliveries.map(({ destination, callId, seq }) => `${destination} ${callId} ${seq}`);

    test('shows deliveries, the newest first, as the filter says', async () => {
      const start = await three();
      expect(calls(await all())).toEqual(['c', 'b', 'a']);
      expect(calls(await context.outbox.deliveries(context.appId, {}, 2))).toEqual(['c', 'b']);
      expect(calls(await all({ destination: '@bus' }))).toEqual(['b', 'a']);
      expect(calls(await all({ state: 'dead' }))).toEqual(['b']);
      expect(calls(await all({ callId: 'a' }))).toEqual(['a']);
      expect(calls(await all({ callId: 'a', seq: 1 }))).toEqual(['a']);
      expect(calls(await all({ callId: 'a', seq: 2 }))).toEqual([]);
      expect(calls(await all({ settledUntil: start + 10 }))).toEqual(['b', 'a']);
      expect(calls(await all({ settledUntil: start + 9 }))).toEqual(['a']);
      expect(calls(await all({ from: start + 10 }))).toEqual(['c', 'b']);
      expect(calls(await all({ before: start + 10 }))).toEqual(['a']);
      expect(await context.outbox.deliveries('nobody', {}, 10)).toEqual([]);
    });

    test('goes on behind any delivery, made at once with others or not, there still or not', async () => {
      await handedOut({ a: 1 }, '@bus');
      context.harness.clock.advance(10);
      await handedOut({ b: 2, c: 1, d: 1 }, '@bus', '@other');
      await handedOut({ e: 1 }, '@bus');
      const inTurn = await all();
      expect(inTurn).toHaveLength(10);
      for (const [index, position] of inTurn.entries()) {
        const rest = await context.outbox.deliveries(context.appId, {}, 100, position);
        expect(rest).toEqual(inTurn.slice(index + 1));
      }
      const [newest] = inTurn;
      if (!newest) throw new Error('nothing was handed out');
      const gone = { ...newest, callId: 'b', seq: 3 };
      const after = (filter: DeliveryFilter) => context.outbox.deliveries(context.appId, filter, 2, gone);
      expect(keys(await after({}))).toEqual(['@other b 2', '@bus b 2']);
      expect(keys(await after({ destination: '@bus', state: 'pending' }))).toEqual(['@bus b 2', '@bus b 1']);
    });

    test('knows the calls whose reminders are due, the longest due first', async () => {
      const { store } = context.harness;
      const now = context.harness.clock.now();
      const put = async (id: string, fireAt: number | null) => {
        const reminders = [
          { kind: '24h' as const, fireAt: null, skipped: null },
          { kind: '1h' as const, fireAt, skipped: null },
          { kind: '15m' as const, fireAt: fireAt && fireAt + 1000, skipped: null },
        ];
        const call = sampleCall({ appId: context.appId, id, agentId: null, reminders });
        const { version } = await store.load([{ appId: context.appId, callId: id }]);
        await store.commit(version, changesOf(call));
      };
      await put('later', now + 1);
      await put('b', now);
      await put('a', now - 5);
      await put('none', null);
      const due = (most: number) =>
        context.outbox
          .remindersDue(most)
          .then((found) => found.filter(({ appId }) => appId === context.appId).map(({ id }) => id));
      expect(await due(1000)).toEqual(['a', 'b']);
      expect(await context.outbox.remindersDue(1)).toHaveLength(1);
      context.harness.clock.advance(1);
      expect(await due(1000)).toEqual(['a', 'b', 'later']);
    });

    test('has those made again that are settled, from the first attempt', async () => {
      const start = await three();
      expect(await context.outbox.redrive(context.appId, { state: 'dead' }, 100)).toBe(1);
      expect(await claim()).toMatchObject([
        { delivery: { callId: 'b', attempts: 1, createdAt: start + 10 } },
      ]);
      expect(await context.outbox.redrive('nobody', {}, 100)).toBe(0);
      expect(await context.outbox.redrive(context.appId, { settledUntil: start - 1 }, 100)).toBe(0);
      expect(await context.outbox.redrive(context.appId, { callId: 'a', seq: 2 }, 100)).toBe(0);
      expect(await context.outbox.redrive(context.appId, {}, 100)).toBe(1);
      expect(named(await claim())).toEqual(['@bus a 1']);
    });

    test('has no more made again than asked for', async () => {
      await handedOut({ a: 1, b: 1, c: 1 }, '@bus');
      await settle(DELIVERED);
      expect(await context.outbox.redrive(context.appId, {}, 2)).toBe(2);
      expect(await claim()).toHaveLength(2);
    });

    test('forgets what was delivered long ago, and nothing else', async () => {
      while ((await context.outbox.forgetSettled(DONE, 0, 100)) > 0);
      await three();
      await handedOut({ d: 1, e: 1 }, '@bus');
      await settle(DELIVERED, { most: 1 });
      await settle({ state: 'dropped', told: 'needless' });
      expect(await context.outbox.forgetSettled(DONE, 21, 100)).toBe(0);
      expect(await context.outbox.forgetSettled(DONE, 20, 100)).toBe(1);
      expect(calls(await all())).toEqual(['e', 'd', 'c', 'b']);
      expect(await context.outbox.forgetSettled(DONE, 0, 1)).toBe(1);
      expect(await context.outbox.forgetSettled(DONE, 0, 100)).toBe(1);
      expect(calls(await all())).toEqual(['c', 'b']);
      while ((await context.outbox.forgetSettled(['dead'], 11, 100)) > 0);
      expect(calls(await all())).toEqual(['c', 'b']);
      expect(await context.outbox.forgetSettled(['dead'], 10, 100)).toBe(1);
      expect(calls(await all())).toEqual(['c']);
    });
  });
}
