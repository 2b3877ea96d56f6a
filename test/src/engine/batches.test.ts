import {
  DAY,
  decide,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  MINUTE,
  NO_CHANGES,
  slotOf,
  type Changes,
  type Limits,
  type Need,
  type Schedule,
  type ScheduleStore,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
// Inside of the engine: through its surface one cannot say what a command needs, nor what has to be confirmed.
import { createGroupCommit } from '../../../core/src/application/group-commit.ts';
import { describe, expect, test } from 'vitest';
import { at, create, engine, kinds, NOW, reschedule, told, watched } from './watched.ts';

const groupOn = <Version>(store: ScheduleStore<Version>, limits: Partial<Limits> = {}) =>
  createGroupCommit(store, fixedClock(NOW), { ...DEFAULT_LIMITS, ...limits });
const nothing = () => ({ answer: { kind: 'judged' }, changes: NO_CHANGES });

describe('an answer that has to be confirmed, when its call has moved meanwhile', () => {
  const ofDay: Need = { appId: 'app', calendars: () => [{ agentId: 'ana', from: NOW, to: NOW + DAY }] };
  const request = { appId: 'app', principal: 'me', digest: 'ab'.repeat(32) };
  const minutesOf = (instant: number) => (instant - NOW) / MINUTE;
  const startOf = (schedule: Schedule) => minutesOf(schedule.call('app', 'a')?.startsAt ?? NOW);

  const recorded = (schedule: Schedule): Changes => {
    const record = { ...request, fingerprint: 'cd'.repeat(32), expiresAt: NOW + DAY };
    return { ...NO_CHANGES, requests: [{ ...record, answer: `${startOf(schedule)}` }] };
  };
  /** By an hour. */
  const moved = (schedule: Schedule): Changes => {
    const startsAt = at(startOf(schedule) + 60);
    const decision = decide({ ...told, type: 'reschedule', callId: 'a', edits: { startsAt } }, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    const slot = slotOf(decision.call);
    return { ...NO_CHANGES, calls: [decision], claimed: slot ? [{ appId: 'app', ...slot }] : [] };
  };

  // From 60 to 300. The other one of the batch sees where the calls are.
  test.each<[string, (schedule: Schedule) => Changes, number[][], string[]]>([
    ['nothing is written: it is judged again alone', () => NO_CHANGES, [[60]], []],
    [
      'a record is written: it is judged again alone, and nothing is recorded before',
      recorded,
      [[60]],
      ['300'],
    ],
    ['the call is written: its whole batch is judged again', moved, [[120], [360]], []],
  ])('and %s', async (_, changesOf, seen, records) => {
    const { store, commits } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60)));
    let loads = 0;
    const group = groupOn({
      ...store,
      async load(needs: readonly Need[]) {
        loads += 1;
        // The first is that of a command that goes alone, the second that of the batch.
        if (loads === 3) await scheduler.execute(reschedule('a', { startsAt: at(300) }));
        return store.load(needs);
      },
    });
    const starts: number[] = [];
    const others: number[][] = [];
    const [, answer, other] = await Promise.all([
      group.submit([{ appId: 'app' }], nothing),
      group.submit([{ ...ofDay, callId: 'a', request }], (schedule) => {
        starts.push(startOf(schedule));
        return { answer: startOf(schedule), changes: changesOf(schedule), confirm: true };
      }),
      group.submit([ofDay], (schedule) => {
        others.push([...schedule.occupied('app', 'ana')].map(({ from }) => minutesOf(from)));
        return { answer: others.length, changes: NO_CHANGES };
      }),
    ]);
    expect([starts, answer]).toEqual([[60, 300], 300]);
    expect([others, other]).toEqual([seen, seen.length]);
    const written = commits.flatMap(({ requests }) => requests.map((one) => one.answer));
    expect(written).toEqual(records);
  });
});

test('a unit that has to be confirmed is judged again when any of its calls has moved, and not for another call', async () => {
  const { store } = watched();
  const scheduler = await engine(store);
  for (const [index, id] of ['a', 'b', 'c'].entries())
    await scheduler.execute(create(id, at(60 + 60 * index)));
  const judgedAfter = async (...callIds: string[]) => {
    let loads = 0;
    const group = groupOn({
      ...store,
      async load(needs: readonly Need[]) {
        loads += 1;
        // That which confirms.
        if (loads === 2) await scheduler.execute(reschedule('b', { guestName: `after ${callIds.join()}` }));
        return store.load(needs);
      },
    });
    let judged = 0;
    const needs = callIds.map((callId) => ({ appId: 'app', callId }));
    await group.submit(needs, () => {
      judged += 1;
      return { ...nothing(), confirm: true };
    });
    return judged;
  };
  expect(await judgedAfter('a', 'c')).toBe(1);
  expect(await judgedAfter('a', 'b')).toBe(2);
  expect(await judgedAfter('b', 'c')).toBe(2);
});

test('a policy that is saved in a batch holds from the next one on', async () => {
  const { store, loads, close, open } = watched();
  const scheduler = await engine(store);
  await scheduler.execute(create('a', at(60)));
  loads.length = 0;
  const api = { ...DEFAULT_POLICY.actors.api, allowed: false };
  const policy = { ...DEFAULT_POLICY, actors: { ...DEFAULT_POLICY.actors, api } };
  close();
  const outcomes = [
    scheduler.execute(create('x', at(600))),
    scheduler.savePolicy({ appId: 'app', policy }),
    scheduler.execute(reschedule('a', { startsAt: at(120) })),
    scheduler.execute(reschedule('a', { startsAt: at(180) })),
  ];
  open();
  expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'policy_saved', 'accepted', 'not_allowed']);
  expect(loads).toEqual([1, 2, 1]);
});

describe('a command that looks at everybody', () => {
  const narrow: Need = { appId: 'app' };
  const wide: Need = { appId: 'app', roster: true };

  // The first one goes alone.
  test.each<[string, number, Need[][], number[]]>([
    ['counts as sixteen', 32, [[wide], [wide], [narrow]], [2, 1]],
    ['leaves the room that others need', 18, [[wide], [narrow], [narrow], [narrow]], [3, 1]],
    ['waits where there is no room for it, and others pass by', 16, [[narrow], [wide], [narrow]], [2, 1]],
    ['counts for each of its looks', 33, [[wide, wide, narrow], [narrow]], [3, 1]],
    ['goes by itself when it is larger than a batch', 8, [[wide], [narrow], [narrow]], [1, 2]],
  ])('%s', async (_, batch, units, expected) => {
    const { store, loads, close, open } = watched();
    const group = groupOn(store, { batch });
    close();
    const answers = [[narrow], ...units].map((needs) => group.submit(needs, nothing));
    open();
    await Promise.all(answers);
    expect(loads).toEqual([1, ...expected]);
  });

  test('takes no more room in the queue than others do, and leaves no more behind', async () => {
    const { store, close, open } = watched();
    const group = groupOn(store, { queue: 2 });
    const fill = async (need: Need) => {
      close();
      const answers = Array.from({ length: 4 }, () => group.submit([need], nothing));
      open();
      return kinds(await Promise.all(answers));
    };
    // The first one is under way already.
    const filled = ['judged', 'judged', 'judged', 'overloaded'];
    expect(await fill(wide)).toEqual(filled);
    expect(await fill(narrow)).toEqual(filled);
  });
});
