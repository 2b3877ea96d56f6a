import { redisUrl, trustedProxies } from '@reslot/adapters/limits';
import { z } from 'zod';
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

export const EDGE_VARIABLES = {
  RATE_LIMIT: limit.default('off'),
  RATE_LIMIT_ADDRESS: count.optional(),
  RATE_LIMIT_FAILURES: count.default(60),
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

export function edgeOf(data: z.output<z.ZodObject<typeof EDGE_VARIABLES>>): EdgeConfig {
  const { RATE_LIMIT: perCredential, METRICS_HOST, METRICS_PORT } = data;
  return {
    rateLimits:
      typeof perCredential === 'string'
        ? undefined
        : {
            perCredential,
            perAddress: data.RATE_LIMIT_ADDRESS ?? perCredential * CREDENTIALS_BEHIND_AN_ADDRESS,
            failures: data.RATE_LIMIT_FAILURES,
          },
    redisUrl: data.RATE_LIMIT_REDIS_URL,
    trustedProxies: data.TRUSTED_PROXIES,
    corsOrigins: data.CORS_ORIGINS,
    metricsAt: METRICS_PORT === undefined ? undefined : { host: METRICS_HOST, port: METRICS_PORT },
  };
}
