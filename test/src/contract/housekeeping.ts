import { NO_CHANGES, type Housekeeping, type RequestRecord, type ScheduleStore } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MORNING } from './samples.ts';

export interface HousekeepingHarness {
  readonly store: ScheduleStore;
  readonly housekeeping: Housekeeping;
  close(): Promise<void>;
}

/** Every obligation of the port `Housekeeping`, on top of a store that keeps its own. */
export function housekeepingContract(name: string, open: () => Promise<HousekeepingHarness>): void {
  describe(`housekeeping: ${name}`, () => {
    let harness: HousekeepingHarness;
    let housekeeping: Housekeeping;
    beforeAll(async () => {
      harness = await open();
      ({ housekeeping } = harness);
    });
    afterAll(() => harness?.close());

    const record = (principal: string, expiresAt: number): RequestRecord => ({
      appId: 'app',
      principal,
      digest: 'ab'.repeat(32),
      fingerprint: 'cd'.repeat(32),
      answer: '{}',
      expiresAt,
    });
    const load = (...records: RequestRecord[]) =>
      harness.store.load(records.map((request) => ({ appId: request.appId, request })));
    const store = async (...records: RequestRecord[]) => {
      const { version } = await load(...records);
      return harness.store.commit(version, { ...NO_CHANGES, requests: records });
    };
    const kept = async (...records: RequestRecord[]) =>
      (await load(...records)).requests.map(({ principal }) => principal).toSorted();

    test('forgets the records that have expired by then, and says how many', async () => {
      const records = [record('before', MORNING - 1), record('now', MORNING), record('after', MORNING + 1)];
      expect(await housekeeping.forgetRequests(MORNING, 10)).toBe(0);
      await store(...records);
      expect(await housekeeping.forgetRequests(MORNING, 10)).toBe(2);
      expect(await kept(...records)).toEqual(['after']);
      expect(await housekeeping.forgetRequests(MORNING, 10)).toBe(0);
      expect(await housekeeping.forgetRequests(MORNING + 1, 10)).toBe(1);
    });

    test('no more at a time than it is told', async () => {
      const records = Array.from({ length: 7 }, (_, index) => record(`many-${index}`, index));
      await store(...records);
      expect(await housekeeping.forgetRequests(MORNING, 3)).toBe(3);
      expect(await kept(...records)).toHaveLength(4);
      expect(await housekeeping.forgetRequests(MORNING, 3)).toBe(3);
      expect(await housekeeping.forgetRequests(MORNING, 3)).toBe(1);
      expect(await kept(...records)).toEqual([]);
    });

    test('two at once forget together what there is', async () => {
      const records = Array.from({ length: 40 }, (_, index) => record(`both-${index}`, index));
      await store(...records);
      const forgotten = await Promise.all([1, 2].map(() => housekeeping.forgetRequests(MORNING, 100)));
      expect(forgotten.reduce((sum, count) => sum + count)).toBe(records.length);
      expect(await kept(...records)).toEqual([]);
    });

    test('a record that is forgotten while it is replaced is recorded at the latest by another attempt', async () => {
      await store(record('replaced', MORNING));
      const { version } = await load(record('replaced', 0));
      expect(await housekeeping.forgetRequests(MORNING, 10)).toBe(1);
      const later = record('replaced', MORNING + 5);
      const result = await harness.store.commit(version, { ...NO_CHANGES, requests: [later] });
      if (result === 'conflict') expect(await store(later)).toBe('committed');
      expect(await housekeeping.forgetRequests(MORNING, 10)).toBe(0);
      expect((await load(later)).requests).toEqual([later]);
    });
  });
}
