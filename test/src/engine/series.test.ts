import {
  createScheduler,
  MOST_IN_SERIES,
  type Edits,
  type Need,
  type RescheduleCall,
  type SeriesRequest,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { describe, expect, test } from 'vitest';
import { at, create, engine, NOW, told, watched } from './watched.ts';

const HOUR = 60;
const booking = { ...told, type: 'create', agentId: 'ana', guestName: 'G', appTimezone: 'UTC' } as const;
const hourly = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => at(HOUR * (index + 1)));
const words = expect.stringMatching(/\w/);

async function open() {
  const watch = watched();
  await engine(watch.store);
  const scheduler = createScheduler({ store: watch.store, clock: fixedClock(NOW), ids: uuidIds });
  return { ...watch, scheduler };
}

/** Three calls of Ana, by their order, with an engine that has noted nothing yet. */
async function booked() {
  const world = await open();
  const outcome = await world.scheduler.bookSeries({ booking, starts: hourly(3) });
  if (outcome.kind !== 'series') throw new Error(outcome.kind);
  const ids = outcome.results.map(({ callId }) => callId);
  const startsOf = async () =>
    (await world.store.load(ids.map((callId) => ({ appId: 'app', callId })))).calls
      .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
      .map(({ startsAt }) => (startsAt - NOW) / (at(1) - NOW));
  const [first = '', second = '', third = ''] = ids;
  const move = (startsAt: number, more: object = {}): RescheduleCall =>
    Object.assign({ ...told, type: 'reschedule' as const, callId: second, edits: { startsAt } }, more);
  world.loads.length = world.commits.length = 0;
  return { ...world, ids: [first, second, third] as const, seriesId: outcome.seriesId, startsOf, move };
}

describe('a series that is booked', () => {
  test('is by its starts, in whatever order they are given', async () => {
    const { scheduler } = await open();
    const outcome = await scheduler.bookSeries({ booking, starts: [at(180), at(60), at(120)] });
    expect(outcome).toMatchObject({
      kind: 'series',
      carriedOut: true,
      results: [60, 120, 180].map((minutes) => ({
        decision: { kind: 'accepted', call: { startsAt: at(minutes) } },
      })),
    });
  });

  test('of which one is refused is not written', async () => {
    const { scheduler, commits } = await open();
    await scheduler.execute(create('x', at(120)));
    commits.length = 0;
    expect(await scheduler.bookSeries({ booking, starts: hourly(3) })).toMatchObject({
      carriedOut: false,
      results: ['accepted', 'slot_taken', 'accepted'].map((kind) => ({ decision: { kind } })),
    });
    expect(commits).toEqual([]);
  });

  test.each<[string, string, object]>([
    ['appTimezone', '', { booking: { ...booking, appTimezone: 'Nowhere' } }],
    ['guestName', '', { booking: { ...booking, guestName: ' ' } }],
    ['starts', 'must be 1 to 100 instants', { starts: [] }],
    ['starts', 'must be 1 to 100 instants', { starts: hourly(MOST_IN_SERIES + 1) }],
    ['starts', '', { starts: [at(60), Number.NaN] }],
    ['starts', 'must differ', { starts: [at(60), at(120), at(60)] }],
    [
      'starts',
      'at most 20 of them may leave the agent open; 21 do',
      { booking: { ...booking, agentId: null, assignmentMethod: 'pool' }, starts: hourly(21) },
    ],
  ])('is refused for its %s before anything is loaded: %s', async (path, message, changed) => {
    const { scheduler, loads } = await open();
    loads.length = 0;
    const request: SeriesRequest = Object.assign({ booking, starts: hourly(2) }, changed);
    const issues = [{ path, message: message || words }];
    expect(await scheduler.bookSeries(request)).toEqual({ kind: 'invalid', issues });
    expect(loads).toEqual([]);
  });

  test.each<[string, Partial<SeriesRequest>]>([
    ['one call', { starts: hourly(1) }],
    ['as many as there may be', { starts: hourly(MOST_IN_SERIES) }],
    [
      'twenty who leave the agent open',
      { booking: { ...booking, agentId: null, assignmentMethod: 'pool' }, starts: hourly(20) },
    ],
  ])('may be %s', async (_, changed) => {
    const { scheduler } = await open();
    const outcome = await scheduler.bookSeries({ booking, starts: [], ...changed });
    expect(outcome).toMatchObject({ kind: 'series', carriedOut: true });
  });
});

