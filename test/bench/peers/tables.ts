import type { Knex } from 'knex';

/** The tables that the handler written by hand has besides those of calls, agents and events. */
export const REMINDERS = 'bench_reminders';
export const OUTBOX = 'bench_outbox';

const BEFORE = { '24h': 86_400_000, '1h': 3_600_000, '15m': 900_000 };

/** Makes them, and plans the reminders of the calls that are there. */
export async function createTables(db: Knex): Promise<void> {
  await db.schema.createTable(REMINDERS, (table) => {
    table.string('app_id', 128).notNullable();
    table.string('call_id', 128).notNullable();
    table.string('kind', 8).notNullable();
    table.bigInteger('fire_at');
    table.string('skipped', 32);
    table.primary(['app_id', 'call_id', 'kind']);
    table.index(['fire_at']);
  });
  await db.schema.createTable(OUTBOX, (table) => {
    table.bigIncrements('id');
    table.string('app_id', 128).notNullable();
    table.string('call_id', 128).notNullable();
    table.string('type', 32).notNullable();
    table.text('body').notNullable();
    table.bigInteger('at').notNullable();
    table.bigInteger('sent_at').index();
  });
  for (const [kind, before] of Object.entries(BEFORE)) {
    const planned = db('reslot_calls').select(
      'app_id',
      'id',
      db.raw('?, starts_at - ?, NULL', [kind, before]),
    );
    await db(db.raw('?? (app_id, call_id, kind, fire_at, skipped)', [REMINDERS])).insert(planned);
  }
}
