import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurnstile } from './turnstile.ts';

test('lets so many through in one turn, in their order, and forgets nobody', async () => {
  const turnstile = createTurnstile(2);
  const through: number[] = [];
  const all = [1, 2, 3, 4, 5].map(async (one) => {
    await turnstile();
    through.push(one);
  });
  expect(through).toEqual([]);
  await setImmediate();
  expect(through).toEqual([1, 2]);
  await setImmediate();
  expect(through).toEqual([1, 2, 3, 4]);
  await Promise.all(all);
  expect(through).toEqual([1, 2, 3, 4, 5]);

  await turnstile();
});
