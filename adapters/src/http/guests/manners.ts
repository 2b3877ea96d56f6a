import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { Env } from '../environment.ts';
import { FOR_PROGRAMS } from '../answers/security-headers.ts';
import { STYLE_SOURCE } from './style.ts';

/** How everything is answered that guests reach by their links. */

/** The links begin here. */
export const GUESTS_PATH = '/g';

/**
 * The address is the authority: it must not leave by a Referer, a cache or a search engine. Pages load nothing, run nothing,
 * stand in no frame, and send their forms back here.
 */
const HEADERS = {
  ...FOR_PROGRAMS,
  'X-Robots-Tag': 'noindex, nofollow',
  'Content-Security-Policy': `default-src 'none'; style-src ${STYLE_SOURCE}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  Vary: 'Accept',
};

/** Called before the routes are there; refusals get the headers too. */
export function mindGuests(app: OpenAPIHono<Env>): void {
  app.use(`${GUESTS_PATH}/*`, async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
  });
}

/** Whether a guest in front of a browser is to be answered: whoever does not ask for a page gets JSON. */
export const wantsPage = (c: Context<Env>): boolean =>
  c.req.path.startsWith(`${GUESTS_PATH}/`) &&
  accepts(c, {
    header: 'Accept',
    supports: ['text/html', 'application/json'],
    default: 'application/json',
  }) === 'text/html';
