import type { Knex } from 'knex';
import { TABLES } from './rows.ts';

/** Rejects when the database cannot be written: it is away, locked, read-only. The write touches no row. */
export async function checkWritable(db: Knex): Promise<void> {
  await db(TABLES.apps).where({ id: '' }).update({ name: '' });
}
