import { expect, test } from 'vitest';
import { excessOf, MOST_LEVELS, MOST_NAMES } from './json-bounds.ts';

const DEEP = 'is nested more than 32 levels deep';

const nested = (levels: number, open: string, close: string): string =>
  `${open.repeat(levels)}0${close.repeat(levels)}`;

test.each([
  ['arrays', '[', ']'],
  ['objects', '{"a":', '}'],
  ['both', '[{"a":', '}]'],
])('%s are too deep one level beyond the bound', (_, open, close) => {
  const most = Math.floor(MOST_LEVELS / (open === '[{"a":' ? 2 : 1));
  expect(excessOf(nested(most, open, close))).toBeUndefined();
  expect(excessOf(nested(most + 1, open, close))).toBe(DEEP);
});

test.each([
  ['side by side', JSON.stringify(Array.from({ length: 100 }, () => [{}]))],
  ['in a string', JSON.stringify('['.repeat(100))],
  ['after an escaped quote', JSON.stringify(`"${'['.repeat(100)}`)],
  ['in a name after a backslash', JSON.stringify({ ['\\']: '{'.repeat(100) })],
])('brackets %s are not nested', (_, text) => {
  expect(excessOf(text)).toBeUndefined();
});

test.each([
  ['is no JSON', '['.repeat(100)],
  ['goes on after a string with backslashes', `["\\\\",${'['.repeat(100)}`],
])('a text that %s', (_, text) => {
  expect(excessOf(text)).toBe(DEEP);
});

test('names are counted in all objects, and colons in strings are none', () => {
  const objects = (many: number) => JSON.stringify(Array.from({ length: many }, () => ({ a: '::', b: 1 })));
  expect(excessOf(objects(MOST_NAMES / 2))).toBeUndefined();
  expect(excessOf(objects(MOST_NAMES / 2 + 1))).toBe('has more than 10000 names');
});
