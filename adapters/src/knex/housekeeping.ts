import type { Housekeeping } from '@reslot/core';
import type { Knex } from 'knex';
import { orOutage } from './outages.ts';
import { TABLES, type HoldRow, type RequestRow } from './rows.ts';

export function knexHousekeeping(db: Knex): Housekeeping {
  return {
    forgetRequests: (now, most) =>
      orOutage(async () => {
        const expired: Pick<RequestRow, 'app_id' | 'principal' | 'digest' | 'expires_at'>[] =
          await db<RequestRow>(TABLES.requests)
            .select('app_id', 'principal', 'digest', 'expires_at')
            .where('expires_at', '<=', now)
            .limit(most);
        let forgotten = 0;
        // Row by row: the locks are short, and nobody's new record is among them.
        for (const { app_id, principal, digest, expires_at } of expired) {
          const row = { app_id, principal, digest, expires_at };
          forgotten += await db<RequestRow>(TABLES.requests).where(row).delete();
        }
        return forgotten;
      }),
    forgetHolds: (now, most) =>
      orOutage(async () => {
        const over: Pick<HoldRow, 'app_id' | 'id' | 'expires_at'>[] = await db<HoldRow>(TABLES.holds)
          .select('app_id', 'id', 'expires_at')
          .where('expires_at', '<=', now)
          .limit(most);
        for (const { app_id, id, expires_at } of over) {
          await db<HoldRow>(TABLES.holds).where({ app_id, id, expires_at }).delete();
        }
        return over.length;
      }),
  };
}
