import { checkWritable, migrationState } from '@reslot/adapters/knex';
import type { Database } from '../services.ts';
import { ok, problem, type Finding } from './check.ts';

/** Whether the tables are those of this version. */
export async function migrations(db: Database): Promise<readonly Finding[]> {
  const { pending, unknown } = await migrationState(db);
  const name = 'migrations';
  if (unknown.length > 0) {
    const found = `not known here: ${unknown.join(', ')}`;
    return [problem(name, found, 'A later version has been at work: run that one.')];
  }
  return [
    pending.length > 0
      ? problem(
          name,
          `${pending.length} wait, the first is ${pending[0]}`,
          'Run `reslot migrate`, or start the server.',
        )
      : ok(name, 'up to date'),
  ];
}

export async function writable(db: Database): Promise<readonly Finding[]> {
  await checkWritable(db);
  return [ok('writing', 'the database can be written')];
}
