import { createPublicKey } from 'node:crypto';
import type { Clock } from '@reslot/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Reads the whole JWKS anew; settles within a bound of its own. */
export type JwksSource = () => Promise<unknown>;

/** The keys cannot be had for now. */
export class KeysAway extends Error {}

/** They are read again when they are older than this, behind the requests, and as long as that fails they are believed */
const FRESH = 10 * 60_000;
/** until they are older than this: so long may a key work that the issuer has withdrawn while it cannot be reached. */
const BELIEVED = 60 * 60_000;
/** The least time between two readings, whatever is asked for: tokens that nobody signed cause one reading at most. */
const COOL_DOWN = 30_000;
/** Tokens with a key that is not held which wait for a reading: forged ones must not take the places of all that are checked. */
const MOST_WAITING = 64;

interface Held {
  readonly keyFor: JWTVerifyGetKey;
  readonly at: number;
}

/**
 * The keys that tokens are checked with. `report` is told of every reading that fails, which is once a cool-down at most.
 * jose has the same over HTTP, but reads again at once after a failure, has no bound on the size, and goes by its own clock.
 */
export function createKeySet(
  read: JwksSource,
  clock: Clock,
  report: (error: unknown) => void,
): JWTVerifyGetKey {
  let held: Held | undefined;
  let tried = -Infinity;
  let reading: Promise<void> | undefined;
  let isAway = false;
  let waiting = 0;

  async function readAnew(at: number): Promise<void> {
    try {
      held = { keyFor: createLocalJWKSet(asKeySet(await read())), at };
      isAway = false;
    } catch (error) {
      isAway = true;
      report(error);
    }
  }

  /** Settles when the keys were read again, or need not be: it was tried a moment ago. */
  function refreshed(now: number): Promise<void> {
    if (reading) return reading;
    if (now - tried < COOL_DOWN) return Promise.resolve();
    tried = now;
    reading = readAnew(now).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readForUnknown(now: number): Promise<void> {
    if (waiting >= MOST_WAITING) throw new KeysAway();
    waiting += 1;
    try {
      await refreshed(now);
    } finally {
      waiting -= 1;
    }
  }

  return async (header, token) => {
    const now = clock.now();
    if (!held || now - held.at >= BELIEVED) await refreshed(now);
    else if (now - held.at >= FRESH) void refreshed(now);
    if (!held || now - held.at >= BELIEVED) throw new KeysAway();
    try {
      return await held.keyFor(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await readForUnknown(now);
      if (isAway) throw new KeysAway();
      return held.keyFor(header, token);
    }
  };
}

/** Those that can be used: one that cannot is passed over (RFC 7517, 5), or each token that names it would be our mistake. */
function asKeySet(content: unknown): JSONWebKeySet {
  if (isObject(content) && Array.isArray(content['keys']) && content['keys'].every(isKey))
    return { keys: content['keys'].filter(isUsable) };
  throw new Error('is no JWKS');
}

/** RFC 7518, 3.3. */
const FEWEST_RSA_BITS = 2048;

function isUsable(key: JSONWebKeySet['keys'][number]): boolean {
  try {
    const { modulusLength = FEWEST_RSA_BITS } =
      createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails ?? {};
    return modulusLength >= FEWEST_RSA_BITS;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isKey = (value: unknown): value is JSONWebKeySet['keys'][number] =>
  isObject(value) && typeof value['kty'] === 'string';
