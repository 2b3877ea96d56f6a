import { randomUUID } from 'node:crypto';
import { connect } from '@reslot/adapters/connect';
import { MySqlContainer, type StartedMySqlContainer } from '@testcontainers/mysql';
import type { TestProject } from 'vitest/node';

/** A database server that the tests may use, or why there is none. */
export type Found = { readonly url: string; readonly where: string } | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    servers: { readonly mysql: Found; readonly mariadb: Found };
    /** Begins the name of every database of this run. */
    databasePrefix: string;
  }
}

const DEFAULT_IMAGE = 'mysql:9.7';

/** Finds the database servers once for all test files, says what is covered, and stops what it started. */
export default async function findServers(project: TestProject): Promise<() => Promise<void>> {
  let container: StartedMySqlContainer | undefined;
  let mysql = given('RESLOT_TEST_MYSQL_URL');
  if ('missing' in mysql) {
    try {
      container = await new MySqlContainer(process.env.RESLOT_TEST_MYSQL_IMAGE ?? DEFAULT_IMAGE)
        .withRootPassword('root')
        .start();
      const url = `mysql://root:root@${container.getHost()}:${container.getPort()}/test`;
      mysql = { url, where: `a container of ${process.env.RESLOT_TEST_MYSQL_IMAGE ?? DEFAULT_IMAGE}` };
    } catch (error) {
      mysql = { missing: `${mysql.missing}, and no container starts: ${firstLine(error)}` };
    }
  }
  const mariadb = given('RESLOT_TEST_MARIADB_URL');
  project.provide('servers', { mysql, mariadb });
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
    await container?.stop();
    say(report);
  };
}

/** What a test file has left behind that ended before its time. */
async function dropLeftovers(url: string, prefix: string): Promise<void> {
  const db = connect(url);
  const [rows]: [{ name: string }[]] = await db.raw(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
    [`${prefix}%`],
  );
  for (const { name } of rows) await db.raw('DROP DATABASE ??', [name]);
  await db.destroy();
}

function given(variable: string): Found {
  const url = process.env[variable];
  return url ? { url, where: variable } : { missing: `${variable} is not set` };
}

const coverage = (engine: string, found: Found): string =>
  'missing' in found
    ? `engine ${engine}: NOT covered: ${found.missing}`
    : `engine ${engine}: covered, by ${found.where}`;

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';
const firstLine = (error: unknown): string => String(error).split('\n')[0] ?? '';
const say = (text: string): void => {
  process.stdout.write(`\n${text}\n`);
};
