import { SCOPES, type CredentialStore, type Key } from '@reslot/core';
import type { Knex } from 'knex';
import { isConflict } from './conflicts.ts';
import { refuseMappers } from './fit.ts';
import { orOutage } from './outages.ts';
import { TABLES, type BigInteger } from './rows.ts';

interface KeyRow {
  id: string;
  app_id: string;
  secret_digest: string;
  scopes: string;
  created_at: BigInteger;
  expires_at: BigInteger | null;
  revoked_at: BigInteger | null;
}

interface AppRow {
  id: string;
  name: string;
  created_at: BigInteger;
}

export function knexCredentials(db: Knex): CredentialStore {
  refuseMappers(db);
  return {
    addApp: ({ id, name, createdAt }) =>
      orOutage(async () => {
        try {
          await db<AppRow>(TABLES.apps).insert({ id, name, created_at: createdAt });
          return 'added';
        } catch (error) {
          if (isConflict(error)) return 'exists';
          throw error;
        }
      }),
    app: (id) =>
      orOutage(async () => {
        const row = await db<AppRow>(TABLES.apps).where({ id }).first();
        return row && { id: row.id, name: row.name, createdAt: Number(row.created_at) };
      }),
    addKey: (key) =>
      orOutage(async () => {
        await db<KeyRow>(TABLES.keys).insert(toKeyRow(key));
      }),
    key: (id) =>
      orOutage(async () => {
        const row = await db<KeyRow>(TABLES.keys).where({ id }).first();
        return row && fromKeyRow(row);
      }),
    keys: (appId) =>
      orOutage(async () => {
        const all = db<KeyRow>(TABLES.keys).orderBy(['created_at', 'id']);
        const rows: KeyRow[] = await (appId === undefined ? all : all.where({ app_id: appId }));
        return rows.map(fromKeyRow);
      }),
    revokeKey: (id, at) =>
      orOutage(async () => {
        const matched = await db<KeyRow>(TABLES.keys)
          .where({ id })
          .update({ revoked_at: db.raw('COALESCE(revoked_at, ?)', [at]) });
        return matched === 1 ? 'revoked' : 'unknown';
      }),
  };
}

/** A scope that this version does not know gives no right. */
const fromKeyRow = (row: KeyRow): Key => ({
  id: row.id,
  appId: row.app_id,
  secretDigest: row.secret_digest,
  scopes: SCOPES.filter((scope) => row.scopes.split(' ').includes(scope)),
  createdAt: Number(row.created_at),
  expiresAt: row.expires_at === null ? null : Number(row.expires_at),
  revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
});

const toKeyRow = (key: Key): KeyRow => ({
  id: key.id,
  app_id: key.appId,
  secret_digest: key.secretDigest,
  scopes: key.scopes.join(' '),
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
});
