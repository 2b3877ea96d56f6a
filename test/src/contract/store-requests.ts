import { NO_CHANGES, type Changes, type RequestRecord } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, MINUTES, MORNING, needOf, needOfSlot, next, sampleCall, slotOfDay } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `load` and `commit` owe to requests that may come twice. */
export function requestContract(context: StoreContext): void {
  const { newApp, put, everything } = context;

  const record = (appId: string, over: Partial<RequestRecord> = {}): RequestRecord => ({
    appId,
    principal: 'key_one',
    digest: 'ab'.repeat(32),
    fingerprint: 'cd'.repeat(32),
    answer: '{"replayed":"{}"}',
    expiresAt: MORNING,
    ...over,
  });
  const recording = (...requests: RequestRecord[]): Changes => ({ ...NO_CHANGES, requests });
  const load = async (...records: RequestRecord[]) =>
    context.store.load(records.map((request) => ({ appId: request.appId, request })));
  const store = async (...records: RequestRecord[]) => {
    const { version } = await load(...records);
    return context.store.commit(version, recording(...records));
  };
  const byDigest = (a: RequestRecord, b: RequestRecord) => (a.digest < b.digest ? -1 : 1);

  describe('requests', () => {
    test('as they were recorded, whether they have expired or not', async () => {
      const appId = await newApp();
      const long = record(appId, { digest: '01'.repeat(32), answer: '😀é"\\\n'.repeat(50_000) });
      const old = record(appId, { digest: '02'.repeat(32), expiresAt: 1 });
      expect(await store(long, old)).toBe('committed');
      expect((await load(old, long)).requests.toSorted(byDigest)).toEqual([long, old]);
    });

    test('by app, principal and digest, and only those that a need names', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      expect(await store(record(appId))).toBe('committed');
      const principal = record(appId, { principal: 'key_two' });
      const digest = record(appId, { digest: 'ef'.repeat(32) });
      expect((await load(record(other), principal, digest)).requests).toEqual([]);
      expect((await context.store.load([{ appId, agentId: 'ana' }])).requests).toEqual([]);
      expect(await store(record(other), principal, digest)).toBe('committed');
      expect((await load(record(appId))).requests).toEqual([record(appId)]);
    });

    test('conflicts on one that was recorded meanwhile, and leaves nothing of the whole batch', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      const { version } = await context.store.load([
        { ...needOfSlot(appId, slotOfDay('ana')), request: record(appId) },
      ]);
      expect(await store(record(appId, { answer: 'first' }))).toBe('committed');
      const before = await everything(appId);
      const batch = {
        ...changesOf(call),
        requests: [record(appId), record(appId, { digest: 'ef'.repeat(32) })],
      };
      expect(await context.store.commit(version, batch)).toBe('conflict');
      expect(await everything(appId)).toEqual(before);
      const { requests } = await load(record(appId), record(appId, { digest: 'ef'.repeat(32) }));
      expect(requests).toEqual([record(appId, { answer: 'first' })]);
    });

    test('are not recorded when their call is stale', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      await put(call);
      const { version } = await context.store.load([{ ...needOf(call), request: record(appId) }]);
      await put(next(call, { guestName: 'first' }));
      const batch = { ...changesOf(next(call, { guestName: 'second' })), requests: [record(appId)] };
      expect(await context.store.commit(version, batch)).toBe('conflict');
      expect((await load(record(appId))).requests).toEqual([]);
    });

    test('one that has been loaded is replaced', async () => {
      const appId = await newApp();
      await store(record(appId));
      const again = record(appId, { answer: 'again', fingerprint: 'ef'.repeat(32), expiresAt: MORNING + 1 });
      expect(await store(again)).toBe('committed');
      expect((await load(again)).requests).toEqual([again]);
    });

    test.each([
      ['new', []],
      ['expired', [{ expiresAt: 1 }]],
    ])('of two interleaved who record one that is %s the second conflicts', async (_, before) => {
      const appId = await newApp();
      for (const over of before) await store(record(appId, over));
      const [a, b] = [await load(record(appId)), await load(record(appId))];
      const [one, two] = [record(appId, { answer: 'one' }), record(appId, { answer: 'two' })];
      expect(await context.store.commit(a.version, recording(one))).toBe('committed');
      expect(await context.store.commit(b.version, recording(two))).toBe('conflict');
      expect((await load(one)).requests).toEqual([one]);
    });

    test.each([
      ['new', []],
      ['expired', [{ expiresAt: 1 }]],
    ])('of many who record one that is %s at once exactly one goes through', async (_, before) => {
      const appId = await newApp();
      for (const over of before) await store(record(appId, over));
      const { version } = await load(record(appId));
      const results = await Promise.all(
        Array.from({ length: 12 }, (__, index) =>
          context.store.commit(version, recording(record(appId, { answer: `${index}` }))),
        ),
      );
      expect(results.filter((result) => result === 'committed')).toHaveLength(1);
      expect((await load(record(appId))).requests.map(({ answer }) => answer)).toEqual([
        `${results.indexOf('committed')}`,
      ]);
    });

    test('a batch of more than a thousand long ones', async () => {
      const appId = await newApp();
      const records = Array.from({ length: 1_200 }, (_, index) =>
        record(appId, { digest: String(index).padStart(64, '0'), answer: '😀é"\\'.repeat(600) }),
      );
      expect(await store(...records)).toBe('committed');
      expect((await load(...records)).requests.toSorted(byDigest)).toEqual(records);
    });

    test('one that is recorded between any two reads of a load is seen by whoever sees what it did', async ({
      skip,
    }) => {
      const { pausing } = context.harness;
      if ('reason' in pausing) return skip(pausing.reason);
      let tried = 0;
      for (let read = 1; ; read += 1) {
        const appId = await newApp();
        const call = sampleCall({ appId, id: 'x' });
        await put(call);
        const { version } = await context.store.load([needOf(call)]);
        const moved = next(call, { startsAt: MORNING + 60 * MINUTES });
        let reads = 0;
        const slow = pausing(async () => {
          reads += 1;
          if (reads !== read) return;
          await context.store.commit(version, { ...changesOf(moved), requests: [record(appId)] });
        });
        const loaded = await slow.load([
          { appId, callId: 'x', request: record(appId), calendars: () => [slotOfDay('ana')] },
        ]);
        if (reads < read) break;
        tried += 1;
        const starts = [loaded.calls[0]?.startsAt, loaded.occupied[0]?.from];
        const isDone = starts.includes(moved.startsAt);
        expect({ read, safe: !isDone || loaded.requests.length === 1 }).toEqual({ read, safe: true });
      }
      expect(tried).toBeGreaterThanOrEqual(1);
    });
  });
}
