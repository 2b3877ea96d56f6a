import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Env } from './environment.ts';

/** An answer. Nothing of it was chosen by whoever asked, but for the id that he may give his request. */
export interface Served {
  /** The pattern of the path, such as `/api/calls/:callId`; `none` where there is nothing. */
  readonly route: string;
  /** One of those that HTTP APIs know, or `other`. */
  readonly method: string;
  readonly status: number;
  readonly requestId: string;
}

/** Called when a request comes; what it gives, when it is answered. Neither may throw. */
export type Watch = () => (served: Served) => void;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export const watched =
  (watch: Watch): MiddlewareHandler<Env> =>
  async (c, next) => {
    const answered = watch();
    await next();
    const route = matchedRoutes(c).at(-1)?.path ?? '*';
    answered({
      route: route.includes('*') ? 'none' : route,
      method: METHODS.has(c.req.method) ? c.req.method : 'other',
      status: c.res.status,
      requestId: c.get('requestId'),
    });
  };
