import type { Instant, Key } from '@reslot/core';
import type { Knex } from 'knex';
import { orOutage } from './outages.ts';
import { TABLES, type BigInteger } from './rows.ts';

/** A key that lets somebody in, and the name of its app. */
export type LiveKey = Pick<Key, 'id' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> & {
  readonly appName: string;
};

interface LiveKeyRow {
  id: string;
  app_name: string;
  created_at: BigInteger;
  expires_at: BigInteger | null;
  last_used_at: BigInteger | null;
}

/** Up to `most` keys that are neither revoked nor expired at `now`, in the order of their creation. */
export const liveKeys = (db: Knex, now: Instant, most: number): Promise<LiveKey[]> =>
  orOutage(async () => {
    const rows: LiveKeyRow[] = await db({ k: TABLES.keys })
      .join({ a: TABLES.apps }, 'a.id', 'k.app_id')
      .select('k.id', 'a.name as app_name', 'k.created_at', 'k.expires_at', 'k.last_used_at')
      .whereNull('k.revoked_at')
      .whereRaw('(k.expires_at IS NULL OR k.expires_at > ?)', [now])
      .orderBy(['k.created_at', 'k.id'])
      .limit(most);
    return rows.map((row) => ({
      id: row.id,
      appName: row.app_name,
      createdAt: Number(row.created_at),
      expiresAt: row.expires_at === null ? null : Number(row.expires_at),
      lastUsedAt: row.last_used_at === null ? null : Number(row.last_used_at),
    }));
  });
