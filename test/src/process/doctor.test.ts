import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@reslot/adapters/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines } from '../engines/engines.ts';
import { freezable } from '../engines/freezable.ts';
import { reslot } from './reslot.ts';

interface Told {
  readonly state: string;
  readonly checks: readonly { name: string; state: string; found: string; todo: string | null }[];
}

const MARK = `canary${randomUUID().replaceAll('-', '')}`;
const DAY = 86_400_000;

describe.each(sqlEngines())('the doctor on %s', (name) => {
  let url: string;
  let folder: string;
  let leave: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-'));
    const database = await newDatabase(name);
    if (name === 'sqlite') {
      url = `sqlite:${join(folder, 'deep', 'test.db')}`;
      leave = database.drop;
      return;
    }
    // Wherever the server stands: the doctor would warn of one that is not on this machine.
    const way = await freezable(database.url);
    url = way.url;
    leave = async () => {
      way.close();
      await database.drop();
    };
  });
  afterAll(async () => {
    await leave();
    await rm(folder, { recursive: true });
  });

  async function doctor(settings: Record<string, string> = {}) {
    const { code, out, err } = await reslot(['doctor', '--json'], { DATABASE_URL: url, ...settings }, folder);
    const { state, checks }: Told = JSON.parse(out);
    const faults = checks
      .filter((check) => check.state !== 'ok')
      .map((check) => `${check.state} ${check.name}`);
    const found = Object.fromEntries(checks.map((check) => [check.name, check.found]));
    return { code, state, faults, found, err, out };
  }

  async function inDatabase<Result>(
    work: (db: ReturnType<typeof connect>) => Promise<Result>,
  ): Promise<Result> {
    const db = connect(url);
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  }

  const NOT_SEEN = ['warning writing', 'warning keys', 'warning outbox'];

  test('finds what is not migrated, and changes nothing', async () => {
    const { code, state, faults, err } = await doctor();
    expect([code, state, err]).toEqual([1, 'problem', '']);
    if (name === 'sqlite') {
      expect(faults.slice(0, 2)).toEqual(['problem file', 'warning permissions']);
      expect(await readdir(folder)).toEqual([]);
    } else {
      expect(faults).toEqual(['problem migrations', ...NOT_SEEN]);
      const [tables] = await inDatabase((db) => db.raw('SHOW TABLES'));
      expect(tables).toEqual([]);
    }
  });

  test('has nothing against a sound installation', async () => {
    await reslot(['migrate'], { DATABASE_URL: url }, folder);
    const { code, state, faults, found, err } = await doctor();
    expect({ code, state, faults, err }).toEqual({ code: 0, state: 'ok', faults: [], err: '' });
    expect(found['database']?.toLowerCase()).toMatch(new RegExp(`^${name} \\d`));
    expect(found).toMatchObject({
      durability: name === 'sqlite' ? 'journal_mode=wal, synchronous=2' : 'innodb_flush_log_at_trx_commit=1',
      keys: '0 in force, 0 without an end, 0 not used for 90 days',
      outbox: '0 events wait, 0 deliveries are to be made',
    });
    if (name !== 'sqlite') expect(found).toMatchObject({ session: 'READ-COMMITTED, strict' });
    const text = await reslot(['doctor'], { DATABASE_URL: url }, folder);
    expect([text.code, text.out]).toEqual([0, expect.stringMatching(/\nproblem: 0, warning: 0, ok: \d+\n$/)]);
  });

  test('finds migrations that are pending, and those of a later version', async () => {
    const [last] = await inDatabase((db) => db('reslot_migrations').orderBy('name', 'desc').limit(1));
    await inDatabase((db) => db('reslot_migrations').where({ name: last.name }).delete());
    const pending = await doctor();
    expect([pending.code, pending.faults]).toEqual([1, ['problem migrations', ...NOT_SEEN]]);
    expect(pending.found['migrations']).toContain(last.name);

    await inDatabase((db) =>
      db('reslot_migrations').insert([last, { ...last, id: 9_999, name: '999_later' }]),
    );
    const later = await doctor();
    expect([later.code, later.faults]).toEqual([1, ['problem migrations', ...NOT_SEEN]]);
    expect(later.found['migrations']).toBe('not known here: 999_later');
    await inDatabase((db) => db('reslot_migrations').where({ name: '999_later' }).delete());
  });

  test('finds the key of a demo, which is worse where others reach the server', async () => {
    const made = await reslot(['demo', '--json'], { DATABASE_URL: url }, folder);
    expect(made.code).toBe(0);
    const listed = await reslot(['keys', 'list', '--json'], { DATABASE_URL: url }, folder);
    const [{ keyId }] = JSON.parse(listed.out);
    const local = await doctor();
    expect([local.code, local.faults]).toEqual([0, ['warning demo']]);
    expect(local.found['demo']).toContain(keyId);
    expect((await doctor({ HOST: '0.0.0.0' })).faults).toContain('problem demo');
    expect((await doctor({ PUBLIC_URL: 'https://calls.acme.org' })).faults).toContain('problem demo');

    await inDatabase((db) => db('reslot_keys').update({ created_at: Date.now() - 91 * DAY }));
    expect((await doctor()).found['keys']).toBe(
      `1 in force, 1 without an end, 1 not used for 90 days: ${keyId}`,
    );
    await reslot(['keys', 'revoke', keyId], { DATABASE_URL: url }, folder);
    const revoked = await doctor();
    expect([revoked.faults, revoked.found['keys']]).toEqual([
      [],
      '0 in force, 0 without an end, 0 not used for 90 days',
    ]);
  });

  test('finds events that nobody tells, and deliveries that were given up', async () => {
    await inDatabase(async (db) => {
      await db('reslot_waiting_events').delete();
      const at = Date.now() - 6 * 60_000;
      const events = JSON.stringify([{ callId: 'call', seq: 1, type: 'created', at }]);
      await db('reslot_waiting_events').insert({ at, app_id: 'app', many: 1, events });
    });
    const waiting = await doctor();
    expect([waiting.code, waiting.faults]).toEqual([1, ['problem outbox']]);
    expect(waiting.found['outbox']).toMatch(/^1 events wait to be told, one for 6 minutes/);

    await inDatabase(async (db) => {
      await db('reslot_waiting_events').delete();
      await db('reslot_deliveries').insert({
        app_id: 'app',
        destination: '@nats',
        call_id: 'call',
        seq: 1,
        type: 'time_changed',
        state: 'dead',
        attempts: 10,
        due_at: 0,
        lease_until: 0,
        created_at: 0,
        settled_at: 0,
      });
    });
    const dead = await doctor();
    expect([dead.code, dead.faults, dead.found['deliveries']]).toEqual([
      0,
      ['warning deliveries'],
      '1 were given up',
    ]);
    await inDatabase((db) => db('reslot_deliveries').delete());
  });

  test('finds what the settings let out, and tells no secret', async () => {
    const { code, faults, out, err } = await doctor({
      LOG_LEVEL: 'trace',
      HOST: '0.0.0.0',
      METRICS_PORT: '9100',
      METRICS_HOST: '0.0.0.0',
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      PUBLIC_URL: `https://${MARK}:${MARK}@calls.acme.org/${MARK}`,
      GUEST_LINK_SECRET: `secret-${MARK}`,
      NATS_URL: `nats://${MARK}:${MARK}@nats.acme.org:4222`,
      SMTP_URL: `smtp://${MARK}:${MARK}@mail.acme.org`,
      MAIL_FROM: 'calls@acme.org',
      RATE_LIMIT_REDIS_URL: `redis://${MARK}:${MARK}@redis.acme.org:6379/0`,
    });
    expect([code, faults]).toEqual([
      1,
      [
        'warning metrics',
        'warning limits',
        'warning webhook addresses',
        'problem guest links',
        'warning NATS',
        'warning Redis',
      ],
    ]);
    expect(`${out}${err}`).not.toContain(MARK);
  });

  test.runIf(name === 'sqlite')('finds files that others may read', async () => {
    const [path, deep] = [url.slice('sqlite:'.length), join(folder, 'deep')];
    await writeFile(join(folder, '.env'), 'LOG_LEVEL=info\n', { mode: 0o644 });
    await chmod(folder, 0o755);
    await chmod(path, 0o644);
    // The folder of the database is closed.
    expect((await doctor()).faults).toEqual(['warning settings']);
    await chmod(deep, 0o755);
    expect((await doctor()).faults).toEqual(['warning permissions', 'warning settings']);
    await chmod(path, 0o666);
    const written = await doctor();
    expect([written.code, written.faults]).toEqual([1, ['problem permissions', 'warning settings']]);
    await chmod(folder, 0o700);
    expect((await doctor()).faults).toEqual([]);
    await rm(join(folder, '.env'));
  });
});

test('a database that is not there, or that says nothing, is told of in bounded time', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = silent.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'reslot-'));
  const since = Date.now();
  for (const at of [port, 9]) {
    const url = `mysql://u:${MARK}@127.0.0.1:${at}/calls`;
    const { code, out, err } = await reslot(['doctor', '--json'], { DATABASE_URL: url }, folder);
    const told: Told = JSON.parse(out);
    expect([code, told.checks[0]?.name, told.checks[0]?.state]).toEqual([1, 'database', 'problem']);
    expect(told.checks.filter(({ found }) => found.startsWith('not looked at'))).toHaveLength(6);
    expect(`${out}${err}`).not.toContain(MARK);
  }
  expect(Date.now() - since).toBeLessThan(30_000);
  silent.close();
  await rm(folder, { recursive: true });
});
