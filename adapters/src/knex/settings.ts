import type { Knex } from 'knex';
import { orOutage } from './outages.ts';

/** What decides whether a commit outlives a crash, and how statements are understood. As the database says it, on a connection that is prepared. */
export type DatabaseSettings =
  | {
      readonly kind: 'sqlite';
      readonly version: string;
      readonly journalMode: string;
      /** 0 off, 1 normal, 2 full, 3 extra. */
      readonly synchronous: number;
    }
  | {
      readonly kind: 'mysql';
      /** Of MariaDB it has that name in it. */
      readonly version: string;
      readonly flushLogAtCommit: string;
      readonly binaryLog: boolean;
      readonly syncBinaryLog: string;
      readonly doublewrite: string;
      readonly sqlMode: readonly string[];
      readonly isolation: string;
      /** Bytes. */
      readonly maxPacket: number;
    };

/** Rejects with an `Outage` when the database does not answer. */
export const databaseSettings = (db: Knex): Promise<DatabaseSettings> =>
  orOutage(() => (db.client.driverName === 'mysql2' ? mysqlSettings(db) : sqliteSettings(db)));

async function sqliteSettings(db: Knex): Promise<DatabaseSettings> {
  const [[version], [journal], [synchronous]] = await Promise.all([
    db.raw('SELECT sqlite_version() AS value'),
    db.raw('PRAGMA journal_mode'),
    db.raw('PRAGMA synchronous'),
  ]);
  return {
    kind: 'sqlite',
    version: String(version.value),
    journalMode: String(journal.journal_mode),
    synchronous: Number(synchronous.synchronous),
  };
}

/** MariaDB has had the second name of the isolation alone for long; a variable that is not there is no error. */
const VARIABLES = [
  'version',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'sync_binlog',
  'innodb_doublewrite',
  'sql_mode',
  'transaction_isolation',
  'tx_isolation',
  'max_allowed_packet',
];

async function mysqlSettings(db: Knex): Promise<DatabaseSettings> {
  const [rows = []]: { Variable_name: string; Value: string }[][] = await db.raw(
    `SHOW SESSION VARIABLES WHERE Variable_name IN (${VARIABLES.map(() => '?').join(', ')})`,
    VARIABLES,
  );
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  const said = (name: string): string => values.get(name) ?? '';
  return {
    kind: 'mysql',
    version: said('version'),
    flushLogAtCommit: said('innodb_flush_log_at_trx_commit'),
    binaryLog: said('log_bin') === 'ON',
    syncBinaryLog: said('sync_binlog'),
    doublewrite: said('innodb_doublewrite'),
    sqlMode: said('sql_mode').split(','),
    isolation: values.get('transaction_isolation') ?? said('tx_isolation'),
    maxPacket: Number(said('max_allowed_packet')),
  };
}
