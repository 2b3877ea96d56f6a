import type { Scope } from '@reslot/core';
import type { Context } from 'hono';
import type { Callers } from './callers.ts';
import type { Principal } from './credentials.ts';
import type { Env } from '../environment.ts';
import { ProblemError, problems } from '../answers/problems.ts';

/** How a family's clients prove who they are. */
export interface Access {
  /** As OpenAPI 3.1 says it, with the scope that is wanted in place of a role. */
  readonly security: (scope: Scope) => Record<string, string[]>[];
  /** What the request shows, whatever it is worth; empty where that is nothing. */
  readonly shown: (c: Context<Env>) => string;
  /** Who the request comes from; throws the problem of one that shows no valid credential of this app with the scope. */
  readonly principal: (c: Context<Env>, scope: Scope) => Promise<Principal>;
}

const principal =
  (find: (c: Context) => Promise<Principal | undefined>, challenge?: string) =>
  async (c: Context<Env>, scope: Scope): Promise<Principal> => {
    const known = await find(c);
    if (!known) throw new ProblemError(problems.unauthorized(challenge));
    const appId = c.req.param('appId');
    if (appId !== undefined && appId.toLowerCase() !== known.appId) {
      throw new ProblemError(problems.forbidden('this credential belongs to another app'));
    }
    if (!known.scopes.includes(scope)) {
      throw new ProblemError(problems.forbidden(`the scope ${scope} is missing`));
    }
    return known;
  };

/** A bearer token of the app in the path. */
export const bearer = (callers: Callers): Access => ({
  security: (scope) => [{ bearer: [scope] }],
  shown: (c) => c.req.header('Authorization') ?? '',
  principal: principal((c) => callers.byToken(c.req.header('Authorization')), 'Bearer realm="reslot"'),
});

/** A key and its secret, in two headers. */
export const keyPair = (callers: Callers): Access => ({
  security: (scope) => [{ apiKey: [scope], apiSecret: [scope] }],
  shown: (c) => [c.req.header('X-API-KEY'), c.req.header('X-API-SECRET')].join('\n'),
  principal: principal((c) => callers.byPair(c.req.header('X-API-KEY'), c.req.header('X-API-SECRET'))),
});
