import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';
import type Database from 'libsql';
import { LibsqlClient } from './libsql-client.ts';
import { cut, mysqlClient, type CuttableConnection } from './mysql-client.ts';
import { SQLITE_LOCK_WAIT } from './patience.ts';
import { authorities, tlsSettings, type DatabaseTls } from './tls.ts';

export { authorities, type DatabaseTls };

/** Where a database is. */
type Place =
  | { readonly kind: 'sqlite'; readonly filename: string }
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** Longer than a lock is waited for, shorter than a client's patience. */
const STATEMENT_TIMEOUT = 3_000;
export const POOL_SIZE = 10;

export interface ConnectOptions {
  /** Milliseconds that a statement may take, and several that are sent as one together. MySQL and MariaDB only. */
  readonly statementTimeout?: number | undefined;
  /** Up to so many connections. MySQL and MariaDB only. */
  readonly poolSize?: number | undefined;
  /** Insists on TLS. MySQL and MariaDB only; without it all goes in the clear. */
  readonly tls?: DatabaseTls | undefined;
}

/**
 * Makes a Knex instance with bounds on every wait. `url` is `sqlite:PATH` (or `sqlite::memory:`),
 * `mysql://user:password@host:port/database`, or `mariadb://…`. Throws a TypeError for anything else, for TLS to an embedded
 * database, and for authorities that are none.
 */
export function connect(url: string, options: ConnectOptions = {}): Knex {
  const place = parseDatabaseUrl(url);
  if (place.kind === 'mysql') return connectMysql(place, options);
  if (options.tls) throw new TypeError('an embedded database has no TLS');
  return connectSqlite(place);
}

/** What a database URL says; throws a TypeError, without the URL and its password, when it says nothing sound. */
export function parseDatabaseUrl(url: string): Place {
  if (/^sqlite:./.test(url)) return { kind: 'sqlite', filename: url.slice('sqlite:'.length) };
  if (!/^(mysql|mariadb):\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError('must be sqlite:PATH, mysql://user:password@host:port/database or mariadb://…');
  }
  const { hostname, port, username, password, pathname, search } = new URL(url);
  if (search !== '') throw new TypeError('takes no parameters after a question mark');
  if (!/^\/[^/]+$/.test(pathname)) throw new TypeError('must name one database after the host');
  const [user = '', secret = '', database = ''] = [username, password, pathname.slice(1)].map(decoded);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'mysql', host, port: port === '' ? 3306 : Number(port), user, password: secret, database };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('has a percent sign that is not followed by two hexadecimal digits');
  }
}

/** What knex would print goes to the caller as an error already, and its lines hold statements with their values. */
const SILENT: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** The lock comes first, as the others wait for it too. Readers do not block the writer; what is answered is on the disk. */
const SQLITE_PRAGMAS = [
  `busy_timeout = ${SQLITE_LOCK_WAIT}`,
  'journal_mode = WAL',
  'synchronous = FULL',
  // In pages of 4 KiB: a checkpoint writes each page once, however many of the commits since the last one have changed it.
  'wal_autocheckpoint = 8000',
  // In KiB; the default of 2 MiB does not hold the indexes of ten thousand calls.
  'cache_size = -32768',
];

function connectSqlite({ filename }: Extract<Place, { kind: 'sqlite' }>): Knex {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true, mode: 0o700 });
  return knex({
    client: LibsqlClient,
    connection: { filename },
    useNullAsDefault: true,
    log: SILENT,
    acquireConnectionTimeout: 3_000,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: Database.Database, done: (error: unknown) => void) {
        try {
          for (const pragma of SQLITE_PRAGMAS) connection.pragma(pragma);
          done(null);
        } catch (error) {
          done(error);
        }
      },
    },
  });
}

/** Once per connection, not per transaction. READ COMMITTED takes no gap locks. */
const MYSQL_SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION innodb_lock_wait_timeout = 1, sql_mode = 'TRADITIONAL'",
];

/** Knex keeps no hold of a connection that could not be prepared, so it is cut here. */
const prepareMysqlSession =
  (timeout: number) =>
  (connection: CuttableConnection, done: (error: unknown) => void): void => {
    const prepare = ([sql, ...rest]: readonly string[]): void => {
      if (sql === undefined) return done(null);
      connection.query({ sql, timeout }, (refused) => {
        if (!refused) return prepare(rest);
        cut(connection);
        done(refused);
      });
    };
    prepare(MYSQL_SESSION);
  };

function connectMysql(
  { kind, ...place }: Extract<Place, { kind: 'mysql' }>,
  { statementTimeout = STATEMENT_TIMEOUT, poolSize = POOL_SIZE, tls }: ConnectOptions,
): Knex {
  const wrong = tls?.ca === undefined ? undefined : authorities(tls.ca);
  if (wrong !== undefined) throw new TypeError(`the authorities: ${wrong}`);
  return knex({
    client: mysqlClient(statementTimeout),
    log: SILENT,
    // An error that quotes a batch with all its values is half a megabyte long.
    compileSqlOnError: false,
    connection: {
      ...place,
      ...(tls && tlsSettings(place.host, place.port, tls)),
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      // A batch is four round trips instead of nine. Values are escaped with backslashes, which our sql_mode lets us do.
      multipleStatements: true,
      connectTimeout: 3_000,
    },
    acquireConnectionTimeout: 3_000,
    pool: { min: 0, max: poolSize, afterCreate: prepareMysqlSession(statementTimeout) },
  });
}
