import {
  createScheduler,
  DAY,
  MINUTE,
  Outage,
  type Clock,
  type Housekeeping,
  type Outbox,
  type ScheduleStore,
  type Settlement,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexHousekeeping, knexOutbox, knexStore, migrate } from '@reslot/adapters/knex';
import { memoryDatabase, memoryHousekeeping, memoryOutbox, memoryStore } from '@reslot/adapters/memory';
import pino from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tidyUp, type Bounds } from './housekeeping.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'test' } as const;

interface Kept {
  readonly store: ScheduleStore;
  readonly housekeeping: Housekeeping;
  readonly outbox: Outbox;
}

const ENGINES: [string, (clock: Clock) => Promise<Kept>][] = [
  [
    'memory',
    async (clock) => {
      const db = memoryDatabase();
      return {
        store: memoryStore(db),
        housekeeping: memoryHousekeeping(db),
        outbox: memoryOutbox(clock, db),
      };
    },
  ],
  [
    'sqlite',
    async (clock) => {
      const db = connect('sqlite::memory:');
      onTestFinished(() => db.destroy());
      await migrate(db);
      return {
        store: knexStore(db),
        housekeeping: knexHousekeeping(db),
        outbox: knexOutbox(db, async () => clock.now()),
      };
    },
  ],
];

