import { EVENT_GONE } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { DELIVERED, LEASE, named, to, type OutboxContext } from './outbox-context.ts';

/** What cannot be delivered does not stand before what can. */
export function outboxObstacles(context: OutboxContext): void {
  const { add, endpointOf, claim, settle, all } = context;

  describe('a claim', () => {
    test('comes to what may be made, however much waits for a paused endpoint before it', async () => {
      const paused = endpointOf('paused', { status: 'paused' });
      await add(paused);
      await add(endpointOf('active'));
      const [event] = await context.happen('a');
      if (!event) throw new Error('nothing happened');
      const many = Array.from({ length: 1200 }, (_, index) => ({
        ...to('paused', event),
        callId: `call-${index}`,
      }));
      await context.handOut([event], [...many, to('paused', event)]);
      context.harness.clock.advance(5);
      await context.outbox.handOut([], [to('active', event)]);
      expect(named(await settle(DELIVERED))).toEqual(['active a 1']);
      await context.harness.endpoints.change(paused, { ...paused, status: 'active' });
      const [first] = await context.outbox.deliveries(
        context.appId,
        { callId: 'a', destination: 'paused' },
        1,
      );
      expect(first?.dueAt).toBeLessThanOrEqual(context.harness.clock.now());
      await context.harness.endpoints.remove(context.appId, 'paused');
    });

    test('comes to what is served, however much waits for what nobody serves any more', async () => {
      const [event] = await context.happen('a');
      if (!event) throw new Error('nothing happened');
      const many = Array.from({ length: 600 }, (_, index) => ({
        ...to('@gone', event),
        callId: `call-${index}`,
      }));
      await context.handOut([event], many);
      context.harness.clock.advance(5);
      await context.outbox.handOut([], [to('@bus', event)]);
      expect(named(await claim({ most: 1 }))).toEqual(['@bus a 1']);
      expect((await all({ destination: '@gone', state: 'pending' })).map(({ attempts }) => attempts)).toEqual(
        Array(100).fill(0),
      );
    });

    test('comes to what serves every app, however much waits for endpoints that have no room', async () => {
      await add(endpointOf('full'));
      const [event] = await context.happen('a');
      if (!event) throw new Error('nothing happened');
      const many = Array.from({ length: 600 }, (_, index) => ({
        ...to('full', event),
        callId: `call-${index}`,
      }));
      await context.handOut([event], many);
      context.harness.clock.advance(5);
      await context.outbox.handOut([], [to('@bus', event)]);
      expect(named(await claim({ mostToEndpoints: 0 }))).toEqual(['@bus a 1']);
      await context.harness.endpoints.remove(context.appId, 'full');
    });

    test('ends what somebody has removed the event of, and the next of its call goes on', async () => {
      const [event] = await context.happen('a');
      if (!event) throw new Error('nothing happened');
      await context.handOut([event], [{ ...to('@bus', event), seq: 0 }, to('@bus', event)]);
      expect(await claim()).toEqual([]);
      expect(await all({ seq: 0 })).toMatchObject([
        { state: 'dead', told: EVENT_GONE, attempts: 1, settledAt: context.harness.clock.now() },
      ]);
      expect(named(await claim())).toEqual(['@bus a 1']);
      context.harness.clock.advance(LEASE + 1);
      expect(await all({ state: 'dead' })).toHaveLength(1);
      expect(await context.outbox.redrive(context.appId, { state: 'dead' }, 9)).toBe(1);
      expect(await claim()).toEqual([]);
      expect(await all({ state: 'dead' })).toHaveLength(1);
    });
  });
}
