import { digestOf, secretsOf, type Secrets } from '@reslot/adapters/http';
import { newKeyId, newSecret } from '@reslot/adapters/ids';
import type { AppId, CredentialStore, Instant, Key, Scope } from '@reslot/core';

/** A new key with its secrets, which are nowhere else and cannot be shown again. */
export interface IssuedKey extends Secrets {
  readonly key: Key;
}

/** `lifetime` in milliseconds; null for a key without an end. */
export async function issueKey(
  credentials: CredentialStore,
  wanted: { appId: AppId; scopes: readonly Scope[]; lifetime: number | null },
  now: Instant,
): Promise<IssuedKey> {
  const secret = newSecret();
  const key: Key = {
    id: newKeyId(),
    appId: wanted.appId,
    secretDigest: digestOf(secret),
    scopes: wanted.scopes,
    createdAt: now,
    expiresAt: wanted.lifetime === null ? null : now + wanted.lifetime,
    revokedAt: null,
    previous: null,
    lastUsedAt: null,
  };
  await credentials.addKey(key);
  return { key, ...secretsOf(key.id, secret) };
}

/** Gives a key a new secret; the present one holds for `overlap` milliseconds more. */
export async function rotateSecret(
  credentials: CredentialStore,
  { id, overlap }: { id: string; overlap: number },
  now: Instant,
): Promise<Secrets | 'revoked' | 'unknown'> {
  const secret = newSecret();
  const outcome = await credentials.rotateKey(id, digestOf(secret), now + overlap);
  return outcome === 'rotated' ? secretsOf(id, secret) : outcome;
}
