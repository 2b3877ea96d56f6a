import { fixedClock } from '@reslot/adapters/clock';
import { newLease, uuidIds } from '@reslot/adapters/ids';
import { memoryDatabase, memoryEndpoints, memoryOutbox, memoryStore } from '@reslot/adapters/memory';
import {
  createRelay,
  createScheduler,
  createWakeUp,
  DAY,
  Outage,
  RELAY_LIMITS,
  waking,
  type Attempted,
  type Relay,
} from '@reslot/core';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { keepRelaying } from './relaying.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'test', reason: null } as const;
/** What is done within the time of a test was not waited for. */
const NEVER = { idle: DAY, afterOutage: DAY };
const log = pino({ level: 'silent' });

/** A relay that is kept going, with a destination that answers `answered`; and a scheduler in the same process. */
function house(answered: () => Promise<Attempted>) {
  const clock = fixedClock(NOW);
  const db = memoryDatabase();
  const wakeUp = createWakeUp();
  const scheduler = createScheduler({ store: waking(memoryStore(db), wakeUp), clock, ids: uuidIds });
  const came: string[] = [];
  const relay = createRelay({
    outbox: memoryOutbox(clock, db),
    endpoints: memoryEndpoints(db),
    sender: { send: () => Promise.reject(new Error('there is no endpoint')) },
    scheduler,
    systems: [
      {
        name: '@bus',
        wants: () => true,
        deliver({ event }) {
          came.push(`${event.type} ${event.seq}`);
          return answered();
        },
      },
    ],
    installation: '',
    token: newLease,
    jitter: () => 0,
    report: () => undefined,
    ended: wakeUp.call,
  });
  const book = async (): Promise<string> => {
    const guest = { guestName: 'G', appTimezone: 'UTC', startsAt: NOW + 9 * DAY };
    const outcome = await scheduler.execute({ ...told, type: 'create', ...guest });
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    return outcome.call.id;
  };
  return { relay, wakeUp, came, book, scheduler };
}

/** Notes when the relay is about to pause. */
function watched(relay: Relay) {
  let looks = 0;
  let tells = 0;
  const all: Relay = {
    ...relay,
    async step() {
      const done = await relay.step();
      looks += 1;
      return done;
    },
    async tell(appIds) {
      await relay.tell(appIds);
      tells += 1;
    },
  };
  return { relay: all, looks: () => looks, tells: () => tells };
}

test('a relay that has nothing to do is called by a commit, and by an attempt that ends', async () => {
  const answers: (() => void)[] = [];
  const { relay, wakeUp, came, book, scheduler } = house(
    () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ kind: 'delivered', told: 'so' }));
      }),
  );
  const one = watched(relay);
  const relaying = keepRelaying({ relay: one.relay, wakeUp, log }, NEVER);
  await expect.poll(one.looks).toBe(1);
  const callId = await book();
  await scheduler.execute({ ...told, type: 'cancel', callId });
  // The second event of a call waits until the first has been told.
  await expect.poll(() => [came, one.tells() > 0]).toEqual([['created 1'], true]);
  await new Promise(setImmediate);
  answers[0]?.();
  await expect.poll(() => came).toEqual(['created 1', 'cancelled 2']);
  answers[1]?.();
  await relaying.stop();
  expect(one.looks()).toBe(1);
});

/** A relay with nothing to do. */
const idler: Relay = { step: async () => 0, tell: async () => undefined, settled: async () => undefined };

test('a call that comes while it looks is not lost', async () => {
  const wakeUp = createWakeUp();
  const one = watched({
    ...idler,
    async step() {
      wakeUp.call();
      return 0;
    },
  });
  const relaying = keepRelaying({ relay: one.relay, wakeUp, log }, NEVER);
  await expect.poll(one.tells).toBe(1);
  await relaying.stop();
  expect([one.looks(), one.tells()]).toEqual([1, 1]);
});

test('however often it is called, it looks at its time', async () => {
  const wakeUp = createWakeUp();
  const one = watched({
    ...idler,
    async tell() {
      setImmediate(wakeUp.call);
    },
  });
  const relaying = keepRelaying({ relay: one.relay, wakeUp, log }, { idle: 1, afterOutage: DAY });
  wakeUp.call();
  await expect.poll(() => one.looks() > 2 && one.tells() > 0).toBe(true);
  await relaying.stop();
});

test('a step that has done as much as it may is followed by another one', async () => {
  const wakeUp = createWakeUp();
  const left = [RELAY_LIMITS.events, RELAY_LIMITS.events, 1, 0];
  const relay: Relay = { ...idler, step: async () => left.shift() ?? 0 };
  const relaying = keepRelaying({ relay, wakeUp, log }, NEVER);
  await expect.poll(() => left.length).toBeLessThan(2);
  await relaying.stop();
  expect(left).toEqual([0]);
});

test('after an outage nobody calls it before its time, but it stops at once', async () => {
  const wakeUp = createWakeUp();
  let looks = 0;
  const one = watched({
    ...idler,
    async step() {
      looks += 1;
      throw new Outage('database: away');
    },
  });
  const relaying = keepRelaying({ relay: one.relay, wakeUp, log }, NEVER);
  await expect.poll(() => looks).toBe(1);
  for (let calls = 0; calls < 3; calls += 1) {
    wakeUp.call();
    await new Promise(setImmediate);
  }
  await relaying.stop();
  expect([looks, one.tells()]).toEqual([1, 0]);
});

test('a commit calls when it has written events, and not otherwise', async () => {
  const { wakeUp, book, scheduler } = house(async () => ({ kind: 'delivered', told: 'so' }));
  let calls = 0;
  const listen = (): void => {
    void wakeUp.next().then(() => {
      calls += 1;
      listen();
    });
  };
  listen();
  onTestFinished(() => expect(calls).toBe(1));
  await scheduler.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });
  expect(calls).toBe(0);
  const callId = await book();
  expect([calls, wakeUp.reasons()]).toEqual([1, new Set(['app'])]);
  // It is there already: nothing is written.
  await scheduler.execute({ ...told, type: 'reschedule', callId, edits: { startsAt: NOW + 9 * DAY } });
  expect([calls, wakeUp.reasons()]).toEqual([1, new Set()]);
});
