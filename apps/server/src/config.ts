import { existsSync } from 'node:fs';
import { parseDatabaseUrl, POOL_SIZE } from '@reslot/adapters/connect';
import { MOST_REQUESTS } from '@reslot/adapters/http';
import { z } from 'zod';
import { Mistake } from './mistake.ts';

/** A whole number as the environment writes it. */
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port number');

const seconds = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number of seconds below 1000')
  .transform(Number);

const poolSize = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a number of connections from 1 to 999')
  .transform(Number);

const requests = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'must be a number of requests from 1 to 99999')
  .transform(Number);

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

const schema = z.object({
  DATABASE_URL: databaseUrl.default('sqlite:data/reslot.db'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATABASE_POOL: poolSize.default(POOL_SIZE),
  MAX_REQUESTS: requests.default(MOST_REQUESTS),
  DRAIN_SECONDS: seconds.default(1),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

/** The settings of a process, validated. */
export interface Config {
  readonly databaseUrl: string;
  /** Connections to MySQL or MariaDB. */
  readonly databasePool: number;
  /** Requests under way at once. */
  readonly maxRequests: number;
  readonly host: string;
  readonly port: number;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
  /** How long it goes on serving, not ready any more, after it was told to stop. */
  readonly drainSeconds: number;
  /** Where clients reach the server, without a slash at the end, if it is not where the server listens. */
  readonly publicUrl: string | undefined;
}

/** Reads the settings once; an empty variable counts as absent. A Mistake names the variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = schema.safeParse(given);
  if (!success) {
    const [issue] = error.issues;
    throw new Mistake(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  return {
    databaseUrl: data.DATABASE_URL,
    databasePool: data.DATABASE_POOL,
    maxRequests: data.MAX_REQUESTS,
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    drainSeconds: data.DRAIN_SECONDS,
    publicUrl: data.PUBLIC_URL,
  };
}

/** Takes up the variables of a `.env` file in the working directory; what is set already wins. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
