import type { Clock, RateLimiter } from '@reslot/core';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
  type IRateLimiterOptions,
} from 'rate-limiter-flexible';
import { boundedNames } from './names.ts';
import type { SharedCounters } from './redis.ts';

const WINDOW_SECONDS = 60;
/** Milliseconds that a request waits for shared counters before it is counted in memory. */
const TRIP = 100;

/** What is counted. */
export interface Limit {
  /** Sets its counters apart from those of other limits. */
  readonly of: string;
  /** In a window of a minute, which begins with the first one. */
  readonly perMinute: number;
}

/**
 * Counts in the memory of this process, or in `shared` counters that several have; while those are away, in memory, so
 * that each process allows as much as all did together.
 */
export function createLimiter({ of, perMinute }: Limit, clock: Clock, shared?: SharedCounters): RateLimiter {
  const limit = { keyPrefix: `reslot:${of}`, points: perMinute, duration: WINDOW_SECONDS };
  const memory = new RateLimiterMemory(limit);
  const limiter = shared ? insured(limit, memory, shared) : memory;
  const counted = boundedNames(clock, WINDOW_SECONDS * 1000);

  return {
    async take(name) {
      try {
        await limiter.consume(counted(name));
        return undefined;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return refused.msBeforeNext;
        throw refused;
      }
    },
    async look(name) {
      const used = await limiter.get(counted(name));
      return used && used.consumedPoints >= perMinute ? used.msBeforeNext : undefined;
    },
    async charge(name, many) {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(counted(name), many);
      return consumedPoints - many > perMinute ? msBeforeNext : undefined;
    },
  };
}

const insured = (
  limit: IRateLimiterOptions & { points: number },
  memory: RateLimiterMemory,
  { client }: SharedCounters,
) =>
  new RLWrapperTimeouts({
    timeoutMs: TRIP,
    limiter: new RateLimiterRedis({
      ...limit,
      storeClient: client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      insuranceLimiter: memory,
      // Who has too many already costs no trip.
      inMemoryBlockOnConsumed: limit.points + 1,
    }),
  });
