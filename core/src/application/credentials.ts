import type { AppId } from '../domain/call.ts';
import type { Instant } from '../domain/time.ts';

/** The port that keeps tenants and their keys. */

export const SCOPES = [
  'scheduling:read',
  'scheduling:write',
  'scheduling:override',
  'scheduling:admin',
  'webhooks:manage',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface App {
  readonly id: AppId;
  readonly name: string;
  readonly createdAt: Instant;
}

/** A credential as it is stored. The secret itself is known to its holder alone. */
export interface Key {
  /** Public; finds the key. */
  readonly id: string;
  readonly appId: AppId;
  /** SHA-256 of the secret, in hexadecimal. */
  readonly secretDigest: string;
  /** The secret before the last rotation, which holds until then. */
  readonly previous: { readonly secretDigest: string; readonly until: Instant } | null;
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** When it was used last, to within an hour; null if never. */
  readonly lastUsedAt: Instant | null;
}

export interface CredentialStore {
  addApp(app: App): Promise<'added' | 'exists'>;
  app(id: AppId): Promise<App | undefined>;
  addKey(key: Key): Promise<void>;
  key(id: string): Promise<Key | undefined>;
  /** In the order of their creation; of one app when it is named. */
  keys(appId?: AppId): Promise<Key[]>;
  /** A key that is revoked already keeps its first instant. */
  revokeKey(id: string, at: Instant): Promise<'revoked' | 'unknown'>;
  /**
   * Gives a key a new secret, in one step; the present one holds until `previousUntil`, the one before it no more. A key
   * that is revoked stays as it is.
   */
  rotateKey(
    id: string,
    secretDigest: string,
    previousUntil: Instant,
  ): Promise<'rotated' | 'revoked' | 'unknown'>;
  /** Sets when a key ends; null for never. */
  expireKey(id: string, expiresAt: Instant | null): Promise<'set' | 'unknown'>;
  /** Notes that a key was used. The latest use stays; of a key that is not there, nothing is noted. */
  noteUse(id: string, at: Instant): Promise<void>;
}
