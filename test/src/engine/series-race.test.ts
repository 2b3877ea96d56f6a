import { createScheduler, MINUTE, type Need, type Scheduler, type ScheduleStore } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore } from '@reslot/adapters/knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, openEngine, type Engine } from '../engines/engines.ts';
import { COUNT, HOUR, isDone, NOW, seriesOf, startOf } from './series-race.ts';

const ROUNDS = 10;

/** Two schedulers on one database, on servers each with connections of its own, that change one series at once. */
describe.each(engines())('two schedulers that change one series on %s', (name) => {
  let engine: Engine;
  let db: ReturnType<typeof connect> | undefined;
  let first: Scheduler;
  let second: Scheduler;
  let apps = 0;
  const on = (store: ScheduleStore): Scheduler =>
    createScheduler({ store, clock: fixedClock(NOW), ids: uuidIds, limits: { batch: 8 } });

  beforeAll(async () => {
    engine = await openEngine(name);
    const isServer = name === 'mysql' || name === 'mariadb';
    db = isServer ? connect(engine.url ?? '') : undefined;
    first = on(engine.store);
    second = on(db ? knexStore(db) : engine.store);
  });
  afterAll(async () => {
    await db?.destroy();
    await engine?.close();
  });

  const series = () => {
    apps += 1;
    return seriesOf(engine, first, `app-${apps}`);
  };

  const rounds = <Result>(round: (number: number) => Promise<Result>): Promise<Result[]> =>
    Promise.all(Array.from({ length: ROUNDS }, (_, number) => round(number)));
  /** Now the one begins, now the other. */
  const both = (round: number) => (round % 2 === 0 ? ([first, second] as const) : ([second, first] as const));

  test('both move all of it: one after the other, and never a part', async () => {
    await rounds(async (round) => {
      const { move, now } = await series();
      const [one, other] = both(round);
      const outcomes = await Promise.all([
        one.changeSeries(move(0, 1), 'all'),
        other.changeSeries(move(3, 2), 'this_and_following'),
        other.changeSeries({ ...move(2, 0), edits: { guestName: 'H' } }, 'all'),
      ]);
      expect(outcomes.map(isDone)).toEqual([true, true, true]);
      const calls = await now();
      expect(calls.slice(0, 3)).toEqual(calls.slice(0, 3).map(() => ({ start: 1, wall: 1, version: 3 })));
      // Where the second has moved it before, the first has moved it on.
      const later = calls[3]?.start === 3 ? 3 : 2;
      expect(calls.slice(3)).toEqual(calls.slice(3).map(() => ({ start: later, wall: later, version: 4 })));
    });
  });

  test('of two that were made for the same version one is refused', async () => {
    await rounds(async (round) => {
      const { move, now } = await series();
      const [one, other] = both(round);
      const outcomes = await Promise.all([
        one.changeSeries({ ...move(0, 1), versions: [1] }, 'all'),
        other.changeSeries({ ...move(0, 2), versions: [1] }, 'all'),
      ]);
      const done = outcomes.map(isDone);
      expect(done[0]).toBe(!done[1]);
      const hours = done[0] ? 1 : 2;
      expect(await now()).toEqual(
        Array.from({ length: COUNT }, () => ({ start: hours, wall: hours, version: 2 })),
      );
    });
  });

  test('one of its calls is moved by itself: it is where that has put it, the others where the series is', async () => {
    await rounds(async (round) => {
      const { move, now } = await series();
      const [one, other] = both(round);
      const [all, alone] = await Promise.all([
        one.changeSeries(move(0, 1), 'all'),
        other.execute(move(4, 3)),
      ]);
      expect([isDone(all), alone.kind]).toEqual([true, 'accepted']);
      const calls = await now();
      const itself = calls.splice(4, 1);
      expect(calls).toEqual(calls.map(() => ({ start: 1, wall: 1, version: 2 })));
      // Before the series it was an exception already, which keeps its time, after it it has become one.
      expect(itself).toEqual([
        itself[0]?.version === 2 ? { start: 3, wall: 0, version: 2 } : { start: 3, wall: 1, version: 3 },
      ]);
    });
  });

  test('the same request comes to both: it is carried out once, and answered alike', async () => {
    await rounds(async (round) => {
      const { appId, move, now } = await series();
      const once = {
        key: { appId, principal: 'me', digest: 'a'.repeat(64) },
        fingerprint: 'b'.repeat(64),
        answer: ({ carriedOut }: { readonly carriedOut: boolean }) => `carried out: ${carriedOut}`,
      };
      const outcomes = await Promise.all(
        both(round).map((one) => one.changeSeriesOnce(move(0, 1), 'all', once)),
      );
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['replayed', 'series']);
      expect(outcomes).toContainEqual({ kind: 'replayed', answer: 'carried out: true' });
      expect(await now()).toEqual(Array.from({ length: COUNT }, () => ({ start: 1, wall: 1, version: 2 })));
    });
  });

  test('both book series that meet in one call: one is booked, and of the other nothing', async () => {
    await rounds(async (round) => {
      const { appId, book } = await series();
      const outcomes = await Promise.all(
        both(round).map((one, index) => one.bookSeries(book(index === 0 ? [20, 30] : [30, 40]))),
      );
      const [one, other] = outcomes.map(isDone);
      expect(one).toBe(!other);
      const { total } = await engine.queries.calls(appId, {}, { skip: 0 }, 100);
      expect(total).toBe(COUNT + 2);
    });
  });

  test('somebody books one of the times that it is to have: all of it moves, or the booking is made', async () => {
    await rounds(async (round) => {
      const { move, booking, now } = await series();
      const [one, other] = both(round);
      const [all, booked] = await Promise.all([
        one.changeSeries(move(0, 1), 'all'),
        other.execute(booking(startOf(5) + HOUR + 15 * MINUTE)),
      ]);
      expect([isDone(all), booked.kind]).toEqual(isDone(all) ? [true, 'slot_taken'] : [false, 'accepted']);
      const [hours, version] = isDone(all) ? [1, 2] : [0, 1];
      expect(await now()).toEqual(
        Array.from({ length: COUNT }, () => ({ start: hours, wall: hours, version })),
      );
    });
  });

  test('however many change all of it: one after the other', async () => {
    const { move, now } = await series();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => both(index)[0].changeSeries(move(0, 1 + (index % 5)), 'all')),
    );
    expect(outcomes.filter((outcome) => !isDone(outcome))).toEqual([]);
    const [own, ...others] = await now();
    expect(own?.start).toBe(own?.wall);
    expect(others).toEqual(others.map(() => own));
  });

  test('is contended when a rival is faster every time, and then only', async () => {
    for (const [rivals, kind, plans] of [
      [15, 'series', 16],
      [16, 'contended', 16],
    ] as const) {
      const { move, now } = await series();
      let planned = 0;
      const load = async (needs: readonly Need[]) => {
        const loaded = await engine.store.load(needs);
        if (needs.some(({ seriesId }) => seriesId !== undefined)) {
          planned += 1;
          // Away from its series, and back to it.
          if (planned <= rivals) await second.execute(move(1, (planned % 2) * 20));
        }
        return loaded;
      };
      const outcome = await on({ ...engine.store, load }).changeSeries(move(0, 1), 'all');
      expect([outcome.kind, planned]).toEqual([kind, plans]);
      const hours = kind === 'series' ? 1 : 0;
      const [own, rival, ...others] = await now();
      expect([own, ...others].map((call) => call?.start)).toEqual([own, ...others].map(() => hours));
      expect(rival).toEqual({ start: (rivals % 2) * 20, wall: 0, version: 1 + rivals });
    }
  });
});
