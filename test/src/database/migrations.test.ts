import { migrate } from '@reslot/adapters/knex';
import { connect } from '@reslot/adapters/connect';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnServers, newDatabase, type EngineName } from '../engines/engines.ts';

/** SQLite undoes a step whose process dies before it is noted; a server of MySQL’s family cannot undo DDL. */
describeOnServers('migrations', (name) => {
  test('that die after every step, before it is noted, are gone on with, and end at the same schema', async () => {
    const [smooth, rough] = [await emptyDatabase(name), await emptyDatabase(name)];
    const steps = await migrate(smooth);
    const noted = new Set<string>();
    rough.on('query', ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
      if (!sql.startsWith('insert into `reslot_migrations`')) return;
      const step = steps.find((one) => bindings.includes(one));
      if (step === undefined) throw new Error('a migration is noted in another way');
      if (noted.has(step)) return;
      noted.add(step);
      throw new Error(`dies before ${step} is noted`);
    });
    for (const step of steps) await expect(migrate(rough)).rejects.toThrow(`dies before ${step} is noted`);
    expect(await migrate(rough)).toEqual(steps.slice(-1));
    expect(await schemaOf(rough)).toEqual(await schemaOf(smooth));
  });

  test('that find an index of that name on other columns do not take it for theirs', async () => {
    const db = await emptyDatabase(name);
    await migrate(db);
    await db.schema.alterTable('reslot_calls', (table) => {
      table.dropIndex([], 'reslot_calls_by_start');
      table.index(['app_id', 'id'], 'reslot_calls_by_start');
    });
    await db('reslot_migrations').where('name', '006_calls_by_start').delete();
    await expect(migrate(db)).rejects.toThrow("Duplicate key name 'reslot_calls_by_start'");
  });
});

type Database = ReturnType<typeof connect>;

async function emptyDatabase(name: EngineName): Promise<Database> {
  const { url, drop } = await newDatabase(name);
  const db = connect(url);
  onTestFinished(async () => {
    await db.destroy();
    await drop();
  });
  return db;
}

const schemaOf = async (db: Database): Promise<unknown> => [
  await db('information_schema.columns')
    .whereRaw('table_schema = DATABASE()')
    .orderBy(['table_name', 'column_name'])
    .select('table_name', 'column_name', 'column_type', 'collation_name', 'is_nullable', 'column_default'),
  await db('information_schema.statistics')
    .whereRaw('table_schema = DATABASE()')
    .orderBy(['table_name', 'index_name', 'seq_in_index'])
    .select('table_name', 'index_name', 'column_name', 'non_unique'),
];
