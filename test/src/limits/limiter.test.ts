import { fixedClock } from '@reslot/adapters/clock';
import { createLimiter } from '@reslot/adapters/limits';
import { MINUTE } from '@reslot/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NOW } from '../http/api.ts';

/** In memory. The library tells the time itself, so its clock is set here too. */

const clock = fixedClock(NOW);
const advance = (milliseconds: number) => {
  clock.advance(milliseconds);
  vi.advanceTimersByTime(milliseconds);
};
beforeEach(() => {
  clock.set(NOW);
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

test('so many in a minute from the first one, and then the time until there are more', async () => {
  const limiter = createLimiter({ of: 'test', perMinute: 2 }, clock);
  expect(await limiter.look('a')).toBeUndefined();
  expect([await limiter.take('a'), await limiter.take('a')]).toEqual([undefined, undefined]);
  advance(20_000);
  expect([await limiter.take('a'), await limiter.look('a')]).toEqual([40_000, 40_000]);
  expect(await limiter.take('b')).toBeUndefined();
  // Asking again does not make it longer.
  advance(39_999);
  expect(await limiter.take('a')).toBe(1);
  advance(1);
  expect(await limiter.look('a')).toBeUndefined();
  expect(await limiter.take('a')).toBeUndefined();
});

test('what is charged is missing afterwards, also when it is more than was left', async () => {
  const limiter = createLimiter({ of: 'test', perMinute: 10 }, clock);
  expect(await limiter.take('a')).toBeUndefined();
  expect(await limiter.charge('a', 8)).toBeUndefined();
  expect(await limiter.take('a')).toBeUndefined();
  // What was let in as the last one is not refused for what it takes itself.
  expect(await limiter.charge('a', 500)).toBeUndefined();
  expect([await limiter.take('a'), await limiter.look('b')]).toEqual([MINUTE, undefined]);
  advance(MINUTE);
  expect(await limiter.take('a')).toBeUndefined();
});

test('of those that were let in together, the ones after what was left are refused by what they take', async () => {
  const limiter = createLimiter({ of: 'test', perMinute: 10 }, clock);
  for (let time = 0; time < 4; time += 1) expect(await limiter.take('a')).toBeUndefined();
  expect([await limiter.charge('a', 7), await limiter.charge('a', 7), await limiter.charge('a', 7)]).toEqual([
    undefined,
    MINUTE,
    MINUTE,
  ]);
});

test('a flood of names does not fill the memory, and takes nothing from those who came before it', async () => {
  const limiter = createLimiter({ of: 'test', perMinute: 1 }, clock);
  expect(await limiter.take('before')).toBeUndefined();
  for (let name = 0; name < 40_000; name += 1) await limiter.take(`flood-${name}`);
  // Each counter has one timer in the library.
  expect(vi.getTimerCount()).toBeLessThanOrEqual(20_000 + 4_096);
  expect(await limiter.take('before')).toBe(MINUTE);
  // All that is shared is spent; in the next minute there are names again.
  expect(await limiter.take('after')).toBe(MINUTE);
  clock.advance(MINUTE);
  vi.clearAllTimers();
  vi.setSystemTime(NOW + MINUTE);
  expect(await limiter.take('after')).toBeUndefined();
});
