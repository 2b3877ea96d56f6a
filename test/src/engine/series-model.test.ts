import { createScheduler, MINUTE, type Scheduler } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, sqlEngines, type Engine } from '../engines/engines.ts';
import { openSeriesHistory, type SeriesHistory, type SeriesStep } from '../properties/series-histories.ts';
import { bookAll, scopedCommand, singleCommand } from '../properties/series-live.ts';

/** Random series in memory, the reference, and in a database: everything that can be seen must agree. */

/** How a change by scope is sent: for good, to see what would happen, or once, by a key that others use too. */
const way = fc.constantFrom('change', 'change', 'change', 'preview', 'a'.repeat(64), 'b'.repeat(64));
/** Taken by the steps of a history in turn. */
const ways = fc.array(way, { minLength: 7, maxLength: 7 });

interface Lived {
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly appId: string;
}

const callsOf = async ({ engine, appId }: Lived, seriesId?: string) =>
  (await engine.queries.calls(appId, { seriesId }, { skip: 0 }, 100)).calls;

async function take(lived: Lived, step: SeriesStep, by: string): Promise<unknown> {
  const { scheduler, engine, appId } = lived;
  const calls = (await callsOf(lived)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { id = '' } = calls[step.of % Math.max(1, calls.length)] ?? {};
  const call = await engine.queries.call(appId, id);
  if (!call) return undefined;
  if (step.kind !== 'scoped') return scheduler.execute(singleCommand(step, call));
  const { scope } = step;
  const command = scopedCommand(step, call);
  if (by === 'change') return scheduler.changeSeries(command, scope);
  if (by === 'preview') return scheduler.previewSeries(command, scope);
  return scheduler.changeSeriesOnce(command, scope, {
    key: { appId, principal: 'me', digest: by },
    fingerprint: by,
    answer: ({ seriesId, carriedOut, results }) =>
      JSON.stringify([seriesId, carriedOut, results.map(({ callId, decision }) => [callId, decision.kind])]),
  });
}

async function live(engine: Engine, run: number, history: SeriesHistory, by: string[]): Promise<unknown> {
  const clock = fixedClock(history.start);
  let ids = 100;
  const scheduler = createScheduler({ store: engine.store, clock, ids: { callId: () => `c${(ids += 1)}` } });
  const lived = { engine, scheduler, appId: `app-${run}` };
  const outcomes = await bookAll(scheduler, lived.appId, history);
  for (const [index, step] of history.steps.entries()) {
    clock.advance(step.after * MINUTE);
    outcomes.push(await take(lived, step, by[index % by.length] ?? ''));
  }
  return { outcomes, stored: await all(lived) };
}

/** Everything of an app that can be seen. */
async function all(lived: Lived): Promise<unknown> {
  const { engine, appId } = lived;
  const calls = await callsOf(lived);
  const seriesIds = [...new Set(calls.flatMap(({ series }) => series?.id ?? []))].toSorted();
  const loaded = await engine.store.load(seriesIds.map((seriesId) => ({ appId, seriesId })));
  return {
    calls,
    timelines: await Promise.all(calls.map((call) => engine.queries.timeline(call, 0, 1_000))),
    listed: await Promise.all(seriesIds.map((seriesId) => callsOf(lived, seriesId))),
    loaded: loaded.calls.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

describe.each(sqlEngines())('series on %s', (name) => {
  let engine: Engine;
  let runs = 0;

  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine?.close());

  test('behave as in memory over random histories', async () => {
    const memory = await openEngine('memory');
    await fc.assert(
      fc.asyncProperty(openSeriesHistory, ways, async (history, by) => {
        runs += 1;
        const expected = await live(memory, runs, history, by);
        expect(await live(engine, runs, history, by)).toEqual(expected);
      }),
      // So that a failure is told with its seed before the test runs out of time.
      { numRuns: 30, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  });
});