describe('a change of several calls of a series', () => {
  test('loads all of the series, and relies on those that it leaves', async () => {
    const { scheduler, loads, commits, ids, seriesId, startsOf, move } = await booked();
    const outcome = await scheduler.changeSeries(move(at(150)), 'this_and_following');
    expect(outcome).toMatchObject({ kind: 'series', seriesId, carriedOut: true });
    expect(loads).toEqual([1, 1, 3]);
    expect(commits.map(({ reliedOn }) => reliedOn.map(({ id }) => id))).toEqual([[ids[0]]]);
    expect(await startsOf()).toEqual([60, 150, 210]);
  });

  test('of which one is refused is not written', async () => {
    const { scheduler, commits, startsOf, move } = await booked();
    await scheduler.execute(create('x', at(210)));
    commits.length = 0;
    expect(await scheduler.changeSeries(move(at(150)), 'all')).toMatchObject({ carriedOut: false });
    expect(commits).toEqual([]);
    expect(await startsOf()).toEqual([60, 120, 180]);
  });

  test('of all of them relies on none', async () => {
    const { scheduler, commits, startsOf, move } = await booked();
    await scheduler.changeSeries(move(at(150)), 'all');
    expect(commits.map(({ reliedOn }) => reliedOn)).toEqual([[]]);
    expect(await startsOf()).toEqual([90, 150, 210]);
  });

  test('that is only looked at is not written', async () => {
    const { scheduler, commits, ids, startsOf, move } = await booked();
    expect(await scheduler.previewSeries(move(at(150)), 'all')).toMatchObject({
      carriedOut: true,
      results: ids.map((callId) => ({ callId, decision: { kind: 'accepted' } })),
    });
    expect(commits).toEqual([]);
    expect(await startsOf()).toEqual([60, 120, 180]);
  });

  test('is for the call alone that is in none, or that is not there', async () => {
    const { scheduler, commits } = await open();
    await scheduler.execute(create('x', at(600)));
    commits.length = 0;
    const cancel = { ...told, type: 'cancel' } as const;
    for (const [callId, kind] of [
      ['nobody', 'call_not_found'],
      ['x', 'accepted'],
    ] as const) {
      expect(await scheduler.changeSeries({ ...cancel, callId }, 'all')).toMatchObject({
        kind: 'series',
        seriesId: null,
        results: [{ callId, decision: { kind } }],
      });
    }
    expect(commits).toHaveLength(1);
  });

  test.each<[string, string, string, object]>([
    ['callId', '', 'all', { callId: 'a b' }],
    ['scope', 'must be one of this_and_following, all', 'some', {}],
    ['holdId', 'keeps one time: it is for one call', 'all', { holdId: 'h' }],
  ])('is refused for its %s before anything is loaded: %s', async (path, message, scope, changed) => {
    const { scheduler, loads, move } = await booked();
    const named = Object.assign({ scope: 'all' as const }, { scope });
    expect(await scheduler.changeSeries(move(at(150), changed), named.scope)).toEqual({
      kind: 'invalid',
      issues: [{ path, message: message || words }],
    });
    expect(loads).toEqual([]);
  });

  test('may leave the agent open for twenty of them', async () => {
    const { scheduler, commits } = await open();
    const outcome = await scheduler.bookSeries({ booking, starts: hourly(21) });
    const ids = outcome.kind === 'series' ? outcome.results.map(({ callId }) => callId) : [];
    commits.length = 0;
    const anybody = (callId = '') => {
      const edits = { assignment: 'any' } as const;
      const command: RescheduleCall = { ...told, type: 'reschedule', callId, edits };
      return scheduler.changeSeries(command, 'this_and_following');
    };
    expect(await anybody(ids[0])).toEqual({
      kind: 'invalid',
      issues: [{ path: 'assignment', message: 'at most 20 of them may leave the agent open; 21 do' }],
    });
    expect(await anybody(ids[1])).toMatchObject({ kind: 'series', carriedOut: true });
    expect(commits).toHaveLength(1);
  });

  test.each<[string, Edits, number[], number[]]>([
    [
      'is planned anew when its call has been moved meanwhile',
      { startsAt: at(140) },
      [1, 1, 3, 1, 1, 3],
      [70, 150, 190],
    ],
    ['and is not when it has been renamed', { guestName: 'H' }, [1, 1, 3], [90, 150, 210]],
  ])('%s', async (_, edits, loaded, starts) => {
    const { scheduler, store, ids, startsOf, move } = await booked();
    const loads: number[] = [];
    const load = async (needs: readonly Need[]) => {
      loads.push(needs.length);
      if (loads.length === 3) await scheduler.execute({ ...told, type: 'reschedule', callId: ids[1], edits });
      return store.load(needs);
    };
    const other = createScheduler({ store: { ...store, load }, clock: fixedClock(NOW), ids: uuidIds });
    expect(await other.changeSeries(move(at(150)), 'all')).toMatchObject({ carriedOut: true });
    expect([loads, await startsOf()]).toEqual([loaded, starts]);
  });
});
