import { readFileSync, statSync } from 'node:fs';
import { authorities, parseDatabaseUrl, POOL_SIZE, type DatabaseTls } from '@reslot/adapters/connect';
import { z } from 'zod';
import { Mistake } from '../commands/mistake.ts';
import { onOrOff } from './config-values.ts';

const databaseUrl = z.string().superRefine((url, context) => {
  try {
    parseDatabaseUrl(url);
  } catch (fault) {
    context.addIssue({
      code: 'custom',
      message: fault instanceof Error ? fault.message : 'must be a database URL',
    });
  }
});

const poolSize = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a number of connections from 1 to 999')
  .transform(Number);

/** Where the schedules are kept, and how the server gets there. */
export const DATABASE_VARIABLES = {
  DATABASE_URL: databaseUrl.default('sqlite:data/reslot.db'),
  DATABASE_POOL: poolSize.default(POOL_SIZE),
  DATABASE_TLS: onOrOff.default('off'),
  DATABASE_TLS_CA: z.string().optional(),
};

export interface DatabaseConfig {
  readonly databaseUrl: string;
  /** Connections to MySQL or MariaDB. */
  readonly databasePool: number;
  /** undefined where the database is spoken to in the clear. */
  readonly databaseTls: DatabaseTls | undefined;
}

type Given = z.output<z.ZodObject<typeof DATABASE_VARIABLES>>;

export const databaseOf = (data: Given): DatabaseConfig => ({
  databaseUrl: data.DATABASE_URL,
  databasePool: data.DATABASE_POOL,
  databaseTls: tlsOf(data),
});

function tlsOf({ DATABASE_URL, DATABASE_TLS, DATABASE_TLS_CA: path }: Given): DatabaseTls | undefined {
  if (DATABASE_TLS === 'off') {
    if (path === undefined) return undefined;
    throw new Mistake('DATABASE_TLS: must be on with DATABASE_TLS_CA');
  }
  if (parseDatabaseUrl(DATABASE_URL).kind === 'sqlite')
    throw new Mistake('DATABASE_TLS: must be off with an embedded database');
  return path === undefined ? {} : { ca: authoritiesIn(path) };
}

function authoritiesIn(path: string): string {
  const pem = textOf(path);
  const wrong = authorities(pem);
  if (wrong !== undefined) throw new Mistake(`DATABASE_TLS_CA: the file ${wrong}`);
  return pem;
}

function textOf(path: string): string {
  try {
    // Whatever else has a path might be read without end.
    if (statSync(path).isFile()) return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is no path';
    throw new Mistake(`DATABASE_TLS_CA: the file cannot be read: ${code}`);
  }
  throw new Mistake('DATABASE_TLS_CA: must be the path of a file');
}
