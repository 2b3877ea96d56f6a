import { fileURLToPath } from 'node:url';
import { connect } from '@reslot/adapters/connect';
import type { Servers } from '../src/engines/servers.ts';
import { startProgram } from '../src/process/program.ts';
import { reslot, startServer } from '../src/process/reslot.ts';
import { fill } from './fill.ts';
import { newDatabase, type DatabaseKind } from './own-database.ts';
import { createTables } from './peers/tables.ts';
import { APP_ID, type Workload } from './workload.ts';

export type Kind = 'framework' | 'adapter' | 'hand' | 'hand-ours' | 'reslot' | 'reslot-no-relay';

/** One that is measured. */
export interface Contender {
  readonly id: string;
  readonly title: string;
  readonly kind: Kind;
  readonly database: DatabaseKind;
  /** What it is divided by: those written by hand, on the same database. */
  readonly against?: readonly string[];
}

export const CONTENDERS: readonly Contender[] = [
  { id: 'framework', title: 'Hono, body checked, no database', kind: 'framework', database: 'sqlite' },
  { id: 'adapter', title: 'our HTTP and rules, no database', kind: 'adapter', database: 'sqlite' },
  { id: 'hand-mysql', title: 'by hand, MySQL', kind: 'hand', database: 'mysql' },
  { id: 'hand-ours-mysql', title: 'by hand, our tables, MySQL', kind: 'hand-ours', database: 'mysql' },
  {
    id: 'reslot-mysql',
    title: 'Reslot, MySQL',
    kind: 'reslot',
    database: 'mysql',
    against: ['hand-mysql', 'hand-ours-mysql'],
  },
  {
    id: 'reslot-no-relay-mysql',
    title: 'Reslot, RELAY=off, MySQL',
    kind: 'reslot-no-relay',
    database: 'mysql',
    against: ['hand-mysql', 'hand-ours-mysql'],
  },
  { id: 'hand-mariadb', title: 'by hand, MariaDB', kind: 'hand', database: 'mariadb' },
  {
    id: 'reslot-mariadb',
    title: 'Reslot, MariaDB',
    kind: 'reslot',
    database: 'mariadb',
    against: ['hand-mariadb'],
  },
  { id: 'hand-sqlite', title: 'by hand, SQLite', kind: 'hand', database: 'sqlite' },
  {
    id: 'reslot-sqlite',
    title: 'Reslot, SQLite',
    kind: 'reslot',
    database: 'sqlite',
    against: ['hand-sqlite'],
  },
];

/** A contender that runs, on a database of its own. */
export interface Running {
  readonly contender: Contender;
  readonly url: string;
  readonly token: string;
  /** Where it keeps its calls. */
  readonly databaseUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export const peer = (name: string): string => fileURLToPath(new URL(`peers/${name}.js`, import.meta.url));

export async function startContender(
  contender: Contender,
  servers: Servers,
  workload: Workload,
  nodeOptions = '',
): Promise<Running> {
  const { kind, database } = contender;
  const { url: databaseUrl, drop } = await newDatabase(database, servers);
  try {
    await fill(databaseUrl, workload);
    const token = await newToken(databaseUrl);
    if (kind === 'hand') await withTables(databaseUrl);
    // What `pnpm start` asks for, for all of them.
    const NODE_OPTIONS = `--max-semi-space-size=64 ${nodeOptions}`;
    const { PROFILE = '' } = process.env;
    const env = {
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'error',
      // All the load comes from one credential.
      RATE_LIMIT: 'off',
      NODE_ENV: 'production',
      NODE_OPTIONS,
      PROFILE,
    };
    const server = await startProgramOf(kind, env);
    const stop = async () => {
      await server.stop('SIGKILL');
      await drop();
    };
    return { contender, url: server.url, token, databaseUrl, pid: server.child.pid ?? 0, stop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** Through the command line, as an operator makes one. */
export async function newToken(databaseUrl: string): Promise<string> {
  const env = { DATABASE_URL: databaseUrl };
  await reslot(['apps', 'create', '--id', APP_ID], env);
  const scopes = 'scheduling:read,scheduling:write';
  const { out } = await reslot(['keys', 'create', '--app', APP_ID, '--scopes', scopes, '--json'], env);
  return JSON.parse(out).token;
}

async function withTables(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl);
  await createTables(db);
  await db.destroy();
}

function startProgramOf(kind: Kind, env: Record<string, string>) {
  switch (kind) {
    case 'framework':
      return startProgram([peer('framework')], env);
    case 'adapter':
      return startProgram([peer('adapter')], env);
    case 'hand':
      return startProgram([peer('hand-written')], env);
    case 'hand-ours':
      return startProgram([peer('hand-written')], { ...env, TABLES: 'ours' });
    case 'reslot':
      return startServer(env);
    case 'reslot-no-relay':
      return startServer({ ...env, RELAY: 'off' });
  }
}
