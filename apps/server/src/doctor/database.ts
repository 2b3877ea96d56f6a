import { databaseSettings, databaseTlsFault, type DatabaseSettings } from '@reslot/adapters/knex';
import { Outage } from '@reslot/core';
import type { Database } from '../services.ts';
import { ok, problem, warning, type Finding } from './check.ts';

/** Bytes: the smaller of the defaults of MySQL and MariaDB that it is tested on. */
const PACKET = 16 * 1024 * 1024;

/** Whether the database answers, and which one it is. */
export async function reach(db: Database): Promise<readonly Finding[]> {
  const name = 'database';
  try {
    const { kind, version } = await databaseSettings(db);
    if (kind === 'sqlite') return [ok(name, `SQLite ${version}`)];
    return [ok(name, /mariadb/i.test(version) ? `MariaDB ${version}` : `MySQL ${version}`)];
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    const todo =
      databaseTlsFault(error.cause) === undefined
        ? 'Start the database, or correct DATABASE_URL.'
        : 'Correct DATABASE_TLS, DATABASE_TLS_CA or the host in DATABASE_URL, or have the database mended.';
    return [problem(name, error.message, todo)];
  }
}

export const durability = async (db: Database): Promise<readonly Finding[]> =>
  judgeDurability(await databaseSettings(db));

/** Whether what was answered outlives a crash, and whether statements mean what they say. */
export const judgeDurability = (settings: DatabaseSettings): readonly Finding[] =>
  settings.kind === 'sqlite'
    ? [sqlite(settings)]
    : [commits(settings), binaryLog(settings), pages(settings), session(settings), packet(settings)];

type Settings<Kind extends DatabaseSettings['kind']> = Extract<DatabaseSettings, { kind: Kind }>;

function sqlite({ journalMode, synchronous }: Settings<'sqlite'>): Finding {
  const found = `journal_mode=${journalMode}, synchronous=${synchronous}`;
  return journalMode === 'wal' && synchronous >= 2
    ? ok('durability', found)
    : problem(
        'durability',
        `${found}: a crash may take what was answered`,
        'Keep it in a file on a disk of this machine: there the server sets WAL and FULL itself.',
      );
}

function commits({ flushLogAtCommit }: Settings<'mysql'>): Finding {
  const found = `innodb_flush_log_at_trx_commit=${flushLogAtCommit}`;
  return flushLogAtCommit === '1'
    ? ok('durability', found)
    : problem(
        'durability',
        `${found}: a crash takes moves that were answered in its last second`,
        'Set it to 1, for good: SET PERSIST on MySQL, the configuration file of MariaDB.',
      );
}

function binaryLog({ binaryLog: isOn, syncBinaryLog }: Settings<'mysql'>): Finding {
  const found = `sync_binlog=${syncBinaryLog}`;
  if (!isOn) return ok('binary log', 'none is written');
  return syncBinaryLog === '1'
    ? ok('binary log', found)
    : problem(
        'binary log',
        `${found}: a crash takes moves that were answered, or leaves replicas with others`,
        'Set it to 1, for good: SET PERSIST on MySQL, the configuration file of MariaDB.',
      );
}

/** `fast` is of later versions of MariaDB. */
function pages({ doublewrite }: Settings<'mysql'>): Finding {
  const found = `innodb_doublewrite=${doublewrite}`;
  return /^(ON|DETECT_AND_RECOVER|fast)$/i.test(doublewrite)
    ? ok('doublewrite', found)
    : warning(
        'doublewrite',
        `${found}: a crash in the middle of a page may spoil it`,
        'Turn it on, unless the file system writes whole pages.',
      );
}

/** The server prepares each connection; what stands between may undo it. */
function session({ sqlMode, isolation }: Settings<'mysql'>): Finding {
  const name = 'session';
  const todo =
    'Something between the server and the database changes sessions, such as a pooling proxy: have it pin them.';
  // The driver escapes by backslashes: without them a text could end its statement.
  if (sqlMode.includes('NO_BACKSLASH_ESCAPES'))
    return problem(name, 'sql_mode has NO_BACKSLASH_ESCAPES', todo);
  if (!sqlMode.includes('STRICT_ALL_TABLES'))
    return problem(name, 'sql_mode is not strict: values could be cut', todo);
  return isolation === 'READ-COMMITTED'
    ? ok(name, `${isolation}, strict`)
    : problem(name, `the isolation is ${isolation}`, todo);
}

const packet = ({ maxPacket }: Settings<'mysql'>): Finding =>
  maxPacket >= PACKET
    ? ok('packet', `max_allowed_packet=${maxPacket}`)
    : warning(
        'packet',
        `max_allowed_packet=${maxPacket}: a large batch may not fit`,
        `Set it to ${PACKET} at least.`,
      );
