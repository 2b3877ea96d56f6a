import type { Clock, CredentialStore, Scope } from '@reslot/core';
import type { Context } from 'hono';
import { principalOf, shownByBearer, shownByPair, type Principal, type Shown } from './credentials.ts';
import type { Env } from './environment.ts';
import { ProblemError, problems } from './problems.ts';

type Keys = Pick<CredentialStore, 'key'>;

/** How a family's clients prove who they are. */
export interface Access {
  /** As OpenAPI says it. */
  readonly security: Record<string, string[]>[];
  /** Who the request comes from; throws the problem of one that shows no valid credential of this app with the scope. */
  readonly principal: (c: Context<Env>, scope: Scope) => Promise<Principal>;
}

const principal =
  (credentials: Keys, clock: Clock, shown: (c: Context) => Shown | undefined, challenge?: string) =>
  async (c: Context<Env>, scope: Scope): Promise<Principal> => {
    const known = await principalOf(credentials, shown(c), clock.now());
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
export const bearer = (credentials: Keys, clock: Clock): Access => ({
  security: [{ bearer: [] }],
  principal: principal(
    credentials,
    clock,
    (c) => shownByBearer(c.req.header('Authorization')),
    'Bearer realm="reslot"',
  ),
});

/** A key and its secret, in two headers. */
export const keyPair = (credentials: Keys, clock: Clock): Access => ({
  security: [{ apiKey: [], apiSecret: [] }],
  principal: principal(credentials, clock, (c) =>
    shownByPair(c.req.header('X-API-KEY'), c.req.header('X-API-SECRET')),
  ),
});
