import { Outage } from '@reslot/core';
import { connect } from '@reslot/adapters/connect';
import { knexQueries, migrate } from '@reslot/adapters/knex';
import { describe, expect, test } from 'vitest';
import { newDatabase, serverEngines } from '../engines/engines.ts';

/** Waits that have a bound, and the one that has another. */
describe.each(serverEngines())('bounds on %s', (name) => {
  test('a statement that takes too long is an outage, and its connection is not used again', async () => {
    const { url, drop } = await newDatabase(name);
    const db = connect(url, { statementTimeout: 300 });
    await migrate(db);
    const idOf = async () => (await db.raw('SELECT CONNECTION_ID() AS id'))[0][0].id;
    const before = await idOf();

    await expect(db.raw('SELECT SLEEP(5)')).rejects.toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
    expect(await idOf()).not.toBe(before);
    await db.destroy();
    await drop();
  });

  test('a query that waits for a table is an outage after its time', async () => {
    const { url, drop } = await newDatabase(name);
    const db = connect(url, { statementTimeout: 300 });
    await migrate(db);
    const other = connect(url);
    await other.transaction(async (holder) => {
      await holder.raw('LOCK TABLES reslot_calls WRITE');
      const query = knexQueries(db).call('app', 'call');
      await expect(query).rejects.toBeInstanceOf(Outage);
      await expect(query).rejects.toMatchObject({ uncertain: false });
      await holder.raw('UNLOCK TABLES');
    });
    await Promise.all([db.destroy(), other.destroy()]);
    await drop();
  });

  test('a migration waits for its turn as long as it takes', async () => {
    const { url, drop } = await newDatabase(name);
    const holder = connect(url);
    const lock = await holder.transaction();
    await lock.raw("SELECT GET_LOCK('reslot_migrations', 1)");

    const db = connect(url, { statementTimeout: 100 });
    const migration = migrate(db);
    // Twice the time that any other statement would have.
    await lock.raw('SELECT SLEEP(0.2)');
    await lock.raw("SELECT RELEASE_LOCK('reslot_migrations')");
    await lock.rollback();
    expect((await migration).length).toBeGreaterThan(0);
    await Promise.all([db.destroy(), holder.destroy()]);
    await drop();
  });
});
