import type { Clock, Instant, TokenHolder, TokenVerifier } from '@reslot/core';
import { cachedKeys } from './credential-cache.ts';
import { principalOf, shownByBearer, shownByPair, type Principal } from './credentials.ts';
import type { HttpPorts } from '../environment.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { remembering } from '../remembering.ts';

/** Finds out who asks. Whoever shows nothing that is valid is undefined. */
export interface Callers {
  /** By the header `Authorization`. */
  byToken(authorization: string | undefined): Promise<Principal | undefined>;
  /** By the headers `X-API-KEY` and `X-API-SECRET`. */
  byPair(apiKey: string | undefined, apiSecret: string | undefined): Promise<Principal | undefined>;
}

/** Milliseconds that a token is believed after it was checked, if it does not end before. */
const TOKEN_LIFE = 5_000;
const TOKENS = { life: TOKEN_LIFE, most: 4_000, mostAsked: 128 };
const LONGEST_TOKEN = 8_192;

/** The compact form of a JWT (RFC 7519); a key's token has one dot. */
const JWT = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

export function createCallers({
  credentials,
  tokens,
  clock,
}: Pick<HttpPorts, 'credentials' | 'tokens' | 'clock'>): Callers {
  const keys = cachedKeys(credentials, clock);
  const holderOf = tokens && rememberedHolders(tokens, clock);
  return {
    async byToken(authorization) {
      const [, token] = JWT.exec(authorization ?? '') ?? [];
      if (token === undefined) return principalOf(keys, shownByBearer(authorization), clock.now());
      if (token.length > LONGEST_TOKEN) return undefined;
      return principalOfHolder(await holderOf?.(token), clock.now());
    },
    byPair: (apiKey, apiSecret) => principalOf(keys, shownByPair(apiKey, apiSecret), clock.now()),
  };
}

const UNDECIDED = problems.unavailable(
  'what tokens are checked with cannot be had for now; nothing was changed',
);

const rememberedHolders = (tokens: TokenVerifier, clock: Clock) =>
  remembering(
    async (token) => {
      const verdict = await tokens.verify(token);
      if (verdict === 'undecided') throw new ProblemError(UNDECIDED);
      return verdict === 'invalid' ? undefined : verdict;
    },
    clock,
    TOKENS,
  );

const principalOfHolder = (holder: TokenHolder | undefined, now: Instant): Principal | undefined =>
  holder && now < holder.expiresAt
    ? { appId: holder.appId, id: holder.subject, scopes: holder.scopes }
    : undefined;
