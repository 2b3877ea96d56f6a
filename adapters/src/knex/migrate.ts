import type { Knex } from 'knex';
import { isMysql } from './dialects.ts';
import { refuseMappers } from './fit.ts';
import type { Migration } from './migration-steps.ts';
import { MIGRATIONS } from './migrations.ts';
import { orOutage } from './outages.ts';
import { patient, SQLITE_LOCK_WAIT } from './patience.ts';

const SOURCE: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: ({ name }) => name,
  getMigration: (migration) => Promise.resolve(migration),
};

/** A migration is one statement, and the turn is taken around all of them: they need no transactions of their own. */
const CONFIG = { tableName: 'reslot_migrations', migrationSource: SOURCE, disableTransactions: true };
const TURN = 'reslot_migrations';
const TURN_WAIT_SECONDS = 60;

/**
 * Brings the tables up to date; returns the names of the migrations that it ran. Needs one connection. Processes that
 * start together take turns: on SQLite by its write lock, on MySQL and MariaDB by a named lock. Either dies with its
 * connection, so none is left behind.
 */
export async function migrate(db: Knex): Promise<string[]> {
  refuseMappers(db);
  const connection: object = await db.client.acquireConnection();
  patient.add(connection);
  try {
    if (isMysql(db)) return await db.transaction(inTurn, { connection });
    await db.raw(`PRAGMA busy_timeout = ${TURN_WAIT_SECONDS * 1000}`).connection(connection);
    return await db.transaction(latest, { connection });
  } finally {
    if (!isMysql(db)) await db.raw(`PRAGMA busy_timeout = ${SQLITE_LOCK_WAIT}`).connection(connection);
    patient.delete(connection);
    await db.client.releaseConnection(connection);
  }
}

/** The named lock belongs to the connection, and so outlives the commits that DDL statements make. */
async function inTurn(turn: Knex): Promise<string[]> {
  const [[row]] = await turn.raw('SELECT GET_LOCK(?, ?) AS granted', [TURN, TURN_WAIT_SECONDS]);
  if (Number(row.granted) !== 1)
    throw new Error(`another process has been migrating for ${TURN_WAIT_SECONDS} seconds`);
  try {
    // Left by a process that died; whoever holds the named lock is alone.
    await turn.migrate.forceFreeMigrationsLock(CONFIG);
    return await latest(turn);
  } finally {
    await turn.raw('SELECT RELEASE_LOCK(?)', [TURN]);
  }
}

/** Migrations by their names, in their order. */
export interface MigrationState {
  /** Those that `migrate` would run. */
  readonly pending: readonly string[];
  /** Those that ran and are not known here: a later version has been at work, and `migrate` refuses. */
  readonly unknown: readonly string[];
}

/** Compares the database with this version. Writes nothing. */
export async function migrationState(db: Knex): Promise<MigrationState> {
  const rows = await orOutage(async (): Promise<Pick<Migration, 'name'>[]> =>
    (await db.schema.hasTable(CONFIG.tableName)) ? db(CONFIG.tableName).select('name').orderBy('name') : [],
  );
  const ran = new Set(rows.map(({ name }) => name));
  const known = MIGRATIONS.map(({ name }) => name);
  return {
    pending: known.filter((name) => !ran.has(name)),
    unknown: [...ran].filter((name) => !known.includes(name)),
  };
}

async function latest(turn: Knex): Promise<string[]> {
  const [, names]: [number, string[]] = await turn.migrate.latest(CONFIG);
  return names;
}
