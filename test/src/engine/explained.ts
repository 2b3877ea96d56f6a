import type { connect } from '@reslot/adapters/connect';
import type { EngineName } from '../engines/engines.ts';

/** How a database says that it goes about a statement. */

export type Database = ReturnType<typeof connect>;
export type Statement = { readonly sql: string; readonly bindings: readonly (string | number)[] };
interface Step {
  readonly type: string;
  readonly key: string | null;
  readonly rows: number | string;
}

/** The steps of a statement that go through a table or an index from end to end, or that look at too many rows. */
export async function costlySteps(
  db: Database,
  name: EngineName,
  { sql, bindings }: Statement,
  mostRows: number,
): Promise<unknown[]> {
  if (name === 'sqlite') {
    const steps: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings);
    return steps.filter(({ detail }) => /SCAN|calls_by_calendar \((?!.*busy_from)/.test(detail));
  }
  const [steps = []]: Step[][] = await db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
  const few = ({ rows }: Step) => Number(rows) <= mostRows;
  return steps.filter((step) => !step.key || !/^(range|ref|eq_ref|const)$/.test(step.type) || !few(step));
}

/** What went to the database in one trip, statement by statement. One that is sent with others has its values in its text. */
export function separated({ sql, bindings = [] }: Pick<Statement, 'sql'> & Partial<Statement>): Statement[] {
  let first = 0;
  return sql.split('; ').map((part) => {
    const own = bindings.slice(first, (first += part.split('?').length - 1));
    return { sql: part, bindings: own };
  });
}

/**
 * Of a statement that reads the calls of one series, the steps that find them by another index than theirs. What they
 * have found by it, the servers may sift by the primary key.
 */
export async function seriesSteps(
  db: Database,
  name: EngineName,
  { sql, bindings }: Statement,
  mostRows: number,
): Promise<unknown[]> {
  if (name === 'sqlite') {
    const steps: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings);
    return steps.filter(
      ({ detail }) => !/reslot_calls_by_series \(app_id=\? AND series_id=\?\)/.test(detail),
    );
  }
  const [steps = []]: Step[][] = await db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
  const isBySeries = ({ key, rows }: Step) =>
    key?.startsWith('reslot_calls_by_series') && Number(rows) <= mostRows;
  return steps.filter((step) => !isBySeries(step));
}

const WAYS = [
  [/busy_from between/i, 'slot'],
  [/`series_id` in/i, 'series'],
  [/1 = 0/, 'nothing'],
] as const;

export const tableOf = (sql: string): string => {
  const [word, table] = [/^\w+/, /reslot_\w+/].map((part) => part.exec(sql)?.[0].toLowerCase());
  return `${word} ${table} by ${WAYS.find(([way]) => way.test(sql))?.[1] ?? 'id'}`;
};
