import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '@reslot/adapters/connect';
import { knexCredentials, knexQueries, knexStore } from '@reslot/adapters/knex';
import { bookAndMove } from '@reslot/examples/own-knex';
import { host as app } from '@reslot/examples/mounted';
import knex from 'knex';
import { describe, expect, test } from 'vitest';
import { newDatabase, describeOnServers } from '../engines/engines.ts';

const FOLDER = fileURLToPath(new URL('../../../apps/examples/', import.meta.url));

test('each example is under 40 lines', async () => {
  const names = await readdir(`${FOLDER}src`);
  expect(names.length).toBeGreaterThanOrEqual(3);
  for (const name of names) {
    expect((await readFile(`${FOLDER}src/${name}`, 'utf8')).trimEnd().split('\n').length).toBeLessThan(40);
  }
});

test('the engine in memory', async () => {
  const out = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [`${FOLDER}dist/in-memory.js`], (error, text) =>
      error ? reject(error) : resolve(text),
    );
  });
  expect(out).toBe('30 minutes later: moved\n45 minutes later: slot_taken\n');
});

test('both APIs in another Hono app', async () => {
  expect(await (await app.request('/')).text()).toBe('my own page');
  expect((await app.request('/scheduling/openapi.json')).status).toBe(200);
});

describe('the engine on an application’s own connection', () => {
  test('to SQLite', async () => {
    const db = connect('sqlite::memory:');
    expect(await bookAndMove(db)).toBe('version 2, a day later: true');
    await db.destroy();
  });

  describeOnServers('to a server', (name) => {
    test.each<[string, object]>([
      ['the settings that Knex has by itself', {}],
      ['a single connection', { pool: { min: 0, max: 1 } }],
      ['numbers as text', { connection: { supportBigNumbers: true, bigNumberStrings: true } }],
    ])('with %s', async (_, { connection, ...settings }: { connection?: object }) => {
      const { url, drop } = await newDatabase(name);
      const { hostname: host, port, username: user, password, pathname } = new URL(url);
      const place = { host, port: Number(port), user, password, database: pathname.slice(1) };
      const db = knex({ client: 'mysql2', connection: { ...place, ...connection }, ...settings });
      expect(await bookAndMove(db)).toBe('version 2, a day later: true');
      await db.destroy();
      await drop();
    });
  });

  test('that renames columns is refused at once', () => {
    const db = knex({ client: 'mysql2', postProcessResponse: (rows) => rows });
    for (const make of [knexStore, knexQueries, knexCredentials])
      expect(() => make(db)).toThrow(/without wrapIdentifier/);
  });

  test('inside a transaction is refused at once', async () => {
    const db = connect('sqlite::memory:');
    await db.transaction(async (trx) => {
      expect(() => knexStore(trx)).toThrow(/not a transaction/);
    });
    await db.destroy();
  });
});
