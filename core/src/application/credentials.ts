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
  readonly scopes: readonly Scope[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
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
}
