import {
  createScheduler,
  MINUTE,
  type Call,
  type CallRequest,
  type Edits,
  type Scheduler,
  type SeriesCommand,
  type SeriesOutcome,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import { expect } from 'vitest';
import { wallOf } from './series-clocks.ts';
import { told, type Asked, type SeriesHistory, type SeriesStep } from './series-histories.ts';
import { asAsked, type Change, type Place } from './series-model.ts';

/** How histories of series happen. */

const editsOf = (
  { by: minutes, edits: edited }: Asked & { readonly type: 'reschedule' },
  call: Call,
): Edits => ({
  ...edited,
  ...(minutes !== 0 && { startsAt: call.startsAt + minutes * MINUTE }),
});

const tellOf = ({ appId, id }: Pick<Call, 'appId' | 'id'>) => {
  const { actor, source } = told;
  return { appId, actor, source, callId: id };
};

/** The command of a step for several calls. */
export function scopedCommand(step: SeriesStep & { readonly kind: 'scoped' }, call: Call): SeriesCommand {
  const { asked, versions } = step;
  return asked.type === 'cancel'
    ? { ...tellOf(call), type: 'cancel', versions }
    : { ...tellOf(call), type: 'reschedule', edits: editsOf(asked, call), versions };
}

/** The command of any other step, about a call that is there. */
export function singleCommand(
  step: SeriesStep & { readonly kind: 'single' | 'booking' },
  call: Call,
): CallRequest {
  if (step.kind === 'booking') {
    const { agentId, by: minutes } = step;
    const startsAt = call.startsAt + minutes * MINUTE;
    return { ...told, appId: call.appId, startsAt, agentId, guestName: 'O', appTimezone: 'UTC' };
  }
  const { asked } = step;
  return asked.type === 'reschedule'
    ? { ...tellOf(call), type: 'reschedule', edits: editsOf(asked, call) }
    : { ...tellOf(call), type: asked.type };
}

/** Those whom calls are given to; `idle` takes none. */
export async function bookAll(
  scheduler: Scheduler,
  appId: string,
  history: SeriesHistory,
): Promise<unknown[]> {
  for (const id of ['ana', 'ben', 'idle']) {
    await scheduler.saveAgent({ agent: { appId, id, name: id, active: id !== 'idle' } });
  }
  const outcomes: unknown[] = [];
  for (const [index, booking] of history.series.entries()) {
    outcomes.push(
      await scheduler.bookSeries({ booking: { ...booking, appId }, starts: history.starts[index] ?? [] }),
    );
  }
  return outcomes;
}

/** A series on memory. */
export interface World {
  readonly db: MemoryDatabase;
  readonly scheduler: Scheduler;
  readonly places: Map<string, Place>;
  readonly now: () => number;
}

export const callsIn = ({ db }: Pick<World, 'db'>): Call[] => [...db.calls.values()];
export const stateOf = ({ db }: World): string =>
  JSON.stringify([[...db.calls], [...db.events], [...db.calendars]]);

/** What is checked of one change of a series: before it, what it answered, and after it. */
export type Check = (change: Change, outcome: SeriesOutcome, world: World, before: string) => void;

/** What is checked after each step; `before` are the calls as they were. */
export type Each = (world: World, before: readonly Call[]) => void;

/** Books, and takes the steps one after the other. */
export async function lived(history: SeriesHistory, check: Check, each: Each): Promise<void> {
  const db = memoryDatabase();
  const clock = fixedClock(history.start);
  let ids = 100;
  const scheduler = createScheduler({
    store: memoryStore(db),
    clock,
    ids: { callId: () => `c${(ids += 1)}` },
  });
  await bookAll(scheduler, 'app', history);
  const places = new Map(
    callsIn({ db }).map(({ id, startsAt, appTimezone }) => [
      id,
      { bookedFor: startsAt, wall: wallOf(startsAt, appTimezone) },
    ]),
  );
  const world = { db, scheduler, places, now: () => clock.now() };
  for (const step of history.steps) {
    clock.advance(step.after * MINUTE);
    const before = callsIn(world);
    await take(step, world, check);
    each(world, before);
  }
}

async function take(step: SeriesStep, world: World, check: Check): Promise<void> {
  const { scheduler, places, now } = world;
  const calls = callsIn(world);
  const call = calls[step.of % Math.max(1, calls.length)];
  if (!call) return;
  if (step.kind !== 'scoped') {
    await scheduler.execute(singleCommand(step, call));
    const others = callsIn(world).filter(({ id }) => id !== call.id && calls.some((one) => one.id === id));
    expect(others).toEqual(calls.filter(({ id }) => id !== call.id));
    return;
  }
  const change = {
    command: scopedCommand(step, call),
    scope: step.scope,
    now: now(),
    calls,
    places: new Map(places),
  };
  const before = stateOf(world);
  const preview = await scheduler.previewSeries(change.command, change.scope);
  expect(stateOf(world)).toBe(before);
  const outcome = await scheduler.changeSeries(change.command, change.scope);
  expect(preview).toEqual(outcome);
  if (outcome.kind !== 'series') throw new Error(outcome.kind);
  if (outcome.carriedOut) {
    for (const { id, wall } of asAsked(change)) {
      const place = places.get(id);
      if (place && wall !== undefined) places.set(id, { ...place, wall });
    }
  }
  check(change, outcome, world, before);
}
