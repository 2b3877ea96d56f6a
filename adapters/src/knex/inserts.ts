import type { Knex } from 'knex';
import { isMysql } from './dialects.ts';
import { literal } from './literals.ts';
import { MAX_CHARACTERS, type Write } from './round-trips.ts';

/**
 * INSERTs of many rows. Written out, as a batch stores hundreds of them: for that the query builder, and the driver that
 * looks for every placeholder in what it has built, took longer than the rules.
 */

type Cell = string | number | null;

/** Any row of a table: its columns are its fields. */
type Cells<Row> = { readonly [Column in keyof Row]: Cell };

/** Rows in one INSERT: it stays below every engine's limit of bindings. */
const MAX_ROWS = 256;

/** What becomes of a row that is there already: it gets all other columns anew. */
interface Replacing<Column> {
  readonly key: readonly Column[];
  /** Columns that stay as they are for ever. SQLite writes the indexes of a column that is named, even if it stays the same. */
  readonly lasting: readonly Column[];
}

/** As few INSERTs as every engine takes. */
export function inserts<Row extends Cells<Row>>(
  db: Knex,
  table: string,
  rows: readonly Row[],
  replace?: Replacing<keyof Row & string>,
): Write[] {
  const columns: (keyof Row & string)[] = [];
  for (const name in rows[0]) columns.push(name);
  const head = `insert into \`${table}\` (${columns.map(quoted).join(', ')}) values `;
  const tail = replace ? replacing(db, replace, columns) : '';
  return insertable(rows.map((row) => columns.map((name): Cell => row[name]))).map((part) => ({
    statement: isMysql(db)
      ? { sql: head + part.map(literally).join(', ') + tail }
      : { sql: head + part.map(bound).join(', ') + tail, bindings: part.flat() },
  }));
}

const quoted = (name: string): string => `\`${name}\``;

function replacing<Column extends string>(
  db: Knex,
  { key, lasting }: Replacing<Column>,
  columns: readonly Column[],
): string {
  const [on, given] = isMysql(db)
    ? ['on duplicate key update', (name: string) => `values(${name})`]
    : [`on conflict (${key.map(quoted).join(', ')}) do update set`, (name: string) => `excluded.${name}`];
  const changing = columns.filter((name) => !key.includes(name) && !lasting.includes(name)).map(quoted);
  return ` ${on} ${changing.map((name) => `${name} = ${given(name)}`).join(', ')}`;
}

const bound = (cells: readonly Cell[]): string => `(${cells.map(() => '?').join(', ')})`;

const literally = (cells: readonly Cell[]): string => `(${cells.map(literal).join(', ')})`;

/** Splits rows into parts that one INSERT can take; a row alone always can. */
function insertable(rows: readonly Cell[][]): Cell[][][] {
  const parts: Cell[][][] = [];
  let part: Cell[][] = [];
  let characters = 0;
  for (const row of rows) {
    const size = charactersOf(row);
    characters += size;
    if (part.length === 0 || part.length === MAX_ROWS || characters > MAX_CHARACTERS) {
      part = [];
      parts.push(part);
      characters = size;
    }
    part.push(row);
  }
  return parts;
}

const charactersOf = (row: readonly Cell[]): number =>
  row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0);
