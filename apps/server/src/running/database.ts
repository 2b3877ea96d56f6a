import { migrate } from '@reslot/adapters/knex';
import type { Services } from '../services.ts';
import { logError } from '../log.ts';
import { Mistake } from '../commands/mistake.ts';

/** Brings the database up to date. One that cannot be opened or reached is a Mistake: the settings name it. */
export async function migrateDatabase(services: Services): Promise<string[]> {
  try {
    const migrations = await migrate(services.database);
    if (migrations.length > 0) services.log.info({ migrations }, 'migrated');
    return migrations;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    logError(services.log, error);
    throw new Mistake(`DATABASE_URL: the database does not answer: ${code}`);
  }
}
