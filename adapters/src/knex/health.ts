import type { Knex } from 'knex';
import { orOutage } from './outages.ts';
import { TABLES } from './rows.ts';

/** Rejects with an `Outage` when the database cannot be written: it is away, locked, read-only. The write touches no row. */
export const checkWritable = (db: Knex): Promise<void> =>
  orOutage(async () => {
    await db(TABLES.apps).where({ id: '' }).update({ name: '' });
  });
