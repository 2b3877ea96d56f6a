import { databaseFault, databaseTlsFault, migrate } from '@reslot/adapters/knex';
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
    const fault = databaseFault(error);
    if (fault === undefined) throw error;
    logError(services.log, error);
    throw new Mistake(
      databaseTlsFault(error) === undefined
        ? `DATABASE_URL: the database does not answer: ${fault}`
        : `DATABASE_TLS: ${fault}`,
    );
  }
}
