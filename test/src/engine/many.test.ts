import {
  createScheduler,
  MINUTE,
  MOST_MOVES,
  MOST_TOLD,
  Outage,
  type CallRequest,
  type Changes,
  type Limits,
  type Need,
  type RescheduleCall,
  type Scheduler,
  type ScheduleStore,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines, openEngine, type Engine } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const at = (minutes: number) => NOW + minutes * MINUTE;
/** Each test has an app of its own. */
let appId = '';
let apps = 0;
const told = () => ({ appId, actor: { type: 'api', id: 'me' }, source: 'test' }) as const;
const book = (callId: string, minutes: number, agentId = 'ana'): CallRequest => ({
  ...told(),
  type: 'create',
  callId,
  startsAt: at(minutes),
  agentId,
  guestName: 'G',
  appTimezone: 'UTC',
});
const move = (callId: string, minutes: number, agentId?: string): RescheduleCall => ({
  ...told(),
  type: 'reschedule',
  callId,
  edits: { startsAt: at(minutes), agentId },
});
const kindOf = (outcome: { readonly kind: string; readonly carriedOut?: boolean }): string =>
  outcome.kind === 'together' ? `together ${outcome.carriedOut}` : outcome.kind;
const kinds = (outcomes: { kind: string }[]) => outcomes.map(kindOf);
const [OK, DONE] = ['accepted', 'together true'];

/** A store that can be made to wait, or to fail, and that notes what it is asked. */
function watched(store: ScheduleStore) {
  const loads: number[] = [];
  const commits: string[][] = [];
  const state = { gate: Promise.resolve(), open: () => {}, isAway: false };
  return {
    loads,
    commits,
    state,
    /** Holds every load back until `state.open` is called. */
    close() {
      state.gate = new Promise((resolve) => {
        state.open = resolve;
      });
    },
    // Without `yieldThread`: which commands go together is said by the gate alone.
    store: {
      load: async (needs: readonly Need[]) => {
        loads.push(needs.length);
        await state.gate;
        return store.load(needs);
      },
      commit: (version: unknown, changes: Changes) => {
        commits.push(changes.calls.map(({ call }) => call.id));
        return state.isAway ? Promise.reject(new Outage('away')) : store.commit(version, changes);
      },
    } satisfies ScheduleStore,
  };
}

