import {
  createScheduler,
  DEFAULT_LIMITS,
  NO_CHANGES,
  Outage,
  type BatchReport,
  type Changes,
  type Known,
  type Need,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryStore } from '@reslot/adapters/memory';
// Inside of the engine: through its surface nothing gets there that cannot be judged.
import { createGroupCommit } from '../../../core/src/application/group-commit.ts';
import { describe, expect, test } from 'vitest';
import { at, create, engine, kinds, NOW, reschedule, told, watched } from './watched.ts';

describe('group commit', () => {
  test('an idle engine takes a single command at once', async () => {
    const { store, loads, commits } = watched();
    const scheduler = await engine(store);
    loads.length = commits.length = 0;
    const outcome = scheduler.execute(create('a', at(60)));
    expect(loads).toEqual([1]);
    expect(await outcome).toMatchObject({ kind: 'accepted' });
    expect(commits).toHaveLength(1);
  });

  test('what arrives while a commit is under way becomes one batch, in its order', async () => {
    const { store, loads, commits, close, open } = watched();
    const scheduler = await engine(store);
    loads.length = commits.length = 0;
    close();
    const outcomes = ['a', 'b', 'c', 'd'].map((id, index) =>
      scheduler.execute(create(id, at(60 + 30 * index))),
    );
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(loads).toEqual([1, 3]);
    expect(commits.map(({ calls }) => calls.map(({ call }) => call.id))).toEqual([['a'], ['b', 'c', 'd']]);
  });

  test('a batch has a bound', async () => {
    const { store, loads, close, open } = watched();
    const scheduler = await engine(store, { batch: 2 });
    loads.length = 0;
    close();
    const outcomes = ['a', 'b', 'c', 'd'].map((id, index) =>
      scheduler.execute(create(id, at(60 + 30 * index))),
    );
    open();
    await Promise.all(outcomes);
    expect(loads).toEqual([1, 2, 1]);
  });

  test('two commands of one batch that want one slot: the earlier one gets it', async () => {
    const { store, close, open } = watched();
    const scheduler = await engine(store);
    close();
    const outcomes = [create('a', at(600)), create('b', at(60)), create('c', at(75))].map((one) =>
      scheduler.execute(one),
    );
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'accepted', 'slot_taken']);
  });

  test('a slot that one command of a batch leaves is free for the next', async () => {
    const { store, close, open } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60)));
    close();
    const outcomes = [
      scheduler.execute(create('x', at(600))),
      scheduler.execute(reschedule('a', { startsAt: at(120) })),
      scheduler.execute(create('b', at(60))),
    ];
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('a second command of a call waits for the first, and is judged by what it made', async () => {
    const { store, loads, close, open } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60), 'ana'));
    await scheduler.execute(create('b', at(120), 'ben'));
    loads.length = 0;
    close();
    const outcomes = [
      scheduler.execute(create('x', at(600))),
      scheduler.execute(reschedule('a', { agentId: 'ben' })),
      scheduler.execute(reschedule('a', { startsAt: at(120) })),
      scheduler.execute(create('y', at(660))),
      scheduler.execute(reschedule('a', { guestName: 'H' })),
    ];
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual([
      'accepted',
      'accepted',
      'slot_taken',
      'accepted',
      'accepted',
    ]);
    // The third of them is refused, looked at again with more of the calendars, and its call once more to confirm it.
    expect(loads).toEqual([1, 2, 1, 1, 1, 1]);
  });

  test('a queue that is full refuses at once', async () => {
    const { store, close, open } = watched();
    const scheduler = await engine(store, { queue: 2 });
    close();
    const outcomes = ['a', 'b', 'c', 'd'].map((id, index) =>
      scheduler.execute(create(id, at(60 + 30 * index))),
    );
    expect(await outcomes[3]).toEqual({ kind: 'overloaded' });
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'accepted', 'accepted', 'overloaded']);
  });

  test('a queue has the same room after commands that were tried again, and after some that were given up', async () => {
    const { store, close, open } = watched();
    const clock = fixedClock(NOW);
    const misses: true[] = [];
    const commit: typeof store.commit = (...given) =>
      misses.pop() ? Promise.resolve('conflict') : store.commit(...given);
    const scheduler = await engine({ ...store, commit }, { queue: 1, patience: 1_000 }, clock);
    const fill = (...ids: string[]) =>
      ids.map((id) => scheduler.execute(create(id, at(60 + 30 * ids.indexOf(id)))));
    misses.push(true, true);
    await scheduler.execute(create('a', at(900)));
    close();
    const late = fill('b', 'c', 'd');
    clock.advance(1_001);
    open();
    expect(kinds(await Promise.all(late))).toEqual(['accepted', 'overloaded', 'overloaded']);
    close();
    const next = fill('e', 'f', 'g').slice(1);
    open();
    expect(kinds(await Promise.all(next))).toEqual(['accepted', 'overloaded']);
  });

  test('one call cannot fill the queue, and has its room back when it is answered', async () => {
    const { store, close, open } = watched();
    const scheduler = await engine(store, { perCall: 2 });
    await scheduler.execute(create('a', at(60)));
    const rename = (guestName: string) => scheduler.execute(reschedule('a', { guestName }));
    close();
    // The first one is under way already; it counts until it has its answer.
    const outcomes = [rename('H'), rename('I'), rename('J'), scheduler.execute(create('b', at(120)))];
    expect(await outcomes[2]).toEqual({ kind: 'overloaded' });
    open();
    expect(kinds(await Promise.all(outcomes))).toEqual(['accepted', 'accepted', 'overloaded', 'accepted']);
    expect(kinds(await Promise.all([rename('K'), rename('L')]))).toEqual(['accepted', 'accepted']);
  });

  test('a command that has waited too long for its turn is refused, and changes nothing', async () => {
    const { store, close, open } = watched();
    const clock = fixedClock(NOW);
    const scheduler = await engine(store, { patience: 1_000 }, clock);
    close();
    const underWay = scheduler.execute(create('a', at(60)));
    const late = scheduler.execute(create('b', at(120)));
    clock.advance(1);
    const justInTime = scheduler.execute(create('c', at(180)));
    clock.advance(1_000);
    open();
    expect(kinds(await Promise.all([underWay, late, justInTime]))).toEqual([
      'accepted',
      'overloaded',
      'accepted',
    ]);
    expect((await store.load([{ appId: 'app', callId: 'b' }])).calls).toEqual([]);
  });

  test('a command that always meets another writer is given up after its attempts', async () => {
    const { store, loads } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60)));
    loads.length = 0;
    const unlucky = createScheduler({
      store: { ...store, commit: async () => 'conflict' as const },
      clock: fixedClock(NOW),
      ids: { callId: () => 'unused' },
      limits: { attempts: 5 },
    });
    expect(await unlucky.execute(reschedule('a', { startsAt: at(120) }))).toEqual({ kind: 'contended' });
    expect(loads).toEqual([1, 1, 1, 1, 1]);
  });

  test('a batch that meets another writer is tried again in smaller ones', async () => {
    const { store, loads, close, open } = watched();
    let misses = 2;
    const scheduler = await engine({
      ...store,
      commit: (version: Parameters<typeof store.commit>[0], changes: Changes) => {
        if (changes.calls.length < 2 || misses === 0) return store.commit(version, changes);
        misses -= 1;
        return Promise.resolve('conflict' as const);
      },
    });
    loads.length = 0;
    close();
    const outcomes = Array.from({ length: 9 }, (_, index) =>
      scheduler.execute(create(`c${index}`, at(60 + 30 * index))),
    );
    open();
    expect(new Set(kinds(await Promise.all(outcomes)))).toEqual(new Set(['accepted']));
    expect(loads).toEqual([1, 8, 4, 2, 4, 2]);
  });

  test('whoever watches is told of every batch: how many, how many again, how many wait', async () => {
    const { store, close, open } = watched();
    await engine(store);
    const reports: BatchReport[] = [];
    let misses = 0;
    const commit: typeof store.commit = (...given) => {
      if (misses === 0) return store.commit(...given);
      misses -= 1;
      return Promise.resolve('conflict');
    };
    const scheduler = createScheduler({
      store: { ...store, commit },
      clock: fixedClock(NOW),
      ids: { callId: () => 'unused' },
      watch: (report) => {
        reports.push(report);
        misses = reports.length === 1 ? 1 : 0;
      },
    });
    close();
    const outcomes = ['a', 'b', 'c', 'd'].map((id, index) =>
      scheduler.execute(create(id, at(60 + 30 * index))),
    );
    open();
    await Promise.all(outcomes);
    expect(reports).toEqual([
      { requests: 1, missed: 0, waiting: 3 },
      { requests: 3, missed: 3, waiting: 0 },
      { requests: 1, missed: 0, waiting: 2 },
      { requests: 2, missed: 0, waiting: 0 },
    ]);
  });

  test('commands that met another writer come before those that arrived meanwhile', async () => {
    const { store, close, open, commits } = watched();
    let misses = 0;
    const scheduler = await engine({
      ...store,
      commit: (version: Parameters<typeof store.commit>[0], changes: Changes) => {
        if (misses === 0) return store.commit(version, changes);
        misses -= 1;
        return Promise.resolve('conflict' as const);
      },
    });
    commits.length = 0;
    misses = 1;
    close();
    const outcomes = ['a', 'b', 'c'].map((id, index) => scheduler.execute(create(id, at(60 + 30 * index))));
    open();
    await Promise.all(outcomes);
    expect(commits.flatMap(({ calls }) => calls.map(({ call }) => call.id))).toEqual(['a', 'b', 'c']);
  });

  test('a refusal is judged again when its call has moved while the calendar was read', async () => {
    const { store } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('x', at(60), 'ana'));
    await scheduler.execute(create('y', at(60), 'ben'));
    let meddle = true;
    const other = createScheduler({
      store: {
        ...store,
        // In the wider look, between the read of the call and the read of the calendars, somebody moves the call.
        load: async (needs: readonly Need[]) => {
          const [need] = needs;
          const before = await store.load(needs);
          if (!meddle || !need?.roster) return before;
          meddle = false;
          await scheduler.execute(reschedule('x', { startsAt: at(300) }));
          return {
            ...(await store.load(
              needs.map((one) => ({
                ...one,
                calendars: (known: Known) => need.calendars?.({ ...known, call: before.calls[0] }) ?? [],
              })),
            )),
            calls: before.calls,
          };
        },
      },
      clock: fixedClock(NOW),
      ids: { callId: () => 'unused' },
    });
    expect(await other.execute(reschedule('x', { agentId: 'ben' }))).toMatchObject({
      kind: 'accepted',
      call: { startsAt: at(300), agentId: 'ben' },
    });
  });

  test('an outage reaches every command of its batch, and no other', async () => {
    const { store, close, open } = watched();
    let broken = false;
    const scheduler = await engine({
      ...store,
      commit: (version: Parameters<typeof store.commit>[0], changes: Changes) =>
        broken ? Promise.reject(new Outage('away')) : store.commit(version, changes),
    });
    close();
    const first = scheduler.execute(create('a', at(60)));
    const [second, third] = [scheduler.execute(create('b', at(90))), scheduler.execute(create('c', at(120)))];
    open();
    await first;
    broken = true;
    await expect(second).rejects.toThrow('away');
    await expect(third).rejects.toThrow('away');
    broken = false;
    expect(await scheduler.execute(create('d', at(90)))).toMatchObject({ kind: 'accepted' });
  });

  test('an outage of a load does neither stop the queue', async () => {
    const { store } = watched();
    let broken = false;
    const scheduler = await engine({
      ...store,
      load: (needs: readonly Need[]) => (broken ? Promise.reject(new Outage('away')) : store.load(needs)),
    });
    broken = true;
    await expect(scheduler.execute(create('a', at(60)))).rejects.toThrow('away');
    broken = false;
    expect(await scheduler.execute(create('a', at(60)))).toMatchObject({ kind: 'accepted' });
  });

  test('one that cannot be judged fails alone', async () => {
    const { store, loads } = watched();
    const commits = createGroupCommit(store, fixedClock(NOW), DEFAULT_LIMITS);
    const fine = () => ({ answer: 'fine', changes: NO_CHANGES });
    const outcomes = await Promise.allSettled([
      commits.submit([{ appId: 'app' }], fine),
      commits.submit([{ appId: 'app' }], () => {
        throw new TypeError('our mistake');
      }),
      commits.submit([{ appId: 'app' }], fine),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(loads).toEqual([1, 2]);
  });

  test.each([{ queue: 0 }, { batch: 0 }, { batch: 1.5 }, { attempts: -1 }, { attempts: Number.NaN }])(
    'limits of %j are refused',
    (limits) => {
      const ports = { store: memoryStore(), clock: fixedClock(NOW), ids: { callId: () => 'unused' } };
      expect(() => createScheduler({ ...ports, limits })).toThrow(
        new RangeError(`limits.${Object.keys(limits).join()} must be a whole number above zero`),
      );
    },
  );

  test('what is wrong with a command is told before it is queued', async () => {
    const { store, loads } = watched();
    const scheduler = await engine(store);
    loads.length = 0;
    expect(await scheduler.execute(reschedule('a b', { startsAt: Number.NaN, guestName: ' ' }))).toEqual({
      kind: 'invalid',
      issues: [
        { path: 'callId', message: expect.any(String) },
        { path: 'startsAt', message: expect.any(String) },
        { path: 'guestName', message: expect.any(String) },
      ],
    });
    expect(
      await scheduler.saveAgent({ agent: { appId: 'app', id: 'a/b', name: '', active: true } }),
    ).toMatchObject({
      kind: 'invalid',
    });
    expect(loads).toEqual([]);
  });

  test('a command that changes nothing is not written', async () => {
    const { store, commits } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60)));
    commits.length = 0;
    expect(await scheduler.execute(reschedule('a', { startsAt: at(60) }))).toMatchObject({
      kind: 'accepted',
      events: [],
    });
    expect(
      await scheduler.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'ana', active: true } }),
    ).toMatchObject({
      kind: 'agent_saved',
    });
    expect(commits).toEqual([]);
  });

  test('only what takes time of an agent claims the calendar', async () => {
    const { store, commits } = watched();
    const scheduler = await engine(store);
    await scheduler.execute(create('a', at(60)));
    commits.length = 0;
    await scheduler.execute(reschedule('a', { guestName: 'H' }));
    await scheduler.execute(reschedule('a', { startsAt: at(90) }));
    await scheduler.execute(reschedule('a', { agentId: 'ben' }));
    await scheduler.execute({ ...told, type: 'cancel', callId: 'a' });
    expect(commits.map(({ claimed }) => claimed.map(({ agentId }) => agentId))).toEqual([
      [],
      ['ana'],
      ['ben'],
      [],
    ]);
  });
});
