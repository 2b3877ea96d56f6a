import fc from 'fast-check';
import { format } from 'mysql2';
import { expect, test } from 'vitest';
import { filled } from './literals.ts';

test('a statement is filled as the driver fills it, whatever its values hold', () => {
  const texts = fc.string({
    unit: fc.constantFrom('?', "'", '"', '\\', '\0', '\n', '\u001a', '/*', '--', '😀', 'a'),
  });
  const values = fc.array(
    fc.oneof(
      texts,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
  );
  // Those texts that are left as they are differ from the driver's by the backslash before a `"`, which means nothing.
  const meaning = (sql: string): string => sql.replaceAll('\\"', '"');
  fc.assert(
    fc.property(values, (some) => {
      const sql = `select ${some.map(() => '?').join(', ')} from t`;
      expect(meaning(filled(sql, some))).toBe(meaning(format(sql, some)));
    }),
  );
});

test.each([
  ['more values than question marks', 'select ?', [1, 2]],
  ['fewer', 'select ?, ?', [1]],
  ['no number', 'select ?', [Number.NaN]],
  ['one without an end', 'select ?', [Infinity]],
  ['nothing', 'select ?', [undefined]],
  ['a date', 'select ?', [new Date(0)]],
])('%s: a mistake of ours, not a statement', (_, sql, values) => {
  expect(() => filled(sql, values)).toThrow(/value/);
});
