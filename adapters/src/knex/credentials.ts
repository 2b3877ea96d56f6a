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
  previous_digest: string | null;
  previous_until: BigInteger | null;
  scopes: string;
  created_at: BigInteger;
  expires_at: BigInteger | null;
  revoked_at: BigInteger | null;
  last_used_at: BigInteger | null;
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
    rotateKey: (id, secretDigest, until) =>
      orOutage(async () => {
        // MySQL assigns from left to right: the present digest has to be copied before it is replaced.
        const matched = await db<KeyRow>(TABLES.keys)
          .where({ id, revoked_at: null })
          .update({
            previous_digest: db.ref('secret_digest'),
            previous_until: until,
            secret_digest: secretDigest,
          });
        if (matched === 1) return 'rotated';
        return (await db<KeyRow>(TABLES.keys).where({ id }).first()) ? 'revoked' : 'unknown';
      }),
    expireKey: (id, expiresAt) =>
      orOutage(async () => {
        const matched = await db<KeyRow>(TABLES.keys).where({ id }).update({ expires_at: expiresAt });
        return matched === 1 ? 'set' : 'unknown';
      }),
    noteUse: (id, at) =>
      orOutage(async () => {
        await db<KeyRow>(TABLES.keys)
          .where({ id })
          .whereRaw('COALESCE(last_used_at, 0) < ?', [at])
          .update({ last_used_at: at });
      }),
  };
}

/** A scope that this version does not know gives no right. */
const fromKeyRow = (row: KeyRow): Key => ({
  id: row.id,
  appId: row.app_id,
  secretDigest: row.secret_digest,
  previous:
    row.previous_digest === null
      ? null
      : { secretDigest: row.previous_digest, until: Number(row.previous_until) },
  scopes: SCOPES.filter((scope) => row.scopes.split(' ').includes(scope)),
  createdAt: Number(row.created_at),
  expiresAt: row.expires_at === null ? null : Number(row.expires_at),
  revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
});

const toKeyRow = (key: Key): KeyRow => ({
  id: key.id,
  app_id: key.appId,
  secret_digest: key.secretDigest,
  previous_digest: key.previous?.secretDigest ?? null,
  previous_until: key.previous?.until ?? null,
  scopes: key.scopes.join(' '),
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
  last_used_at: key.lastUsedAt,
});
