import type { RateLimits } from '@reslot/adapters/http';
import { connectRedis, createLimiter } from '@reslot/adapters/limits';
import type { Clock } from '@reslot/core';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Metrics } from '../running/metrics.ts';

/** How much clients may ask, as the settings say. */
export interface RateLimiting {
  readonly limits: RateLimits | undefined;
  close(): void;
}

export function openRateLimiting(
  { rateLimits, redisUrl }: Pick<Config, 'rateLimits' | 'redisUrl'>,
  clock: Clock,
  log: Logger,
  metrics: Metrics | undefined,
): RateLimiting {
  if (!rateLimits) return { limits: undefined, close: () => {} };
  const shared =
    redisUrl === undefined
      ? undefined
      : connectRedis(redisUrl, (state) => log.warn({ redis: state }, 'counters of rate limits'));
  const limiter = (of: string, perMinute: number) => {
    const made = createLimiter({ of, perMinute }, clock, shared);
    return metrics ? metrics.limiter(of, made) : made;
  };
  return {
    limits: {
      addresses: limiter('address', rateLimits.perAddress),
      failures: limiter('failures', rateLimits.failures),
      credentials: limiter('credential', rateLimits.perCredential),
      guests: limiter('guest', rateLimits.perCredential),
    },
    close: () => shared?.close(),
  };
}