describe.each(ENGINES)('tidying up on %s', (_, open) => {
  /** A house where `hold` and `request` leave things about; `around` is what stands before its housekeeping. */
  async function house(around = (housekeeping: Housekeeping) => housekeeping) {
    const clock = fixedClock(NOW);
    const { store, housekeeping, outbox } = await open(clock);
    const scheduler = createScheduler({ store, clock, ids: uuidIds });
    await scheduler.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });
    const lines: object[] = [];
    const log = pino(
      { level: 'debug', base: null, timestamp: false },
      { write: (line) => lines.push(JSON.parse(line)) },
    );
    const keys: string[] = [];
    const requestOf = (principal: string) => ({ appId: 'app', principal, digest: 'ab'.repeat(32) });
    return {
      clock,
      lines,
      async hold(holdId: string, seconds: number) {
        keys.push(holdId);
        const startsAt = NOW + 2 * DAY + keys.length * 60 * MINUTE;
        const { kind } = await scheduler.placeHold({ ...told, holdId, agentId: 'ana', startsAt, seconds });
        expect(kind).toBe('held_for_you');
      },
      /** Its record is kept for 24 hours. */
      async request(principal: string) {
        keys.push(principal);
        const guest = { guestName: 'G', appTimezone: 'UTC', startsAt: NOW + 9 * DAY };
        const once = { key: requestOf(principal), fingerprint: 'cd'.repeat(32), answer: () => 'done' };
        const { kind } = await scheduler.executeOnce({ ...told, type: 'create', ...guest }, once);
        expect(kind).toBe('accepted');
      },
      /** What lies there still, by its name. */
      async left() {
        const needs = keys.map((key) => ({ appId: 'app', holdId: key, request: requestOf(key) }));
        const { holds, requests } = await store.load(needs);
        return [...holds.map(({ id }) => id), ...requests.map(({ principal }) => principal)].toSorted();
      },
      tidy: (bounds?: Bounds, stopping = new AbortController().signal) =>
        tidyUp({ housekeeping: around(housekeeping), outbox, clock, log }, stopping, bounds),
      /** Has what happened delivered, so that nothing waits for it. */
      async deliver(settlement: Settlement = { state: 'delivered', told: '200' }) {
        const { events } = await outbox.waiting(100);
        await outbox.handOut(
          events,
          events.map(({ appId, callId, seq, type }) => ({ appId, destination: '@bus', callId, seq, type })),
        );
        const asked = {
          token: 't',
          lease: 1,
          most: 100,
          mostToEndpoints: 100,
          perDestination: 100,
          underWay: new Map(),
          perApp: 100,
          underWayOf: new Map(),
          systems: ['@bus'],
        };
        for (const { delivery } of await outbox.claim(asked)) {
          await outbox.settle(delivery, 't', settlement);
        }
      },
      deliveries: () => outbox.deliveries('app', {}, 100),
    };
  }
  const tidied = (requests: number, holds: number, deliveries = 0) => ({
    level: 20,
    requests,
    holds,
    deliveries,
    msg: 'tidied up',
  });

  test('what is over goes, what is not stays, and it is told how much it was', async () => {
    const { clock, lines, hold, request, left, tidy } = await house();
    await request('old-request');
    clock.advance(DAY - 60_000);
    await request('request');
    await hold('old-hold', 60);
    await hold('hold', 61);
    await tidy();
    expect([await left(), lines]).toEqual([['hold', 'old-hold', 'old-request', 'request'], []]);
    clock.advance(60_000);
    await tidy();
    expect([await left(), lines]).toEqual([['hold', 'request'], [tidied(1, 1)]]);
    await tidy();
    expect(lines).toHaveLength(1);
  });

  test('what was delivered goes after seven days', async () => {
    const { clock, lines, request, tidy, deliver, deliveries } = await house();
    await request('request');
    await deliver();
    expect(await deliveries()).toHaveLength(1);
    clock.advance(7 * DAY - 1);
    await tidy();
    expect(await deliveries()).toHaveLength(1);
    clock.advance(1);
    await tidy();
    expect([await deliveries(), lines]).toEqual([[], [tidied(1, 0), tidied(0, 0, 1)]]);
  });

  test('what was given up goes after thirty days', async () => {
    const { clock, lines, request, tidy, deliver, deliveries } = await house();
    await request('request');
    await deliver({ state: 'dead', told: '500' });
    clock.advance(30 * DAY - 1);
    await tidy();
    expect(await deliveries()).toHaveLength(1);
    clock.advance(1);
    await tidy();
    expect([await deliveries(), lines]).toEqual([[], [tidied(1, 0), tidied(0, 0, 1)]]);
  });

  test('it goes by steps, and no further at one time than its bound', async () => {
    const asked: number[] = [];
    const counting = ({ forgetRequests, forgetHolds }: Housekeeping): Housekeeping => ({
      forgetRequests,
      forgetHolds(now, most) {
        asked.push(most);
        return forgetHolds(now, most);
      },
    });
    const { clock, lines, hold, left, tidy } = await house(counting);
    for (let index = 0; index < 7; index += 1) await hold(`hold-${index}`, 60);
    clock.advance(60_000);
    await tidy({ rows: 2, steps: 3 });
    expect([asked, (await left()).length]).toEqual([[2, 2, 2], 1]);
    await tidy({ rows: 2, steps: 3 });
    expect([asked, await left()]).toEqual([[2, 2, 2, 2], []]);
    expect(lines).toEqual([tidied(0, 6), tidied(0, 1)]);
  });

  test.each(['forgetRequests', 'forgetHolds'] as const)(
    'an outage of %s is told, keeps nobody else waiting, and the next time all is done',
    async (method) => {
      let outages = 1;
      const around = (housekeeping: Housekeeping): Housekeeping => ({
        ...housekeeping,
        async [method](now: number, most: number) {
          if (outages === 0) return housekeeping[method](now, most);
          outages -= 1;
          throw new Outage('database: away');
        },
      });
      const { clock, lines, hold, request, left, tidy } = await house(around);
      await request('request');
      clock.advance(DAY - 60_000);
      await hold('hold', 60);
      clock.advance(60_000);
      await tidy();
      const [done, undone] =
        method === 'forgetRequests' ? [tidied(0, 1), tidied(1, 0)] : [tidied(1, 0), tidied(0, 1)];
      expect(lines).toEqual([{ level: 50, msg: 'database: away' }, done]);
      expect(await left()).toEqual([method === 'forgetRequests' ? 'request' : 'hold']);
      await tidy();
      expect([await left(), lines.at(-1)]).toEqual([[], undone]);
    },
  );

  test('it ends with the step that it is told to stop in', async () => {
    const stopping = new AbortController();
    const around = ({ forgetRequests, forgetHolds }: Housekeeping): Housekeeping => ({
      forgetRequests,
      forgetHolds(now, most) {
        stopping.abort();
        return forgetHolds(now, most);
      },
    });
    const { clock, hold, left, tidy } = await house(around);
    for (const id of ['a', 'b', 'c']) await hold(id, 60);
    clock.advance(60_000);
    await tidy({ rows: 1, steps: 9 }, stopping.signal);
    expect(await left()).toHaveLength(2);
    await tidy({ rows: 1, steps: 9 }, stopping.signal);
    expect(await left()).toHaveLength(2);
  });
});
