import { describe, expect, test } from 'vitest';
import { MOST_ATTEMPTS, RETRY_DELAYS, settlementOf, withinShares, type Attempted } from './deliveries.ts';

const failed = (over: Partial<Extract<Attempted, { kind: 'failed' }>> = {}): Attempted => ({
  kind: 'failed',
  told: '500',
  ...over,
});

describe('what becomes of a delivery', () => {
  test.each<[Attempted, number, object]>([
    [{ kind: 'delivered', told: '200' }, 3, { state: 'delivered', told: '200' }],
    [{ kind: 'needless', told: 'no address' }, 1, { state: 'dropped', told: 'no address' }],
    [{ kind: 'gone', told: '410' }, 1, { state: 'dead', told: '410' }],
    [{ kind: 'refused_for_good', told: 'no' }, 1, { state: 'dead', told: 'no' }],
    [
      { kind: 'not_made', told: 'busy' },
      9,
      { state: 'pending', told: 'busy', inMilliseconds: 5_000, counts: false },
    ],
    [failed(), 1, { state: 'pending', told: '500', inMilliseconds: 5_000, counts: true }],
    [failed(), 2, { state: 'pending', told: '500', inMilliseconds: 300_000, counts: true }],
    [failed(), 9, { state: 'pending', told: '500', inMilliseconds: 86_400_000, counts: true }],
    [failed(), 10, { state: 'dead', told: '500; 10 attempts' }],
    [
      failed({ retryAfterSeconds: 60 }),
      1,
      { state: 'pending', told: '500', inMilliseconds: 60_000, counts: true },
    ],
    [
      failed({ retryAfterSeconds: 1 }),
      1,
      { state: 'pending', told: '500', inMilliseconds: 5_000, counts: true },
    ],
    [
      failed({ retryAfterSeconds: 31_536_000 }),
      1,
      { state: 'pending', told: '500', inMilliseconds: 86_400_000, counts: true },
    ],
  ])('after %j at attempt %i', (outcome, attempts, settlement) => {
    expect(settlementOf(outcome, attempts, 0)).toEqual(settlement);
  });

  test('is drawn out by up to a fifth, for ten attempts in some three days', () => {
    expect(settlementOf(failed(), 1, 1)).toMatchObject({ inMilliseconds: 6_000 });
    expect(settlementOf(failed(), 1, 0.5)).toMatchObject({ inMilliseconds: 5_500 });
    expect(MOST_ATTEMPTS).toBe(10);
    const days = RETRY_DELAYS.reduce((sum, delay) => sum + delay, 0) / 86_400_000;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(3.2);
  });

  test('is told in a few words that can be stored', () => {
    expect(settlementOf({ kind: 'delivered', told: 'x'.repeat(149) + '😀' }, 1, 0).told).toBe(
      `${'x'.repeat(149)}\uFFFD`,
    );
  });
});

describe('shares', () => {
  const of = (...names: string[]) => names.map((destination, id) => ({ appId: 'app', destination, id }));
  const none = new Map<string, number>();
  const shares = {
    most: 9,
    mostToEndpoints: 9,
    perDestination: 9,
    underWay: none,
    perApp: 9,
    underWayOf: none,
  };
  const ids = (all: ReturnType<typeof of>, over: Partial<typeof shares>) =>
    withinShares(all, { ...shares, ...over }).map(({ id }) => id);
  const all = of('a', 'a', 'b', 'a', '@c', 'b');

  test('each destination gets its own, in the order of the candidates', () => {
    expect(ids(all, { perDestination: 2 })).toEqual([0, 1, 2, 4, 5]);
    expect(ids(all, { most: 3, perDestination: 1, underWay: new Map([['a', 1]]) })).toEqual([2, 4]);
    expect(ids(all, { most: 3 })).toEqual([0, 1, 2]);
  });

  test('each app gets its own, and what serves every app does not count', () => {
    expect(ids(all, { perApp: 2 })).toEqual([0, 1, 4]);
    expect(ids(all, { perApp: 2, underWayOf: new Map([['app', 1]]) })).toEqual([0, 4]);
    expect(ids([{ appId: 'other', destination: 'a', id: 9 }, ...all], { perApp: 1 })).toEqual([9, 0, 4]);
  });

  test('endpoints together leave room for what serves every app', () => {
    expect(ids(all, { mostToEndpoints: 2 })).toEqual([0, 1, 4]);
    expect(ids(all, { mostToEndpoints: 0 })).toEqual([4]);
  });
});
