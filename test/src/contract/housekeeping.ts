import {
  NO_CHANGES,
  type Hold,
  type Housekeeping,
  type RequestRecord,
  type ScheduleStore,
} from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTES, MORNING, needOfSlot, savingAgents } from './samples.ts';

export interface HousekeepingHarness {
  readonly store: ScheduleStore;
  readonly housekeeping: Housekeeping;
  close(): Promise<void>;
}

/** What is kept until it expires, by names. */
interface Expiring {
  readonly forget: Housekeeping['forgetRequests'];
  store(instants: Readonly<Record<string, number>>): Promise<'committed' | 'conflict'>;
  /** Those of them that are there, in their order. */
  kept(...names: string[]): Promise<string[]>;
}

/** Every obligation of the port `Housekeeping`, on top of a store that keeps its own. */
export function housekeepingContract(name: string, open: () => Promise<HousekeepingHarness>): void {
  describe(`housekeeping: ${name}`, () => {
    let harness: HousekeepingHarness;
    let housekeeping: Housekeeping;
    beforeAll(async () => {
      harness = await open();
      ({ housekeeping } = harness);
      const { version } = await harness.store.load([{ appId: 'app', agentId: 'ana' }]);
      await harness.store.commit(
        version,
        savingAgents({ appId: 'app', id: 'ana', name: 'Ana', active: true }),
      );
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
    const requests: Expiring = {
      forget: (now, most) => housekeeping.forgetRequests(now, most),
      async store(instants) {
        const records = Object.entries(instants).map(([key, expiresAt]) => record(key, expiresAt));
        const { version } = await load(...records);
        return harness.store.commit(version, { ...NO_CHANGES, requests: records });
      },
      async kept(...names) {
        const found = await load(...names.map((key) => record(key, 0)));
        return found.requests.map(({ principal }) => principal).toSorted();
      },
    };

    let minutes = 0;
    /** Of time that no other has. */
    function hold(id: string, expiresAt: number): Hold {
      minutes += 30;
      const from = MORNING + minutes * MINUTES;
      return { appId: 'app', id, agentId: 'ana', from, to: from + 30 * MINUTES, callId: null, expiresAt };
    }
    const holds: Expiring = {
      forget: (now, most) => housekeeping.forgetHolds(now, most),
      async store(instants) {
        const placed = Object.entries(instants).map(([id, expiresAt]) => hold(id, expiresAt));
        const { version } = await harness.store.load(placed.map((one) => needOfSlot('app', one)));
        const claimed = placed.map(({ appId, agentId, from, to }) => ({ appId, agentId, from, to }));
        return harness.store.commit(version, { ...NO_CHANGES, placed, claimed });
      },
      async kept(...names) {
        const found = await harness.store.load(names.map((holdId) => ({ appId: 'app', holdId })));
        return found.holds.map(({ id }) => id).toSorted();
      },
    };

    const many = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, index]));

    describe.each([
      ['records of requests', requests],
      ['holds', holds],
    ])('%s', (_, { forget, store, kept }) => {
      test('that have expired by then are forgotten; it says how many', async () => {
        const instants = { before: MORNING - 1, now: MORNING, after: MORNING + 1 };
        expect(await forget(MORNING, 10)).toBe(0);
        expect(await store(instants)).toBe('committed');
        expect(await forget(MORNING, 10)).toBe(2);
        expect(await kept(...Object.keys(instants))).toEqual(['after']);
        expect(await forget(MORNING, 10)).toBe(0);
        expect(await forget(MORNING + 1, 10)).toBe(1);
      });

      test('no more at a time than it is told', async () => {
        const instants = many('many', 7);
        await store(instants);
        expect(await forget(MORNING, 3)).toBe(3);
        expect(await kept(...Object.keys(instants))).toHaveLength(4);
        expect(await forget(MORNING, 3)).toBe(3);
        expect(await forget(MORNING, 3)).toBe(1);
        expect(await kept(...Object.keys(instants))).toEqual([]);
      });

      test('two at once forget together what there is', async () => {
        const instants = many('both', 40);
        await store(instants);
        const forgotten = await Promise.all([1, 2].map(() => forget(MORNING, 100)));
        expect(forgotten.reduce((sum, count) => sum + count)).toBe(40);
        expect(await kept(...Object.keys(instants))).toEqual([]);
      });
    });

    test('neither takes what is the other’s', async () => {
      await requests.store({ one: MORNING });
      await holds.store({ one: MORNING });
      expect([await requests.forget(MORNING, 10), await holds.kept('one')]).toEqual([1, ['one']]);
      await requests.store({ two: MORNING });
      expect([await holds.forget(MORNING, 10), await requests.kept('two')]).toEqual([1, ['two']]);
      expect(await requests.forget(MORNING, 10)).toBe(1);
    });

    test('a record that is forgotten while it is replaced is recorded at the latest by another attempt', async () => {
      await requests.store({ replaced: MORNING });
      const { version } = await load(record('replaced', 0));
      expect(await requests.forget(MORNING, 10)).toBe(1);
      const later = record('replaced', MORNING + 5);
      const result = await harness.store.commit(version, { ...NO_CHANGES, requests: [later] });
      if (result === 'conflict') expect(await requests.store({ replaced: MORNING + 5 })).toBe('committed');
      expect(await requests.forget(MORNING, 10)).toBe(0);
      expect((await load(later)).requests).toEqual([later]);
    });
  });
}
