import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import type { Knex } from 'knex';
import Database from 'libsql';

const require = createRequire(import.meta.url);
const BetterSqliteClient: typeof Knex.Client = require('knex/lib/dialects/better-sqlite3/index.js');

type Statement = Database.Statement;
type Connection = Database.Database & { __knex__disposed?: unknown };

interface Query {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
  context?: { lastID: number | bigint; changes: number };
}

/** Statements kept per connection: preparing costs more than running, and leaks until the event loop turns. */
const MAX_STATEMENTS = 300;
/** Not a field: knex makes a transaction's client with `Object.create`. */
const statements = new WeakMap<Database.Database, Map<string, Statement>>();

/** SQLite through libsql, whose interface is that of better-sqlite3 but for the pitfalls guarded here. */
export class LibsqlClient extends BetterSqliteClient {
  _driver(): typeof Database {
    return Database;
  }

  override async _query(connection: Connection, query: Query): Promise<Query> {
    // The driver works in this thread: between two statements, others have their turn.
    await setImmediate();
    try {
      run(connection, query);
      return query;
    } catch (error) {
      if (isFault(error)) {
        // A statement that failed in the middle keeps its lock and its view of the database while it lives.
        statements.delete(connection);
        connection.__knex__disposed = error;
      }
      throw error;
    }
  }
}

function run(connection: Connection, query: Query): void {
  // Every transaction here writes: it takes the write lock at once, or waits for it. A lock that is only wanted in the
  // middle is refused at once, whatever the time that may be waited.
  const statement = prepared(connection, /^BEGIN;?$/.test(query.sql) ? 'BEGIN IMMEDIATE' : query.sql);
  const bindings = (query.bindings ?? []).map(bindable);
  if (statement.reader) {
    query.response = statement.all(bindings);
  } else {
    const result = statement.run(bindings);
    query.response = result;
    query.context = { lastID: result.lastInsertRowid, changes: result.changes };
  }
}

/** Faults of the file or of its locks; not of a statement. */
const isFault = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|CANTOPEN|PROTOCOL|CORRUPT|NOTADB)/.test(String(error.code));

function prepared(connection: Database.Database, sql: string): Statement {
  const cache = statements.get(connection) ?? new Map<string, Statement>();
  statements.set(connection, cache);
  const statement = cache.get(sql) ?? connection.prepare(sql);
  // A Map is in the order of what was set: the first is the one that was not used for longest.
  cache.delete(sql);
  cache.set(sql, statement);
  const [oldest] = cache.size > MAX_STATEMENTS ? cache.keys() : [];
  if (oldest !== undefined) cache.delete(oldest);
  return statement;
}

/** libsql aborts the process on a boolean and cuts a string at a NUL. */
function bindable(value: unknown): string | number | bigint | Buffer | null {
  if (typeof value === 'boolean' || value instanceof Date) return Number(value);
  if (typeof value === 'string' && !value.includes('\0')) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || value === null || Buffer.isBuffer(value))
    return value;
  throw new TypeError(`cannot be bound to a statement: a ${typeof value}`);
}
