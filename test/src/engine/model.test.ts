import { createScheduler, MINUTE, type CallCommand } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, sqlEngines, type Engine } from '../engines/engines.ts';
import { AGENT_RECORDS, APPS, CALLS, history, START } from '../properties/histories.ts';

/** Random histories in memory, the reference, and in a database: everything that can be seen must agree. */

/** The same history in apps of its own, so that one database serves many runs. */
const inRun = (run: number, appId: string): string => `${appId}-${run}`;

async function live(engine: Engine, run: number, steps: [CallCommand, number][]): Promise<unknown> {
  const clock = fixedClock(START);
  const scheduler = createScheduler({ store: engine.store, clock, ids: { callId: () => 'unused' } });
  for (const agent of AGENT_RECORDS) {
    await scheduler.saveAgent({ agent: { ...agent, appId: inRun(run, agent.appId) } });
  }
  const outcomes: unknown[] = [];
  // Several at once, so that there are batches; the first of each group goes alone, the others together.
  for (let from = 0; from < steps.length; from += 4) {
    const group = steps.slice(from, from + 4);
    for (const [, minutes] of group) clock.advance(minutes * MINUTE);
    outcomes.push(
      ...(await Promise.all(
        group.map(([command]) => scheduler.execute({ ...command, appId: inRun(run, command.appId) })),
      )),
    );
  }
  const stored = await Promise.all(
    APPS.map(async (app) => {
      const appId = inRun(run, app);
      const { calls } = await engine.queries.calls(appId, {}, { skip: 0 }, 100);
      const timelines = await Promise.all(
        CALLS.map((id) => engine.queries.timeline({ appId, id, lastSeq: 1_000 }, 0, 1_000)),
      );
      return { calls, timelines };
    }),
  );
  return { outcomes, stored };
}

describe.each(sqlEngines())('%s behaves as memory does', (name) => {
  let engine: Engine;
  let runs = 0;

  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine?.close());

  test('over random histories', async () => {
    const memory = await openEngine('memory');
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        runs += 1;
        expect(await live(engine, runs, steps)).toEqual(await live(memory, runs, steps));
      }),
      { numRuns: 60 },
    );
  });
});
