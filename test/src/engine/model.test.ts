import {
  createScheduler,
  DAY,
  MINUTE,
  type CallCommand,
  type OpenSlotsQuery,
  type Scheduler,
  type ScheduleStore,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, sqlEngines, type Engine } from '../engines/engines.ts';
import { AGENT_RECORDS, APPS, CALLS, history, isSetting, START, type Step } from '../properties/histories.ts';
import type { Setting } from '../properties/settings.ts';

/** Random histories in memory, the reference, and in a database: everything that can be seen must agree. */

/** How a command is sent: for good, to see what would happen, or once, by a key that others use too. */
type Way = 'execute' | 'preview' | { readonly digest: string; readonly fingerprint: string };

const way: fc.Arbitrary<Way> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('execute' as const) },
  { weight: 1, arbitrary: fc.constant('preview' as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      digest: fc.constantFrom('a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)),
      fingerprint: fc.constantFrom('1'.repeat(64), '1'.repeat(64), '2'.repeat(64)),
    }),
  },
);
/** Taken by the commands of a history in turn. */
const ways = fc.array(way, { minLength: 11, maxLength: 11 });

/** The same history in apps of its own, so that one database serves many runs. */
const inRun = (run: number, appId: string): string => `${appId}-${run}`;

/** Objects read from a database may have their fields in another order. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

function send(scheduler: Scheduler, command: CallCommand, by: Way): Promise<unknown> {
  if (by === 'execute') return scheduler.execute(command);
  if (by === 'preview') return scheduler.preview(command);
  const key = { appId: command.appId, principal: 'me', digest: by.digest };
  const { fingerprint } = by;
  return scheduler.executeOnce(command, {
    key,
    fingerprint,
    // What comes too early is judged again when it comes again.
    answer: (decision) =>
      decision.kind === 'call_not_found' ? undefined : JSON.stringify(decision, inOrder),
  });
}

function save(scheduler: Scheduler, { type, save: saved }: Setting, run: number): Promise<unknown> {
  if (type === 'agent') {
    return scheduler.saveAgent({ agent: { ...saved.agent, appId: inRun(run, saved.agent.appId) } });
  }
  const appId = inRun(run, saved.appId);
  return type === 'policy'
    ? scheduler.savePolicy({ ...saved, appId })
    : scheduler.saveAvailability({ ...saved, appId });
}

const wanted = (appId: string): OpenSlotsQuery => ({
  appId,
  actor: { type: 'guest', id: 'me' },
  from: START + DAY - 60 * MINUTE,
  to: START + DAY + 300 * MINUTE,
  durationMinutes: 15,
});

async function live(
  engine: Engine,
  run: number,
  steps: Step[],
  by: Way[],
  { yieldThread }: Pick<ScheduleStore, 'yieldThread'>,
): Promise<unknown> {
  const clock = fixedClock(START);
  // In the same batches: a policy does not hold yet for others in its own.
  const store = { ...engine.store, yieldThread };
  const scheduler = createScheduler({ store, clock, ids: { callId: () => 'unused' } });
  for (const agent of AGENT_RECORDS) {
    await scheduler.saveAgent({ agent: { ...agent, appId: inRun(run, agent.appId) } });
  }
  const outcomes: unknown[] = [];
  // Several at once, so that there are batches: the first of each group goes alone and the others together, or all do.
  for (let from = 0; from < steps.length; from += 4) {
    const group = steps.slice(from, from + 4);
    for (const [, minutes] of group) clock.advance(minutes * MINUTE);
    outcomes.push(
      ...(await Promise.all(
        group.map(([asked], index) =>
          isSetting(asked)
            ? save(scheduler, asked, run)
            : send(
                scheduler,
                { ...asked, appId: inRun(run, asked.appId) },
                by[(from + index) % by.length] ?? 'execute',
              ),
        ),
      )),
    );
  }
  const stored = await Promise.all(APPS.map((app) => all(engine, inRun(run, app))));
  const open = await Promise.all(APPS.map((app) => scheduler.openSlots(wanted(inRun(run, app)))));
  return { outcomes, stored, open };
}

/** Everything of an app that can be seen. */
async function all({ queries }: Engine, appId: string): Promise<unknown> {
  const { calls } = await queries.calls(appId, {}, { skip: 0 }, 100);
  const timelines = await Promise.all(
    CALLS.map((id) => queries.timeline({ appId, id, lastSeq: 1_000 }, 0, 1_000)),
  );
  const agents = await Promise.all(
    AGENT_RECORDS.filter((agent) => agent.appId === APPS[0]).map(({ id }) => queries.agent(appId, id)),
  );
  return { calls, timelines, agents, policy: await queries.policy(appId) };
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
      fc.asyncProperty(history, ways, fc.boolean(), async (steps, by, gathered) => {
        runs += 1;
        const { yieldThread } = gathered ? engine.store : {};
        const expected = await live(memory, runs, steps, by, { yieldThread });
        expect(await live(engine, runs, steps, by, { yieldThread })).toEqual(expected);
      }),
      // So that a failure is told with its seed before the test runs out of time.
      { numRuns: 60, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  });
});
