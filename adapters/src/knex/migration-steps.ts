import type { Knex } from 'knex';
import { isMysql } from './dialects.ts';

/** Every name starts with `reslot_`: the tables may live in an application's own database. */
export interface Migration {
  /** Stored in the database: never renamed. */
  readonly name: string;
  readonly up: (db: Knex) => PromiseLike<unknown>;
  readonly down: (db: Knex) => PromiseLike<unknown>;
}

const ID = 128;
/** Ids compare byte by byte. SQLite does so by itself and ignores the collation. */
export const id = (table: Knex.CreateTableBuilder, name: string) =>
  table.string(name, ID).collate('ascii_bin');
export const word = (table: Knex.CreateTableBuilder, name: string) =>
  table.string(name, 32).collate('ascii_bin');
/** SHA-256 in hexadecimal. */
export const digest = (table: Knex.CreateTableBuilder, name: string) =>
  table.string(name, 64).collate('ascii_bin');
/** Text for people; `search` compares it without regard to case. */
export const text = (table: Knex.CreateTableBuilder, name: string, length: number) =>
  table.string(name, length).collate('utf8mb4_unicode_520_ci');
export const long = (table: Knex.CreateTableBuilder, name: string) =>
  table.text(name, 'mediumtext').collate('utf8mb4_bin');

/** Looks first whether it is done, as all below do: on MySQL it stays done if its process dies before that is noted. */
export function createTable(
  name: string,
  table: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Migration {
  return {
    name,
    up: async (db) => {
      if (!(await db.schema.hasTable(table))) await db.schema.createTable(table, columns);
    },
    down: (db) => db.schema.dropTableIfExists(table),
  };
}

export const dropTable = (
  name: string,
  table: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Migration => {
  const { up, down } = createTable(name, table, columns);
  return { name, up: down, down: up };
};

export const renameTable = (name: string, from: string, to: string): Migration => ({
  name,
  up: async (db) => {
    if (await db.schema.hasTable(from)) await db.schema.renameTable(from, to);
  },
  down: (db) => db.schema.renameTable(to, from),
});

export function addIndex(name: string, table: string, index: string, columns: string[]): Migration {
  return {
    name,
    up: async (db) => {
      if (!(await hasIndex(db, table, index, columns)))
        await db.schema.alterTable(table, (alter) => alter.index(columns, index));
    },
    down: (db) => db.schema.alterTable(table, (alter) => alter.dropIndex(columns, index)),
  };
}

/** SQLite undoes what was not noted. */
async function hasIndex(db: Knex, table: string, index: string, columns: string[]): Promise<boolean> {
  if (!isMysql(db)) return false;
  const sql = 'SHOW INDEX FROM ?? WHERE Key_name = ?';
  const [found = []]: { Column_name: string }[][] = await db.raw(sql, [table, index]);
  return found.map(({ Column_name: column }) => column).join() === columns.join();
}

export function addColumn(
  name: string,
  table: string,
  column: string,
  type: (table: Knex.CreateTableBuilder, name: string) => unknown,
): Migration {
  return {
    name,
    up: async (db) => {
      if (await db.schema.hasColumn(table, column)) return;
      await db.schema.alterTable(table, (alter) => {
        type(alter, column);
      });
    },
    down: (db) => db.schema.alterTable(table, (alter) => alter.dropColumn(column)),
  };
}
