import type { Changes } from '@reslot/core';
import type { Knex } from 'knex';
import type { CallRow } from './call-rows.ts';
import { StaleError } from './conflicts.ts';
import { keyIn, rowKey } from './keys.ts';
import type { Write } from './round-trips.ts';
import { TABLES } from './rows.ts';

/**
 * Keeps the calls that a batch relies on as they are until its commit. Two batches that rely on what the other one writes
 * make a circle; the database ends it with a deadlock, which is a conflict.
 */
export function reliances(db: Knex, { reliedOn }: Changes): Write[] {
  if (reliedOn.length === 0) return [];
  const locked: Write<Pick<CallRow, 'app_id' | 'id' | 'last_seq'>[]> = {
    statement: db(TABLES.calls).select('app_id', 'id', 'last_seq').where(keyIn(reliedOn)).forShare(),
    async check(rows) {
      const now = new Map(rows.map((row) => [rowKey(row.app_id, row.id), Number(row.last_seq)]));
      if (reliedOn.some(({ appId, id, lastSeq }) => now.get(rowKey(appId, id)) !== lastSeq)) {
        throw new StaleError();
      }
    },
  };
  return [locked];
}
