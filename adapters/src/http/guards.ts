import type { Clock, CredentialStore, Scope } from '@reslot/core';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { principalOf, shownByBearer, shownByPair, type Shown } from './credentials.ts';
import type { Env } from './environment.ts';
import { ProblemError, problems } from './problems.ts';

const MAX_BODY_BYTES = 64 * 1024;

type Keys = Pick<CredentialStore, 'key'>;

/** How a family shows its credential, and what it asks for when there is none. */
interface Scheme {
  readonly shown: (c: Context) => Shown | undefined;
  readonly challenge?: string;
}

const BEARER: Scheme = {
  shown: (c) => shownByBearer(c.req.header('Authorization')),
  challenge: 'Bearer realm="reslot"',
};

const KEY_PAIR: Scheme = {
  shown: (c) => shownByPair(c.req.header('X-API-KEY'), c.req.header('X-API-SECRET')),
};

const authenticated =
  (credentials: Keys, clock: Clock, { shown, challenge }: Scheme) =>
  (scope: Scope) =>
    createMiddleware<Env>(async (c, next) => {
      const principal = await principalOf(credentials, shown(c), clock.now());
      if (!principal) throw new ProblemError(problems.unauthorized(challenge));
      const appId = c.req.param('appId');
      if (appId !== undefined && appId.toLowerCase() !== principal.appId) {
        throw new ProblemError(problems.forbidden('this credential belongs to another app'));
      }
      if (!principal.scopes.includes(scope))
        throw new ProblemError(problems.forbidden(`the scope ${scope} is missing`));
      c.set('principal', principal);
      await next();
    });

/** Lets a request through that bears a token of the app in its path, with the scope. */
export const bearer = (credentials: Keys, clock: Clock) => authenticated(credentials, clock, BEARER);

/** Lets a request through that bears a key and its secret, with the scope. */
export const keyPair = (credentials: Keys, clock: Clock) => authenticated(credentials, clock, KEY_PAIR);

const limited = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new ProblemError(problems.tooLarge(MAX_BODY_BYTES));
  },
});

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the body, if it is JSON in UTF-8 and not too large, for the schema check that comes next. */
const json = (optional: boolean) =>
  createMiddleware<Env>(async (c, next) => {
    const type = c.req.header('Content-Type');
    if (
      type === undefined &&
      optional &&
      !c.req.header('Transfer-Encoding') &&
      !Number(c.req.header('Content-Length'))
    ) {
      return next();
    }
    if (c.req.header('Content-Encoding') !== undefined) {
      throw new ProblemError(problems.unsupportedMedia('a body is accepted without Content-Encoding only'));
    }
    if (!/^application\/json(; *charset="?utf-8"?)?$/i.test(type ?? '')) {
      throw new ProblemError(
        problems.unsupportedMedia('a body is accepted as application/json in UTF-8 only'),
      );
    }
    const text = decode(await bytesOf(c));
    const value = optional && text === '' ? {} : parse(text);
    // The schema check asks the request for its JSON.
    c.req.json = () => Promise.resolve(value);
    return next();
  });

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError(problems.malformed('the body is not JSON'));
  }
}

export const jsonBody = json(false);
export const optionalJsonBody = json(true);

async function bytesOf(c: Context): Promise<ArrayBuffer> {
  const announced =
    c.req.header('Transfer-Encoding') === undefined ? c.req.header('Content-Length') : undefined;
  if (Number(announced) > MAX_BODY_BYTES) throw new ProblemError(problems.tooLarge(MAX_BODY_BYTES));
  try {
    // Only a body that may go on for ever is worth the stream that the limit has to make of it.
    if (announced === undefined) await limited(c, async () => {});
    return await c.req.arrayBuffer();
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    // The client went away, or was too slow; nobody will read the answer.
    throw new ProblemError(problems.malformed('the body did not arrive'), { cause });
  }
}

function decode(bytes: ArrayBuffer): string {
  if (bytes.byteLength > MAX_BODY_BYTES) throw new ProblemError(problems.tooLarge(MAX_BODY_BYTES));
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new ProblemError(problems.malformed('the body is not UTF-8'));
  }
}
