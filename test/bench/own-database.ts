import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type OwnDatabase } from '../src/engines/databases.ts';
import type { Servers } from '../src/engines/servers.ts';

export type DatabaseKind = 'sqlite' | 'mysql' | 'mariadb';

const KINDS: readonly DatabaseKind[] = ['sqlite', 'mysql', 'mariadb'];

/** Throws an Error for anything else. */
export function databaseKind(word: string): DatabaseKind {
  const kind = KINDS.find((known) => known === word);
  if (kind === undefined) throw new Error(`--on takes ${KINDS.join(', ')}, and not ${word}`);
  return kind;
}

/** An empty database for one measurement; `drop` removes it. */
export async function newDatabase(kind: DatabaseKind, servers: Servers): Promise<OwnDatabase> {
  if (kind === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'reslot-bench-'));
    const drop = () => rm(folder, { recursive: true });
    return { url: `sqlite:${join(folder, 'reslot.db')}`, drop };
  }
  const server = servers[kind];
  if ('missing' in server) throw new Error(server.missing);
  return createDatabase(server.url, 'reslot_bench_');
}
