import { redisUrl, trustedProxies } from '@reslot/adapters/limits';
import { z } from 'zod';
import { Mistake } from '../commands/mistake.ts';
import { port, ruled } from './config-values.ts';

/** What stands between the server and the world: how much may be asked, by whom, and who may watch. */

const count = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a number of requests a minute from 1 to 9999999')
  .transform(Number);

const limit = z
  .string()
  .regex(/^(off|[1-9]\d{0,6})$/, 'must be off, or a number of requests a minute from 1 to 9999999')
  .transform((text) => (text === 'off' ? text : Number(text)));

const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine(
    (all) => all.every(isOrigin),
    'must be origins such as https://app.example.com, separated by commas',
  );

/** More than any client asks that works. */
const GENEROUS = 6_000;
const FAILURES = 60;

export const EDGE_VARIABLES = {
  RATE_LIMIT: limit.default(GENEROUS),
  RATE_LIMIT_ADDRESS: count.optional(),
  RATE_LIMIT_FAILURES: count.optional(),
  RATE_LIMIT_REDIS_URL: ruled(redisUrl).optional(),
  TRUSTED_PROXIES: ruled(trustedProxies).optional(),
  CORS_ORIGINS: origins.default([]),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  METRICS_PORT: port.optional(),
};

export interface EdgeConfig {
  /** Requests a minute; undefined where nothing is limited. */
  readonly rateLimits:
    | { readonly perCredential: number; readonly perAddress: number; readonly failures: number }
    | undefined;
  /** Where several servers count together; undefined where each counts for itself. */
  readonly redisUrl: string | undefined;
  /** As `clientAddresses` takes it. */
  readonly trustedProxies: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Where `GET /metrics` is answered; undefined where it is not. */
  readonly metricsAt: { readonly host: string; readonly port: number } | undefined;
}

/** An address may be that of an office, or of a program that serves several apps. */
const CREDENTIALS_BEHIND_AN_ADDRESS = 10;

type Given = z.output<z.ZodObject<typeof EDGE_VARIABLES>>;

/** Throws a Mistake where limits are off and something is said about them. */
export function edgeOf(data: Given): EdgeConfig {
  const { METRICS_HOST, METRICS_PORT } = data;
  return {
    rateLimits: rateLimitsOf(data),
    redisUrl: data.RATE_LIMIT_REDIS_URL,
    trustedProxies: data.TRUSTED_PROXIES,
    corsOrigins: data.CORS_ORIGINS,
    metricsAt: METRICS_PORT === undefined ? undefined : { host: METRICS_HOST, port: METRICS_PORT },
  };
}

function rateLimitsOf(data: Given): EdgeConfig['rateLimits'] {
  const { RATE_LIMIT: perCredential, RATE_LIMIT_ADDRESS, RATE_LIMIT_FAILURES, RATE_LIMIT_REDIS_URL } = data;
  if (perCredential !== 'off') {
    return {
      perCredential,
      perAddress: RATE_LIMIT_ADDRESS ?? perCredential * CREDENTIALS_BEHIND_AN_ADDRESS,
      failures: RATE_LIMIT_FAILURES ?? FAILURES,
    };
  }
  const given = Object.entries({ RATE_LIMIT_ADDRESS, RATE_LIMIT_FAILURES, RATE_LIMIT_REDIS_URL });
  const idle = given.find(([, value]) => value !== undefined)?.[0];
  if (idle !== undefined)
    throw new Mistake(`${idle}: limits nothing while RATE_LIMIT is off; leave one of the two out`);
  return undefined;
}
