import { createScheduler, MINUTE, occupancy, overlap, type CallRequest } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Two processes on one store; fast-check decides in which order their loads and commits happen. */

const NOW = Date.UTC(2026, 4, 1, 9);
const CALLS = ['a', 'b', 'c', 'd'];
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'race' } as const;

const move: fc.Arbitrary<CallRequest> = fc
  .record({
    callId: fc.constantFrom(...CALLS),
    edits: fc.record(
      {
        startsAt: fc.integer({ min: 0, max: 12 }).map((tick) => NOW + 60 * MINUTE + tick * 10 * MINUTE),
        agentId: fc.constantFrom('ana', 'ben'),
        guestName: fc.constantFrom('G', 'H'),
      },
      { requiredKeys: [] },
    ),
  })
  .map((rest) => ({ ...told, ...rest, type: 'reschedule' as const }));

type Store = ReturnType<typeof memoryStore>;

async function race(
  scheduler: fc.Scheduler,
  moves: readonly (readonly CallRequest[])[],
  altered: (store: Store) => Store,
): Promise<{ db: MemoryDatabase; accepted: number }> {
  const db = memoryDatabase();
  const store = memoryStore(db);
  const ports = { clock: fixedClock(NOW), ids: { callId: () => 'unused' } };
  const setup = createScheduler({ store, ...ports });
  for (const id of ['ana', 'ben'])
    await setup.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
  for (const [index, callId] of CALLS.entries()) {
    const startsAt = NOW + (600 + 60 * index) * MINUTE;
    await setup.execute({
      ...told,
      type: 'create',
      callId,
      startsAt,
      agentId: 'ana',
      guestName: 'G',
      appTimezone: 'UTC',
    });
  }
  const processes = moves.map((queue) => {
    const { load, commit } = altered(store);
    const slow: Store = {
      load: scheduler.scheduleFunction(load),
      commit: scheduler.scheduleFunction(commit),
    };
    const engine = createScheduler({ store: slow, ...ports, limits: { attempts: 1_000 } });
    return queue.map((request) => engine.execute(request));
  });
  const outcomes = await scheduler.waitFor(Promise.all(processes.flat()));
  const accepted = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? outcome.events : []));
  return { db, accepted: accepted.length };
}

/** Pairs of active calls of one agent that overlap. */
const pairs = (db: MemoryDatabase): number => {
  const slots = [...db.calls.values()].flatMap((call) => occupancy(call) ?? []);
  return slots.flatMap((one, index) => slots.slice(index + 1).filter((other) => overlap(one, other))).length;
};

const queues = fc.array(fc.array(move, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 3 });

describe('whatever the interleaving of several processes', () => {
  test('no agent is double-booked, no change is lost, none is made twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), queues, async (scheduler, moves) => {
        const { db, accepted } = await race(scheduler, moves, (store) => store);
        expect(pairs(db)).toBe(0);
        const events = [...db.events.values()];
        expect(events.flat()).toHaveLength(CALLS.length + accepted);
        for (const timeline of events)
          expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, i) => i + 1));
      }),
      { numRuns: 2_000 },
    );
  });

  test('and a store that forgets to look at the claims is found out', async () => {
    const forgetful = (store: Store): Store => ({
      load: (needs) => store.load(needs),
      commit: (version, changes) => store.commit(version, { ...changes, claimed: [] }),
    });
    const report = await fc.check(
      fc.asyncProperty(fc.scheduler(), queues, async (scheduler, moves) => {
        expect(pairs((await race(scheduler, moves, forgetful)).db)).toBe(0);
      }),
      { numRuns: 2_000 },
    );
    expect(report.failed).toBe(true);
  });
});
