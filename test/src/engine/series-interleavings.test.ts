import {
  createScheduler,
  MINUTE,
  occupancy,
  overlap,
  type Call,
  type CallRequest,
  type Scheduler,
  type SeriesCommand,
  type SeriesScope,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Two or three processes on one store that change one series; fast-check decides in which order they get to it. */

const NOW = Date.UTC(2026, 4, 1, 9);
const HOUR = 60 * MINUTE;
const CALLS = ['c1', 'c2', 'c3'];
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'race' } as const;
const book = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;
const startOf = (index: number) => NOW + (10 + 2 * index) * HOUR;

type Asked =
  | { readonly kind: 'scoped'; readonly command: SeriesCommand; readonly scope: SeriesScope }
  | { readonly kind: 'single'; readonly request: CallRequest };

const tick = fc.integer({ min: -2, max: 6 }).map((half) => half * 30 * MINUTE);
const scoped: fc.Arbitrary<Asked> = fc
  .record({
    call: fc.nat({ max: 2 }),
    by: tick,
    scope: fc.constantFrom('this_and_following' as const, 'all' as const),
    guestName: fc.constantFrom('G', 'H'),
    type: fc.constantFrom(
      'rename' as const,
      'reschedule' as const,
      'reschedule' as const,
      'reschedule' as const,
      'cancel' as const,
    ),
  })
  .map(({ call, by, guestName, scope, type }) => {
    const own = { ...told, callId: CALLS[call] ?? '' };
    const edits = type === 'rename' ? { guestName } : { startsAt: startOf(call) + by };
    const command: SeriesCommand =
      type === 'cancel' ? { ...own, type } : { ...own, type: 'reschedule', edits };
    return { kind: 'scoped', command, scope };
  });
const single: fc.Arbitrary<Asked> = fc
  .record({ call: fc.nat({ max: 2 }), by: tick, isBooking: fc.boolean() })
  .map(({ call, by, isBooking }) => {
    const startsAt = startOf(call) + by;
    const request: CallRequest = isBooking
      ? { ...book, startsAt, agentId: 'ana' }
      : { ...told, type: 'reschedule', callId: CALLS[call] ?? '', edits: { startsAt } };
    return { kind: 'single', request };
  });
/** Each of two or three queues is asked of a process of its own. */
const queues = fc
  .array(
    fc.array(fc.oneof({ weight: 3, arbitrary: scoped }, { weight: 2, arbitrary: single }), {
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 2, maxLength: 3 },
  )
  .map((all) =>
    all.map((queue, process) => queue.map((asked, index) => named(asked, `n${process}-${index}`))),
  );

/** A booking comes with its id, so that it can be made again. */
const named = (asked: Asked, callId: string): Asked =>
  asked.kind === 'single' && asked.request.type === 'create'
    ? { ...asked, request: { ...asked.request, callId } }
    : asked;

type Store = ReturnType<typeof memoryStore>;

const ports = { clock: fixedClock(NOW), ids: { callId: () => 'unused' } };

async function worldOf(): Promise<{ db: MemoryDatabase; store: Store }> {
  const db = memoryDatabase();
  const store = memoryStore(db);
  const ids = [...CALLS.toReversed(), 'series'];
  const setup = createScheduler({ store, ...ports, ids: { callId: () => ids.pop() ?? '' } });
  await setup.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'ana', active: true } });
  await setup.bookSeries({
    booking: { ...book, agentId: 'ana' },
    starts: CALLS.map((_, index) => startOf(index)),
  });
  return { db, store };
}

interface Sent {
  readonly asked: Asked;
  readonly kind: string;
  /** The calls that it has changed, as it was told. */
  readonly changed: readonly Call[];
}

