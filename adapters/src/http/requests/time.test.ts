import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toIso } from './time.ts';

test('writes every instant as Date does', () => {
  const instants = fc.integer({ min: 0, max: 253_402_300_799_999 });
  fc.assert(fc.property(instants, (instant) => toIso(instant) === new Date(instant).toISOString()));
  for (const edge of [0, 999, 86_399_999, 86_400_000, 253_402_300_799_999]) {
    expect(toIso(edge)).toBe(new Date(edge).toISOString());
  }
});
