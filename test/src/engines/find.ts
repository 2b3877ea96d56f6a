import { randomUUID } from 'node:crypto';
import { connect } from '@reslot/adapters/connect';
import type { TestProject } from 'vitest/node';
import type { EngineName } from './engines.ts';
import { findServers, type Found } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: { readonly mysql: Found; readonly mariadb: Found };
    /** Which engines can be tested here. */
    engines: EngineName[];
    /** Begins the name of every database of this run. */
    databasePrefix: string;
  }
}

/** Finds the database servers once for all test files, says what is covered, and stops what it started. */
export default async function provideServers(project: TestProject): Promise<() => Promise<void>> {
  const { mysql, mariadb, stop } = await findServers();
  project.provide('servers', { mysql, mariadb });
  project.provide('engines', [
    'memory',
    'sqlite',
    ...('url' in mysql ? ['mysql' as const] : []),
    ...('url' in mariadb ? ['mariadb' as const] : []),
  ]);
  const prefix = `reslot_${randomUUID().slice(0, 8)}_`;
  project.provide('databasePrefix', prefix);

  const report = [
    'engine memory: covered',
    'engine sqlite: covered',
    coverage('mysql', mysql),
    coverage('mariadb', mariadb),
  ].join('\n');
  say(report);
  if (isTrue(process.env.CI) && 'missing' in mysql && 'missing' in mariadb) {
    throw new Error('CI is true, and there is neither MySQL nor MariaDB to test on');
  }
  return async () => {
    for (const server of [mysql, mariadb]) if ('url' in server) await dropLeftovers(server.url, prefix);
    await stop();
    say(report);
  };
}

/** What a test file has left behind that ended before its time. */
async function dropLeftovers(url: string, prefix: string): Promise<void> {
  const db = connect(url);
  const [rows = []]: { name: string }[][] = await db.raw(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
    [`${prefix}%`],
  );
  for (const { name } of rows) await db.raw('DROP DATABASE ??', [name]);
  await db.destroy();
}

const coverage = (engine: string, found: Found): string =>
  'missing' in found
    ? `engine ${engine}: NOT covered: ${found.missing}`
    : `engine ${engine}: covered, by ${found.where}`;

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';
const say = (text: string): void => {
  process.stdout.write(`\n${text}\n`);
};
