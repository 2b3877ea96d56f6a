import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@reslot/adapters/connect';
import { knexEndpoints, knexOutbox, knexStore } from '@reslot/adapters/knex';
import { DAY, type Delivery, type NewDelivery, type Settlement } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookAtOnce } from '../contract/samples.ts';
import { newDatabase, sqlEngines } from '../engines/engines.ts';
import { receiver } from '../webhooks/receivers.ts';
import { reslot } from './reslot.ts';
import { useServers } from './use-servers.ts';

const { folder, start, run } = useServers();

describe.each(sqlEngines())('redriving deliveries on %s', (name) => {
  let env: Record<string, string>;
  let home: string;
  let db: ReturnType<typeof connect>;
  let drop: () => Promise<void>;
  let appId: string;
  const [one, other] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'reslot-'));
    const database = await newDatabase(name);
    ({ drop } = database);
    const url = name === 'sqlite' ? `sqlite:${join(home, 'test.db')}` : database.url;
    env = { DATABASE_URL: url };
    appId = JSON.parse((await reslot(['apps', 'create', '--json'], env)).out).appId;
    db = connect(url);
    const fixed = { description: null, types: null, familyHeaders: false, trouble: null, createdAt: 1 };
    const rest = { status: 'active', previousSecret: null, previousUntil: null, version: 1 } as const;
    for (const id of [one, other]) {
      const endpoint = { ...fixed, ...rest, appId, id, url: 'https://example.com/', secret: 'whsec_b25l' };
      await knexEndpoints(db).add(endpoint, 10);
    }
  });
  afterAll(async () => {
    await db?.destroy();
    await drop?.();
    await rm(home, { recursive: true });
  });

  /** To each webhook: as many as are said that are over, and one that waits. */
  async function told(count: number, settlement: Settlement): Promise<void> {
    const outbox = knexOutbox(db);
    const messages = async (destination: string, many: number): Promise<NewDelivery[]> => {
      const events = await bookAtOnce(knexStore(db), appId, Array.from({ length: many }, randomUUID));
      const all = events.map(({ callId, seq, type }) => ({ appId, destination, callId, seq, type }));
      await outbox.handOut((await outbox.waiting(1000)).events, all);
      return all;
    };
    for (const destination of [one, other]) {
      const left = new Set(await messages(destination, count));
      while (left.size > 0) {
        const token = randomUUID();
        const shares = {
          most: 1000,
          mostToEndpoints: 1000,
          perDestination: 1000,
          underWay: new Map<string, number>(),
          perApp: 1000,
          underWayOf: new Map<string, number>(),
        };
        await outbox.claim({ token, lease: DAY, systems: [], ...shares });
        for (const each of left) {
          if ((await outbox.settle(each, token, settlement)) === 'settled') left.delete(each);
        }
      }
      await messages(destination, 1);
    }
  }
  const redrive = (...args: string[]) => reslot(['webhooks', 'redrive', '--app', appId, ...args], env, home);
  const count = async (destination: string, state: Delivery['state']) =>
    (await knexOutbox(db).deliveries(appId, { destination, state }, 1000)).length;

  test('has the dead ones of a webhook made again, then those of all, however many', async () => {
    await told(300, { state: 'dead', told: '500' });
    await told(3, { state: 'delivered', told: '200' });
    const first = await redrive('--endpoint', one.toUpperCase(), '--json');
    expect(JSON.parse(first.out)).toEqual({ appId, endpoint: one, state: 'dead', redelivered: 300 });
    expect([await count(one, 'dead'), await count(one, 'pending'), await count(other, 'dead')]).toEqual([
      0, 302, 300,
    ]);
    expect((await redrive()).out).toBe('300 deliveries are made again\n');
    expect((await redrive('--state', 'delivered', '--endpoint', other)).out).toBe(
      '3 deliveries are made again\n',
    );
    expect([await count(one, 'delivered'), await count(other, 'pending')]).toEqual([3, 305]);
  });

  test.each([
    [['--app', 'x'], '--app: there is no app x'],
    [['--endpoint', randomUUID()], /--endpoint: the app has no webhook /],
    [['--endpoint', 'a/b'], /--endpoint: must be /],
    [['--state', 'pending'], '--state: must be dead or delivered'],
  ])('%j is refused in a line', async (args, message) => {
    const { code, err } = await redrive(...args);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe('a server', () => {
  const open = async (env: Record<string, string>) => {
    const own = { ...env, DATABASE_URL: `sqlite:${folder()}/${randomUUID()}.db`, LOG_LEVEL: 'trace' };
    const { appId } = JSON.parse((await run(['apps', 'create', '--json'], own)).out);
    const made = await run(['keys', 'create', '--app', appId, '--scopes', 'webhooks:manage', '--json'], own);
    const server = await start(own);
    const ask = async (path: string, body: object = {}) => {
      const response = await fetch(`${server.url}/api/v1/video/${appId}/webhooks${path}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${JSON.parse(made.out).token}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    return { ask, output: server.output };
  };

  test('sends webhooks to public addresses only', async () => {
    const { ask } = await open({});
    for (const url of ['http://example.com/', 'https://127.0.0.1/', 'https://[::1]/']) {
      expect(await ask('', { url })).toMatchObject({
        status: 400,
        body: { error: { details: { issues: [{ path: 'url' }] } } },
      });
    }
  });

  test('sends them inside and by http where its settings say so; its log knows no secret', async () => {
    const { url, received } = await receiver((_, response) => response.end('thanks'));
    const { ask, output } = await open({
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      PUBLIC_URL: 'https://c.example.com/',
    });
    const { status, body } = await ask('', { url });
    expect(status).toBe(201);
    const { id } = body.data.webhook;
    expect(await ask(`/${id}/test`)).toMatchObject({ status: 200, body: { data: { outcome: 'delivered' } } });
    expect(JSON.parse(received[0]?.body ?? '').source).toMatch(/^https:\/\/c\.example\.com\/apps\//);
    const rotated = await ask(`/${id}/rotate`);
    await ask(`/${id}/test`);
    for (const { secret } of [body.data, rotated.body.data]) {
      expect(secret).toMatch(/^whsec_/);
      expect(output()).not.toContain(secret.slice('whsec_'.length));
    }
  });
});