describe.each(engines())('many moves as one command on %s', (name) => {
  let engine: Engine;
  let watch: ReturnType<typeof watched>;
  let scheduler: Scheduler;
  const limited = (limits: Partial<Limits>) =>
    createScheduler({ store: watch.store, clock: fixedClock(NOW), ids: uuidIds, limits });

  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine?.close());
  beforeEach(async () => {
    apps += 1;
    appId = `app-${apps}`;
    watch = watched(engine.store);
    scheduler = limited({});
    for (const id of ['ana', 'ben'])
      await scheduler.saveAgent({ agent: { appId, id, name: id, active: true } });
    for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries())
      await scheduler.execute(book(id, 60 + 30 * index));
    watch.loads.length = watch.commits.length = 0;
    watch.close();
  });

  test('a hold is for a move by itself', async () => {
    const held = { ...move('a', 10), holdId: 'hold' };
    expect(await scheduler.executeMany([move('b', 0), held], 'best_effort')).toEqual({
      kind: 'invalid',
      issues: [{ path: 'moves.1.holdId', message: 'is for a move by itself' }],
    });
  });

  const nobody = (count: number) => Array.from({ length: count }, (_, index) => move(`nobody-${index}`, 0));
  const anybody = (count: number) =>
    nobody(count).map((one) => ({ ...one, edits: { assignment: 'any' as const } }));
  test.each<[string, string, () => RescheduleCall[]]>([
    ['moves', 'must be 1 to 500 moves', () => []],
    ['moves', 'must be 1 to 500 moves', () => nobody(MOST_MOVES + 1)],
    ['moves', 'at most 20 of them may leave the agent open; 21 do', () => anybody(21)],
    ['moves.1.callId', 'is moved by another of these moves', () => [move('a', 0), move('a', 30)]],
  ])('are refused for their %s before anything is loaded: %s', async (path, message, moves) => {
    const issues = [{ path, message }];
    expect(await scheduler.executeMany(moves(), 'best_effort')).toEqual({ kind: 'invalid', issues });
    expect(watch.loads).toEqual([]);
  });

  test('may be as many as their bounds say, ten of whom are told where else they could go', async () => {
    watch.state.open();
    for (const moves of [nobody(MOST_MOVES), anybody(20)])
      expect(await scheduler.executeMany(moves, 'best_effort')).toMatchObject({ kind: 'together' });
    const ids = Array.from({ length: MOST_TOLD + 1 }, (_, index) => `more-${index}`);
    for (const [index, id] of ids.entries()) await scheduler.execute(book(id, 1000 + 30 * index));
    const outcome = await scheduler.executeMany(
      ids.map((id) => move(id, 60)),
      'best_effort',
    );
    const decisions = outcome.kind === 'together' ? outcome.decisions : [];
    expect(decisions.map((one) => one.kind === 'slot_taken' && one.alternatives.length > 0)).toEqual([
      ...ids.slice(1).map(() => true),
      false,
    ]);
  });

  test('wait with single commands of the same calls, for each other', async () => {
    const outcomes = [
      scheduler.execute(move('e', 600)),
      scheduler.executeMany([move('a', 90), move('b', 60)], 'atomic'),
      scheduler.execute(move('b', 400)),
      scheduler.executeMany([move('c', 500), move('d', 530)], 'atomic'),
      scheduler.executeMany([move('b', 90), move('a', 400)], 'atomic'),
    ];
    watch.state.open();
    expect(kinds(await Promise.all(outcomes))).toEqual([OK, DONE, OK, DONE, DONE]);
    expect(watch.loads).toEqual([1, 4, 1, 2]);
    expect(watch.commits.map((ids) => ids.toSorted().join(''))).toEqual(['e', 'abcd', 'b', 'ab']);
  });

  test('that are more than a batch go alone, in one commit, and keep nobody out for ever', async () => {
    const small = limited({ batch: 2 });
    const outcomes = [
      small.execute(move('e', 600)),
      small.execute(book('f', 700)),
      small.executeMany([move('a', 90), move('b', 60), move('c', 800)], 'atomic'),
      small.execute(book('g', 900)),
      small.execute(book('h', 930)),
      small.execute(move('c', 1000)),
    ];
    watch.state.open();
    const all = kinds(await Promise.all(outcomes));
    expect(all).toEqual([OK, OK, DONE, OK, OK, OK]);
    expect(watch.loads).toEqual([1, 2, 3, 2]);
    expect(watch.commits[2]?.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('count one by one against the bound of the queue', async () => {
    const small = limited({ queue: 3 });
    const many = (ids: string[]) => ids.map((id, index) => move(id, 600 + 30 * index));
    const unit = (...ids: string[]) => small.executeMany(many(ids), 'best_effort');
    const outcomes = [unit('a'), unit('b', 'c'), unit('d', 'e'), small.execute(book('f', 700))];
    expect(kindOf((await outcomes[2]) ?? { kind: '' })).toBe('overloaded');
    const full = [small.execute(book('g', 900)), unit('d')];
    expect(kinds(await Promise.all(full))).toEqual(['overloaded', 'overloaded']);
    watch.state.open();
    expect(kinds(await Promise.all(outcomes))).toEqual([DONE, DONE, 'overloaded', OK]);
    // What no queue has room for goes when nothing waits.
    expect(kindOf(await unit('a', 'b', 'c', 'd'))).toBe(DONE);
  });

  test('each count against the bound of their call, and leave it when they are answered', async () => {
    const small = limited({ perCall: 2 });
    const outcomes = [
      small.executeMany([move('a', 600), move('b', 630)], 'atomic'),
      small.execute(move('b', 700)),
      small.executeMany([move('c', 800), move('b', 900)], 'atomic'),
      small.executeMany([move('a', 660), move('c', 800)], 'atomic'),
    ];
    expect(kindOf((await outcomes[2]) ?? { kind: '' })).toBe('overloaded');
    watch.state.open();
    expect(kinds(await Promise.all(outcomes))).toEqual([DONE, OK, 'overloaded', DONE]);
    const again = [900, 930].map((minutes) => small.executeMany([move('b', minutes)], 'atomic'));
    expect(kinds(await Promise.all(again))).toEqual([DONE, DONE]);
  });

  test('fail together when the database is away, and not those after them', async () => {
    const first = scheduler.execute(move('e', 600));
    const unit = scheduler.executeMany([move('a', 90), move('b', 60)], 'atomic');
    watch.state.open();
    await first;
    watch.state.isAway = true;
    await expect(unit).rejects.toThrow('away');
    watch.state.isAway = false;
    expect((await engine.probe.calls(appId)).map(({ version }) => version)).toEqual([1, 1, 1, 1, 2]);
    expect(kindOf(await scheduler.executeMany([move('a', 90), move('b', 60)], 'atomic'))).toBe(DONE);
  });

  test('two that want the same swap at once: it is made once', async () => {
    const swap = [move('a', 90), move('b', 60)].map((one) => ({ ...one, versions: [1] }));
    const outcomes = [scheduler, limited({})].map((one) => one.executeMany(swap, 'atomic'));
    watch.state.open();
    expect(kinds(await Promise.all(outcomes))).toEqual([DONE, DONE]);
    const rows = await engine.probe.calls(appId);
    expect(rows.slice(0, 2).map(({ startsAt, version }) => [startsAt, version])).toEqual([
      [at(90), 2],
      [at(60), 2],
    ]);
  });

  test('are looked at again only if a place is refused, and written in one commit', async () => {
    watch.state.open();
    await scheduler.executeMany([move('a', 600), move('b', 630)], 'best_effort');
    expect([watch.loads, watch.commits]).toEqual([[2], [['a', 'b']]]);
    watch.loads.length = watch.commits.length = 0;
    // The last of the loads confirms where the refused call is.
    await scheduler.executeMany([move('a', 700), move('b', 120)], 'best_effort');
    expect([watch.loads, watch.commits]).toEqual([[2, 2, 2], [['a']]]);
    watch.loads.length = watch.commits.length = 0;
    await scheduler.executeMany([move('a', 800), move('b', 120)], 'atomic');
    expect([watch.loads, watch.commits]).toEqual([[2, 2, 2], []]);
  });

  test('are answered as the second look finds them: what is free by then is taken', async () => {
    let loads = 0;
    const load = async (needs: readonly Need[]) => {
      loads += 1;
      if (loads === 2) {
        await scheduler.execute({ ...told(), type: 'cancel', callId: 'c' });
        await scheduler.execute(move('d', 600));
      }
      return engine.store.load(needs);
    };
    watch.state.open();
    const late = createScheduler({ store: { ...engine.store, load }, clock: fixedClock(NOW), ids: uuidIds });
    const moves = [move('a', 180), move('b', 120), move('e', 600)];
    const outcome = await late.executeMany(moves, 'best_effort');
    // The last one has not been looked at widely: it was not refused before.
    expect(outcome).toMatchObject({
      carriedOut: true,
      decisions: [
        { kind: 'slot_taken', alternatives: { length: 5 } },
        { kind: 'accepted' },
        { kind: 'slot_taken', alternatives: { length: 0 } },
      ],
    });
    const rows = await engine.probe.calls(appId);
    expect(rows.map(({ id, version }) => `${id} ${version}`)).toEqual(['a 1', 'b 2', 'c 2', 'd 2', 'e 1']);
  });

  test('a call that goes while it is looked for is not displaced', async () => {
    let isFirst = true;
    const load = async (needs: readonly Need[]) => {
      const loaded = await engine.store.load(needs);
      if (isFirst) {
        isFirst = false;
        watch.state.open();
        await scheduler.execute(move('a', 600, 'ben'));
      }
      return loaded;
    };
    const late = createScheduler({ store: { ...engine.store, load }, clock: fixedClock(NOW), ids: uuidIds });
    const off = { from: at(60), to: at(120) };
    const found = await late.displaced({ ...told(), agentId: 'ana', off, reason: null });
    expect(found.kind === 'displacement' && found.displaced.map(({ call }) => call.id)).toEqual(['b']);
  });
});
