import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createScheduler, MINUTE, Outage, type CallRequest } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexQueries, knexStore, migrate } from '@reslot/adapters/knex';
import { describe, expect, test } from 'vitest';
import { newDatabase, describeOnServers } from '../engines/engines.ts';
import { freezable } from '../engines/freezable.ts';

const booking = (callId: string, over: Partial<Extract<CallRequest, { type: 'create' }>> = {}) =>
  ({
    type: 'create',
    appId: 'app',
    callId,
    startsAt: 60 * MINUTE,
    agentId: 'ana',
    guestName: 'G',
    appTimezone: 'UTC',
    actor: { type: 'api', id: 'me' },
    source: 'test',
    ...over,
  }) satisfies CallRequest;

/** Waits that have a bound, and the one that has another. */
describeOnServers('bounds', (name) => {
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

  test('what the database refuses is told without what it was sent', async () => {
    const { url, drop } = await newDatabase(name);
    const db = connect(url);
    await migrate(db);
    await db.schema.alterTable('reslot_calls', (table) =>
      table.string('guest_name', 4).notNullable().alter(),
    );
    const engine = createScheduler({ store: knexStore(db), clock: fixedClock(0), ids: uuidIds });
    await engine.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });
    const refused = await engine
      .execute(booking('a', { guestName: 'Zoë Secret' }))
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ cause: { code: 'ER_DATA_TOO_LONG' } });
    expect(inspect(refused, { depth: 8, maxStringLength: null })).not.toContain('Zoë');
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

  test('a connection that cannot be prepared is given up', { timeout: 10_000 }, async () => {
    const { url, drop } = await newDatabase(name);
    const way = await freezable(url, 'SET SESSION');
    const db = connect(way.url, { statementTimeout: 300 });
    await expect(db.raw('SELECT 1')).rejects.toBeInstanceOf(Error);
    // It would wait for half a minute for a connection that is still being made.
    await db.destroy();
    way.close();
    await drop();
  });

  test(
    'a commit that freezes is an outage, and takes no longer than its statement',
    { timeout: 10_000 },
    async () => {
      const { url, drop } = await newDatabase(name);
      const [way, direct] = [await freezable(url, 'insert into `reslot_calls`'), connect(url)];
      const db = connect(way.url, { statementTimeout: 6_000 });
      await migrate(direct);
      const engine = createScheduler({ store: knexStore(db), clock: fixedClock(0), ids: uuidIds });
      await engine.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });
      // A rollback on that connection would take as long again.
      const booked = engine.execute(booking('a'));
      await expect(booked).rejects.toBeInstanceOf(Outage);
      await expect(booked).rejects.toMatchObject({ uncertain: false });
      expect(await knexQueries(direct).call('app', 'a')).toBeUndefined();
      await Promise.all([db.destroy(), direct.destroy()]);
      way.close();
      await drop();
    },
  );

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

describe('bounds on an embedded file', () => {
  async function openFile() {
    const folder = await mkdtemp(join(tmpdir(), 'reslot-'));
    const opened: ReturnType<typeof connect>[] = [];
    return {
      open() {
        const db = connect(`sqlite:${join(folder, 'reslot.db')}`);
        opened.push(db);
        const engine = createScheduler({ store: knexStore(db), clock: fixedClock(0), ids: uuidIds });
        return { db, engine };
      },
      async remove() {
        await Promise.all(opened.map((db) => db.destroy()));
        await rm(folder, { recursive: true });
      },
    };
  }

  test('that somebody else writes, it is an outage after its time, and is read afresh then', async () => {
    const { open, remove } = await openFile();
    const [ours, theirs] = [open(), open()];
    await migrate(ours.db);
    await ours.engine.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });

    const lock = await theirs.db.transaction();
    await lock('reslot_agents').update({ name: 'Anna' });
    await expect(ours.engine.execute(booking('a'))).rejects.toBeInstanceOf(Outage);
    await lock.commit();

    await theirs.engine.execute(booking('b'));
    expect(await ours.engine.execute(booking('c'))).toMatchObject({ kind: 'slot_taken' });
    expect(await knexQueries(ours.db).agent('app', 'ana')).toMatchObject({ name: 'Anna' });
    await remove();
  });

  test('that is full, it is an outage that leaves nothing behind', async () => {
    const { open, remove } = await openFile();
    const { db, engine } = open();
    await migrate(db);
    await engine.saveAgent({ agent: { appId: 'app', id: 'ana', name: 'Ana', active: true } });

    // Of this connection only; the next one has room again.
    await db.raw('PRAGMA max_page_count = 1');
    const large = booking('a', { intakeNotes: 'x'.repeat(10_000) });
    await expect(engine.execute(large)).rejects.toBeInstanceOf(Outage);
    expect(await engine.execute(large)).toMatchObject({ kind: 'accepted' });
    await remove();
  });
});