async function send(scheduler: Scheduler, asked: Asked): Promise<Sent> {
  if (asked.kind === 'single') {
    const outcome = await scheduler.execute(asked.request);
    if (outcome.kind !== 'accepted') return { asked, kind: outcome.kind, changed: [] };
    return { asked, kind: outcome.kind, changed: outcome.events.length > 0 ? [outcome.call] : [] };
  }
  const outcome = await scheduler.changeSeries(asked.command, asked.scope);
  if (outcome.kind !== 'series') return { asked, kind: outcome.kind, changed: [] };
  if (!outcome.carriedOut) return { asked, kind: 'refused', changed: [] };
  const changed = outcome.results.flatMap(({ decision }) =>
    decision.kind === 'accepted' && decision.events.length > 0 ? [decision.call] : [],
  );
  return { asked, kind: 'carried out', changed };
}

const keyOf = ({ id, version }: Call): string => `${id}/${version}`;

/** What was answered to each; those that have changed something in the order in which they were committed. */
async function race(
  scheduler: fc.Scheduler,
  all: readonly (readonly Asked[])[],
  altered: (store: Store) => Store,
): Promise<{ db: MemoryDatabase; sent: Sent[]; effective: Sent[] }> {
  const { db, store } = await worldOf();
  const committed: string[] = [];
  const noted = altered({
    load: store.load,
    commit: async (version, changes) => {
      const result = await store.commit(version, changes);
      if (result === 'committed') committed.push(...changes.calls.map(({ call }) => keyOf(call)));
      return result;
    },
  });
  const processes = all.map((queue) => {
    const slow: Store = {
      load: scheduler.scheduleFunction(noted.load),
      commit: scheduler.scheduleFunction(noted.commit),
    };
    const process = createScheduler({ store: slow, ...ports, limits: { attempts: 1_000 } });
    return queue.map((asked) => send(process, asked));
  });
  const sent = await scheduler.waitFor(Promise.all(processes.flat()));
  const placeOf = ({ changed }: Sent) => Math.min(...changed.map((call) => committed.indexOf(keyOf(call))));
  const effective = sent.filter(({ changed }) => changed.length > 0);
  return { db, sent, effective: effective.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

/** Pairs of active calls of one agent that overlap. */
const pairs = (db: MemoryDatabase): number => {
  const slots = [...db.calls.values()].flatMap((call) => occupancy(call) ?? []);
  return slots.flatMap((one, index) => slots.slice(index + 1).filter((other) => overlap(one, other))).length;
};

/** Everything as if what had an effect had been asked one after the other, and of one process. */
async function expectInTurn({ db, effective }: Awaited<ReturnType<typeof race>>): Promise<void> {
  const again = await worldOf();
  const alone = createScheduler({ store: again.store, ...ports });
  for (const { asked, changed } of effective) expect((await send(alone, asked)).changed).toEqual(changed);
  expect(again.db.calls).toEqual(db.calls);
  expect(again.db.events).toEqual(db.events);
}

describe('whatever the interleaving of processes that change one series', () => {
  test('it is as if the changes were made one after the other, each as a whole or not at all', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), queues, async (scheduler, all) => {
        const raced = await race(scheduler, all, (store) => store);
        for (const { kind } of raced.sent) met.add(kind);
        expect(pairs(raced.db)).toBe(0);
        await expectInTurn(raced);
      }),
      { numRuns: 1_000 },
    );
    expect([...met]).toEqual(expect.arrayContaining(['carried out', 'refused', 'accepted', 'slot_taken']));
    expect([...met]).not.toContain('contended');
  });

  test('and a store that forgets to look at the claims is found out', async () => {
    const forgetful = (store: Store): Store => ({
      load: store.load,
      commit: (version, changes) => store.commit(version, { ...changes, claimed: [] }),
    });
    const report = await fc.check(
      fc.asyncProperty(fc.scheduler(), queues, async (scheduler, all) => {
        expect(pairs((await race(scheduler, all, forgetful)).db)).toBe(0);
      }),
      { numRuns: 1_000 },
    );
    expect(report.failed).toBe(true);
  });
});
