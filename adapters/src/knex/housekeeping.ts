import type { Housekeeping } from '@reslot/core';
import type { Knex } from 'knex';
import { keyIn, requestIn } from './keys.ts';
import { orOutage } from './outages.ts';
import { TABLES, type HoldRow, type RequestRow } from './rows.ts';

/** Rows in one statement: SQLite takes expressions of a depth of 1,000. */
const MOST_ROWS = 500;

/** What has expired is found by its index and removed by its keys, so that the locks are those of these rows. */
export function knexHousekeeping(db: Knex): Housekeeping {
  return {
    forgetRequests: (now, most) =>
      orOutage(async () => {
        const expired: Pick<RequestRow, 'app_id' | 'principal' | 'digest'>[] = await db<RequestRow>(
          TABLES.requests,
        )
          .select('app_id', 'principal', 'digest')
          .where('expires_at', '<=', now)
          .limit(Math.min(most, MOST_ROWS));
        if (expired.length === 0) return 0;
        const keys = expired.map(({ app_id: appId, ...rest }) => ({ appId, ...rest }));
        // Unless somebody has used the key again meanwhile.
        return db<RequestRow>(TABLES.requests).where('expires_at', '<=', now).where(requestIn(keys)).delete();
      }),
    forgetHolds: (now, most) =>
      orOutage(async () => {
        const over: Pick<HoldRow, 'app_id' | 'id'>[] = await db<HoldRow>(TABLES.holds)
          .select('app_id', 'id')
          .where('expires_at', '<=', now)
          .limit(Math.min(most, MOST_ROWS));
        if (over.length === 0) return 0;
        const keys = over.map(({ app_id: appId, id }) => ({ appId, id }));
        return db<HoldRow>(TABLES.holds).where('expires_at', '<=', now).where(keyIn(keys)).delete();
      }),
  };
}
