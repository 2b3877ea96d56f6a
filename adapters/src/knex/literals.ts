import { escape } from 'mysql2';

/** Values in the text of a statement for MySQL and MariaDB. */

/**
 * The driver's escape, which also takes apart every text with a `"`, and JSON is full of them; in single quotes they mean
 * themselves. A text without any other character that it escapes is left as it is.
 */
export function literal(value: unknown): string {
  if (typeof value === 'string') return ESCAPED.test(value) ? escape(value) : `'${value}'`;
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  if (value === null) return 'NULL';
  throw new TypeError(`no value of a statement: ${typeof value === 'number' ? value : typeof value}`);
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPED = /[\0\b\t\n\r\u001a'\\]/;

/**
 * A statement with its values in it. Each of its question marks stands for one: unlike the driver, this does not look before
 * each of them whether it stands in a text or in a comment.
 */
export function filled(sql: string, values: readonly unknown[]): string {
  const parts = sql.split('?');
  if (parts.length !== values.length + 1) throw new Error('a statement has other values than question marks');
  return parts.reduce((text, part, index) => text + literal(values[index - 1]) + part);
}
