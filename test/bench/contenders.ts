import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@reslot/adapters/connect';
import type { Servers } from '../src/engines/servers.ts';
import { startProgram, startServer } from '../src/process/reslot.ts';
import { fill } from './fill.ts';
import { createTables } from './peers/tables.ts';
import type { Workload } from './workload.ts';

export type Kind = 'framework' | 'adapter' | 'hand' | 'hand-ours' | 'reslot';
export type DatabaseKind = 'sqlite' | 'mysql' | 'mariadb';

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
  stop(): Promise<void>;
}

const peer = (name: string): string => fileURLToPath(new URL(`peers/${name}.js`, import.meta.url));

export async function startContender(
  contender: Contender,
  servers: Servers,
  workload: Workload,
): Promise<Running> {
  const { kind, database } = contender;
  const { url: databaseUrl, drop } = await newDatabase(database, servers);
  try {
    const token = await fill(databaseUrl, workload);
    if (kind === 'hand') await withTables(databaseUrl);
    // What `pnpm start` asks for, for all of them.
    const NODE_OPTIONS = '--max-semi-space-size=64';
    const env = { DATABASE_URL: databaseUrl, LOG_LEVEL: 'error', NODE_ENV: 'production', NODE_OPTIONS };
    const server = await startProgramOf(kind, env);
    const stop = async () => {
      await server.stop('SIGKILL');
      await drop();
    };
    return { contender, url: server.url, token, stop };
  } catch (error) {
    await drop();
    throw error;
  }
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
  }
}

async function newDatabase(kind: DatabaseKind, servers: Servers) {
  if (kind === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'reslot-bench-'));
    const drop = () => rm(folder, { recursive: true });
    return { url: `sqlite:${join(folder, 'reslot.db')}`, drop };
  }
  const server = servers[kind];
  if ('missing' in server) throw new Error(server.missing);
  const name = `reslot_bench_${randomUUID().slice(0, 8)}`;
  const admin = async (statement: string) => {
    const db = connect(server.url, { statementTimeout: 60_000 });
    await db.raw(statement, [name]);
    await db.destroy();
  };
  await admin('CREATE DATABASE ??');
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin('DROP DATABASE ??') };
}
