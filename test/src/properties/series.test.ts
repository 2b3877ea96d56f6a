import { isFinal, replay, type Call, type CallEvent } from '@reslot/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PATIENCE, RUNS } from './runs.ts';
import { instantOf, wallOf, written } from './series-clocks.ts';
import { seriesHistory } from './series-histories.ts';
import { callsIn, lived, stateOf, type Check, type Each, type World } from './series-live.ts';
import { asAsked, isInPlace, mayBe, meant, overlapping, type Change, type Left } from './series-model.ts';

/** Random series on memory, against what a simple model of them says. */

/** In forty of them one or none is moved to where clocks skip its time. */
const FEWEST = 400;

const ofAll = (check: Check, each: Each): Promise<void> =>
  fc.assert(
    fc.asyncProperty(seriesHistory, (history) => lived(history, check, each)),
    { numRuns: Math.max(RUNS / 10, FEWEST) },
  );

const rowOf = ({ id, startsAt, agentId, guestName, status, series }: Call) => ({
  id,
  startsAt,
  agentId,
  guestName,
  status,
  wall: series?.wallTime,
});
const rowLeft = (left: Left) => ({ ...left, wall: left.wall === undefined ? undefined : written(left.wall) });

/** What is asked of the calls that are not named: to stay as exceptions, to move where clocks skip their time, or nothing. */
function kindsOf(
  { command, calls, places }: Change,
  all: ReadonlySet<Call>,
  after: World['places'],
): string[] {
  return calls.flatMap((call) => {
    const place = places.get(call.id);
    if (!place || call.id === command.callId) return [];
    if (!all.has(call)) return ['not meant'];
    if (!isInPlace(call, place.wall)) return ['exception'];
    const wall = after.get(call.id)?.wall ?? 0;
    if (wall === place.wall) return [];
    return wallOf(instantOf(wall, call.appTimezone), call.appTimezone) === wall ? ['moved'] : ['skipped'];
  });
}

/** How often the time of a call was changed, and not changed back. */
const timesMoved = (timeline: readonly CallEvent[]): number =>
  timeline.reduce((sum, event) => {
    if (event.type === 'rescheduled') return sum + (event.from.startsAt === event.to.startsAt ? 0 : 1);
    return sum - (event.type === 'move_undone' && event.to.startsAt !== undefined ? 1 : 0);
  }, 0);

/** What is true of the calls after every step. */
const checkCalls: Each = (world, before) => {
  const calls = callsIn(world);
  expect(overlapping(calls)).toBe(0);
  for (const was of before) {
    const is = world.db.calls.get(`app/${was.id}`);
    expect(is?.series?.id).toBe(was.series?.id);
    if (isFinal(was.status)) expect(is).toEqual(was);
  }
};

/** Its events tell of every call how it came to be as it is. */
const checkTimelines: Each = ({ db }) => {
  for (const [key, call] of db.calls) {
    const timeline = db.events.get(key) ?? [];
    expect(replay(timeline)).toEqual(call);
    expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, index) => index + 1));
    expect(new Set(timeline.map(({ version }) => version)).size).toBe(call.version);
    expect(call.moves.count).toBe(timesMoved(timeline));
  }
};

test(
  'whatever becomes of series, a change by scope does what the model says, to the calls that it is for, or nothing at all; no call comes or goes, and none is in two places',
  { timeout: PATIENCE },
  async () => {
    const met = new Map(['moved', 'not meant', 'exception', 'skipped', 'refused'].map((kind) => [kind, 0]));
    const meet = (kind: string) => met.set(kind, (met.get(kind) ?? 0) + 1);
    const check: Check = (change, outcome, world, before) => {
      const [all, left] = [meant(change), asAsked(change)];
      const isAllowed = mayBe(change, left);
      expect(outcome.carriedOut).toBe(isAllowed);
      expect(outcome.results.map(({ callId }) => callId).toSorted()).toEqual(
        all.map(({ id }) => id).toSorted(),
      );
      expect(JSON.parse(before)[0]).toHaveLength(world.db.calls.size);
      if (!isAllowed) {
        meet('refused');
        expect(stateOf(world)).toBe(before);
        return;
      }
      expect(callsIn(world).map(rowOf)).toEqual(left.map(rowLeft));
      for (const kind of kindsOf(change, new Set(all), world.places)) meet(kind);
    };
    await ofAll(check, (world, before) => {
      checkCalls(world, before);
      checkTimelines(world, before);
    });
    // There was something to be seen.
    expect([...met].filter(([, times]) => times === 0)).toEqual([]);
  },
);
