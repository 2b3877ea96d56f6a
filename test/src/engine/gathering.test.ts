import {
  createScheduler,
  createWakeUp,
  waking,
  type BatchReport,
  type CallRequest,
  type Limits,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { knexStore, migrate } from '@reslot/adapters/knex';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { at, create, engine, NOW, watched } from './watched.ts';

const calls = (many: number): CallRequest[] =>
  Array.from({ length: many }, (_, index) => create(`call-${index}`, at(60 + 30 * index)));

/** An engine on a store in its thread; in each turn that it gives away, one of `coming` asks, or nobody. */
async function inThread(coming: (CallRequest | undefined)[], limits: Partial<Limits> = {}) {
  const { store, loads } = watched();
  const outcomes: Promise<{ kind: string }>[] = [];
  let turns = 0;
  const scheduler = await engine(
    {
      ...store,
      yieldThread: async () => {
        turns += 1;
        const next = coming.shift();
        if (next) outcomes.push(scheduler.execute(next));
      },
    },
    limits,
  );
  await Promise.all(outcomes);
  loads.length = outcomes.length = turns = 0;
  return { scheduler, loads, outcomes, turns: () => turns };
}

describe('a store in the thread of its callers', () => {
  test('who comes while the thread is given away is in the same batch', async () => {
    const coming: (CallRequest | undefined)[] = [];
    const { scheduler, loads, outcomes } = await inThread(coming);
    const [first, ...others] = calls(6);
    if (!first) throw new Error('no call');
    for (const other of others) coming.push(undefined, other);
    await scheduler.execute(first);
    await Promise.all(outcomes);
    expect(loads).toEqual([6]);
  });

  test('a single command waits for three turns', async () => {
    const { scheduler, turns } = await inThread([]);
    await scheduler.execute(create('a', at(60)));
    expect(turns()).toBe(3);
  });

  test('a full batch waits for nobody', async () => {
    const coming: CallRequest[] = [];
    const { scheduler, loads, outcomes } = await inThread(coming, { batch: 2 });
    const [first, ...others] = calls(4);
    if (!first) throw new Error('no call');
    coming.push(...others);
    await scheduler.execute(first);
    await Promise.all(outcomes);
    expect(loads).toEqual([2]);
    expect(coming).toHaveLength(2);
  });

  test('those who wait already do not wait for everybody who comes now and then', async () => {
    const coming: (CallRequest | undefined)[] = [];
    const { scheduler, loads, outcomes, turns } = await inThread(coming);
    const [first, ...others] = calls(40);
    if (!first) throw new Error('no call');
    for (const other of others) coming.push(undefined, other);
    await scheduler.execute(first);
    expect({ loads, turns: turns() }).toEqual({ loads: [1 + 16], turns: 32 });
    await Promise.all(outcomes);
  });

  test('SQLite is one: those who come one turn after the other are committed together', async () => {
    const db = connect('sqlite::memory:');
    try {
      await migrate(db);
      const reports: BatchReport[] = [];
      const scheduler = createScheduler({
        // As an application does that is to tell of what happens.
        store: waking(knexStore(db), createWakeUp()),
        clock: fixedClock(NOW),
        ids: { callId: () => 'unused' },
        watch: (report) => reports.push(report),
      });
      await scheduler.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });
      reports.length = 0;
      const outcomes: Promise<unknown>[] = [];
      for (const call of calls(8)) {
        outcomes.push(scheduler.execute(call));
        await setImmediate();
      }
      await Promise.all(outcomes);
      expect(reports.map(({ requests }) => requests)).toEqual([8]);
    } finally {
      await db.destroy();
    }
  });
});
