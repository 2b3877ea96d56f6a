import { describe, expect, test } from 'vitest';
import { claimedOf, DELIVERED, type OutboxContext } from './outbox-context.ts';

/** What apps ask of their endpoints. */
export function endpointStore(context: OutboxContext): void {
  const { add, endpointOf, handedOut, claim, all } = context;

  describe('endpoints', () => {
    test('are there as they were added, by their age, up to as many as may be', async () => {
      const [b, a] = [endpointOf('b'), endpointOf('a', { createdAt: 6, types: null, description: null })];
      expect(await add(a, 2)).toBe('added');
      expect(await add(b, 2)).toBe('added');
      expect(await add(endpointOf('c'), 2)).toBe('full');
      expect(await context.harness.endpoints.endpoints(context.appId)).toEqual([b, a]);
      expect(await context.harness.endpoints.endpoint(context.appId, 'a')).toEqual(a);
      expect(await context.harness.endpoints.endpoint('nobody', 'a')).toBeUndefined();
    });

    test('change from what they were: of two changes of one, one', async () => {
      const before = endpointOf('a');
      await add(before);
      const after = { ...before, url: 'https://example.org/', status: 'paused' as const };
      expect(await context.harness.endpoints.change(before, after)).toBe('changed');
      expect(await context.harness.endpoints.change(before, before)).toBe('conflict');
      expect(await context.harness.endpoints.endpoint(context.appId, 'a')).toEqual({ ...after, version: 2 });
      expect(await context.harness.endpoints.change(endpointOf('gone'), endpointOf('gone'))).toBe('conflict');
    });

    test('go with their deliveries, and with nobody else’s', async () => {
      await add(endpointOf('a'));
      await handedOut({ x: 2 }, 'a', '@bus');
      const [claimed] = await claimedOf(claim({ systems: [] }));
      if (!claimed) throw new Error('nothing was claimed');
      await context.harness.endpoints.remove(context.appId, 'a');
      expect(await context.harness.endpoints.endpoint(context.appId, 'a')).toBeUndefined();
      expect((await all()).map(({ destination }) => destination)).toEqual(['@bus', '@bus']);
      expect(await context.outbox.settle(claimed, context.token(), DELIVERED)).toBe('lost');
      await context.harness.endpoints.remove(context.appId, 'a');
    });
  });
}
