import { hash, timingSafeEqual } from 'node:crypto';
import type { AppId, Instant, Key, Scope } from '@reslot/core';
import type { Keys } from './credential-cache.ts';

/** Who a request comes from. */
export interface Principal {
  readonly appId: AppId;
  /** The id of its key, or the subject of its token. */
  readonly id: string;
  readonly scopes: readonly Scope[];
}

/** What a client shows: the public id of its key, and the secret. */
export interface Shown {
  readonly keyId: string;
  readonly secret: string;
}

/** A key's secrets, in the form of each family. Told once; only the digest is kept. */
export interface Secrets {
  /** Bearer token of the scheduled-calls family. */
  readonly token: string;
  /** `X-API-KEY` and `X-API-SECRET` of the calls family. */
  readonly apiKey: string;
  readonly apiSecret: string;
}

const KEY_ID = /^key_[0-9a-f]{24}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export const secretsOf = (keyId: string, secret: string): Secrets => ({
  token: `${keyId}.${secret}`,
  apiKey: keyId,
  apiSecret: secret,
});

/** In hexadecimal. */
export const sha256 = (text: string): string => hash('sha256', text);

/** SHA-256 is enough for a secret of 256 random bits, which no dictionary holds. */
export const digestOf = (secret: string): string => sha256(secret);

export function shownByBearer(header: string | undefined): Shown | undefined {
  const [, keyId, secret] = /^Bearer +([^ .]+)\.([^ .]+)$/i.exec(header ?? '') ?? [];
  return shownByPair(keyId, secret);
}

export function shownByPair(keyId: string | undefined, secret: string | undefined): Shown | undefined {
  if (keyId === undefined || secret === undefined) return undefined;
  return KEY_ID.test(keyId) && SECRET.test(secret) ? { keyId, secret } : undefined;
}

/** Compared with where there is no secret, so that an unknown key takes as long as a wrong one. No client can show it. */
const NO_DIGEST = digestOf('');

export async function principalOf(
  keys: Keys,
  shown: Shown | undefined,
  now: Instant,
): Promise<Principal | undefined> {
  if (!shown) return undefined;
  const key = await keys.key(shown.keyId);
  const digest = Buffer.from(digestOf(shown.secret), 'hex');
  const isSecret = (stored = NO_DIGEST) => timingSafeEqual(digest, Buffer.from(stored, 'hex'));
  // Both are compared, whatever the first says.
  const [isPresent, isPrevious] = [isSecret(key?.secretDigest), isSecret(key?.previous?.secretDigest)];
  if (!key || !isLive(key, now)) return undefined;
  if (!isPresent && !(isPrevious && key.previous && now < key.previous.until)) return undefined;
  keys.used(key, now);
  return { appId: key.appId, id: key.id, scopes: key.scopes };
}

const isLive = ({ revokedAt, expiresAt }: Key, now: Instant): boolean =>
  revokedAt === null && (expiresAt === null || now < expiresAt);
