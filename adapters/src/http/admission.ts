import { createMiddleware } from 'hono/factory';
import { respond } from './envelopes.ts';
import type { Env } from './environment.ts';
import { problems } from './problems.ts';

export const MOST_REQUESTS = 320;

const FULL = problems.unavailable('too many requests are under way; nothing was changed');

/**
 * Refuses what comes on top of `most` requests under way, before anything is done for it: to refuse has to cost far less
 * than to serve, or a crowd would leave no time for those who were let in.
 */
export function admission(most: number) {
  let underWay = 0;
  return createMiddleware<Env>(async (c, next) => {
    if (underWay >= most) return respond(c, FULL);
    underWay += 1;
    try {
      return await next();
    } finally {
      underWay -= 1;
    }
  });
}
