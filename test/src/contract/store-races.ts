import { createScheduler } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, MINUTES, MORNING, next, sampleCall } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What the engine relies on when writers meet. */
export function raceContract(context: StoreContext): void {
  const { newApp, put } = context;

  describe('together with the engine', () => {
    test('of two commands in one batch that want one slot one is refused', async () => {
      const appId = await newApp();
      const ids = { callId: () => `call-${(counter += 1)}` };
      let counter = 0;
      const scheduler = createScheduler({
        store: context.store,
        clock: { now: () => MORNING - 60 * MINUTES },
        ids,
      });
      const told = {
        appId,
        actor: { type: 'api', id: 'me' },
        source: 'contract',
        appTimezone: 'UTC',
      } as const;
      const create = (startsAt: number) =>
        scheduler.execute({ ...told, type: 'create', guestName: 'G', agentId: 'ana', startsAt });
      // The first one goes alone, and the other two become one batch, or all three do.
      const outcomes = await Promise.all([
        create(MORNING + 120 * MINUTES),
        create(MORNING),
        create(MORNING + 15 * MINUTES),
      ]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'slot_taken']);
      expect(
        (await context.probe.calls(appId)).map(({ startsAt }) => startsAt).toSorted((a, b) => a - b),
      ).toEqual([MORNING, MORNING + 120 * MINUTES]);
    });

    test('what waits for the thread is done when a store gives it away that works there', async ({
      skip,
    }) => {
      const { yieldThread } = context.store;
      if (!yieldThread) return skip('the store does not keep the thread for long');
      const done: string[] = [];
      setImmediate(() => done.push('what waited'));
      for (let turn = 0; turn < 3; turn += 1) await yieldThread();
      expect(done).toEqual(['what waited']);
    });

    test('a slot that is taken between any two reads of a load is seen or breaks the commit', async ({
      skip,
    }) => {
      const { pausing } = context.harness;
      if ('reason' in pausing) return skip(pausing.reason);
      let tried = 0;
      for (let read = 1; ; read += 1) {
        const appId = await newApp();
        const mine = sampleCall({ appId, id: 'mine', startsAt: MORNING + 24 * 60 * MINUTES });
        await put(mine);
        let reads = 0;
        const slow = pausing(async () => {
          reads += 1;
          if (reads === read) await put(sampleCall({ appId, id: 'theirs' }));
        });
        const wanted = { agentId: 'ana', from: MORNING, to: MORNING + 30 * MINUTES };
        const { version, occupied: slots } = await slow.load([
          { appId, callId: 'mine', calendars: () => [wanted] },
        ]);
        const isThere = (await context.probe.calls(appId)).some(({ id }) => id === 'theirs');
        const isSeen = slots.some(({ callId }) => callId === 'theirs');
        if (reads < read) break;
        tried += 1;
        expect(isThere).toBe(true);
        const result = await context.store.commit(version, changesOf(next(mine, { startsAt: MORNING })));
        expect({ read, safe: isSeen || result === 'conflict' }).toEqual({ read, safe: true });
      }
      expect(tried).toBeGreaterThanOrEqual(1);
    });
  });
}
