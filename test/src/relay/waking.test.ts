import { createWakeUp, waking, type ScheduleStore } from '@reslot/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { changesOf, sampleCall, savingAgents } from '../contract/samples.ts';
import { engines, openEngine } from '../engines/engines.ts';

/** Whether it has settled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => (over = true));
  await new Promise(setImmediate);
  return over;
}

describe('a wake-up', () => {
  test('comes with the next call, not with one that was before', async () => {
    const wakeUp = createWakeUp();
    wakeUp.call('early');
    const next = wakeUp.next();
    expect(await isOver(next)).toBe(false);
    wakeUp.call();
    expect(await isOver(next)).toBe(true);
    expect(await isOver(wakeUp.next())).toBe(false);
  });

  test('says what for since it was asked last, from when somebody waits', () => {
    const { call, next, reasons } = createWakeUp();
    call('early');
    void next();
    call('one', 'two');
    call('one');
    void next();
    call('three');
    expect(reasons()).toEqual(new Set(['one', 'two', 'three']));
    expect(reasons()).toEqual(new Set());
    call('four');
    expect(reasons()).toEqual(new Set(['four']));
  });

  test('says what for from when it was asked, too', () => {
    const { call, reasons } = createWakeUp();
    call('early');
    expect(reasons()).toEqual(new Set());
    call('late');
    expect(reasons()).toEqual(new Set(['late']));
  });
});

describe.each(engines())('a store that wakes on %s', (name) => {
  async function open() {
    const engine = await openEngine(name);
    onTestFinished(() => engine.close());
    const calls: (readonly string[])[] = [];
    const store: ScheduleStore = waking(engine.store, { call: (...appIds) => calls.push(appIds) });
    return { store, calls };
  }

  test('calls for each app of a commit that has written events, once', async () => {
    const { store, calls } = await open();
    const ids = [
      ['app', 'a'],
      ['app', 'b'],
      ['other', 'a'],
    ] as const;
    const booked = ids.map(([appId, id]) => sampleCall({ appId, id, agentId: null }));
    const { version } = await store.load([]);
    expect(await store.commit(version, changesOf(...booked))).toBe('committed');
    expect(calls).toEqual([['app', 'other']]);
  });

  test('does not call for a commit that has written none, nor for one that others came before', async () => {
    const { store, calls } = await open();
    const { version } = await store.load([]);
    const ben = savingAgents({ appId: 'app', id: 'ben', name: 'Ben', active: true });
    expect(await store.commit(version, ben)).toBe('committed');
    expect(calls).toEqual([]);
    const booked = changesOf(sampleCall({ appId: 'app', id: 'a', agentId: null }));
    expect(await store.commit(version, booked)).toBe('committed');
    expect(await store.commit(version, booked)).toBe('conflict');
    expect(calls).toEqual([['app']]);
  });
});
