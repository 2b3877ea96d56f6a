import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

/** Seconds that a browser may remember what it was allowed. */
const REMEMBERED = 600;

/** Lets the pages of these origins, and of no other, send requests and read answers. There are no cookies to send. */
export const crossOrigin = (origins: readonly string[]): MiddlewareHandler =>
  cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'X-Actor',
      'X-API-KEY',
      'X-API-SECRET',
      'X-Request-Id',
    ],
    exposeHeaders: [
      'Allow',
      'Content-Disposition',
      'ETag',
      'Idempotency-Replayed',
      'Retry-After',
      'X-Request-Id',
    ],
    maxAge: REMEMBERED,
  });
