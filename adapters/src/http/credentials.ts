import { hash, timingSafeEqual } from 'node:crypto';
import type { AppId, CredentialStore, Instant, Key, Scope } from '@reslot/core';

/** Who a request comes from. */
export interface Principal {
  readonly appId: AppId;
  readonly keyId: string;
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

/** Compared with when there is no such key, so that an unknown key takes as long as a wrong secret. */
const NO_DIGEST = digestOf('');

export async function principalOf(
  store: Pick<CredentialStore, 'key'>,
  shown: Shown | undefined,
  now: Instant,
): Promise<Principal | undefined> {
  if (!shown) return undefined;
  const key = await store.key(shown.keyId);
  const genuine = timingSafeEqual(
    Buffer.from(digestOf(shown.secret), 'hex'),
    Buffer.from(key?.secretDigest ?? NO_DIGEST, 'hex'),
  );
  if (!key || !genuine || !isLive(key, now)) return undefined;
  return { appId: key.appId, keyId: key.id, scopes: key.scopes };
}

const isLive = ({ revokedAt, expiresAt }: Key, now: Instant): boolean =>
  revokedAt === null && (expiresAt === null || now < expiresAt);
