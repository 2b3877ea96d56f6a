import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurnstile } from './turnstile.ts';

/** How many have come through after each turn, until all have. */
async function turnsOf(people: number, fewest: number): Promise<number[]> {
  const turnstile = createTurnstile(fewest);
  const through: number[] = [];
  const all = Array.from({ length: people }, async (_, one) => {
    await turnstile();
    through.push(one);
  });
  const turns: number[] = [];
  while (through.length < people) {
    await setImmediate();
    turns.push(through.length);
  }
  await Promise.all(all);
  expect(through).toEqual(Array.from({ length: people }, (_, one) => one));
  return turns;
}

test('lets so many through in one turn, in their order, and forgets nobody', async () => {
  expect(await turnsOf(5, 2)).toEqual([2, 4, 5]);
});

test('lets more through when many wait', async () => {
  const [first, second] = await turnsOf(160, 2);
  expect([first, second]).toEqual([10, 20]);
});

test('can be passed again after it was empty', async () => {
  const turnstile = createTurnstile(1);
  await turnstile();
  expect(await turnstile()).toBeUndefined();
});
