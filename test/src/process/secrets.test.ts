import { randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { freezable } from '../engines/freezable.ts';
import { receiver } from '../webhooks/receivers.ts';
import { useServers } from './use-servers.ts';

const { start, run } = useServers();

/** In whatever a client or an operator would not want to find in a log. */
const MARK = `canary${randomUUID().replaceAll('-', '')}`;
const PHONE = '+4915198765432';
const DEADLINE = 30_000;

const settings = {
  LOG_LEVEL: 'trace',
  METRICS_PORT: '0',
  DRAIN_SECONDS: '0',
  RATE_LIMIT: '500',
  RATE_LIMIT_FAILURES: '2',
  TRUSTED_PROXIES: '1',
  WEBHOOKS_ALLOW_PRIVATE: 'true',
  // Nobody is there.
  RATE_LIMIT_REDIS_URL: `redis://u:${MARK}@127.0.0.1:9`,
  SMTP_URL: `smtp://${MARK}:${MARK}@127.0.0.1:9`,
  MAIL_FROM: 'calls@example.com',
  NATS_URL: `nats://${MARK}:${MARK}@127.0.0.1:9`,
};

const GUEST = {
  guestName: `Amina ${MARK}`,
  guestEmail: `${MARK}@example.com`,
  guestPhone: PHONE,
  guestIntakeNotes: `notes ${MARK}`,
  appTimezone: 'UTC',
};

describeOnServers('what a server says of itself', (name) => {
  test('has nothing of guests, secrets or statements, whatever happens', async () => {
    const { url, drop } = await newDatabase(name);
    const way = await freezable(url);
    const direct = { DATABASE_URL: name === 'mariadb' ? url.replace(/^mysql:/, 'mariadb:') : url };
    const { appId } = JSON.parse((await run(['apps', 'create', '--name', MARK, '--json'], direct)).out);
    const scopes = 'scheduling:read,scheduling:write,webhooks:manage';
    const words = ['keys', 'create', '--app', appId, '--scopes', scopes, '--json'];
    const { token, apiKey, apiSecret } = JSON.parse((await run(words, direct)).out);
    const server = await start({ ...settings, DATABASE_URL: way.url.replace(/^mysql:/, `${name}:`) });

    const statuses: number[] = [];
    const ask = async (
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'X-Custom': MARK,
          Cookie: `session=${MARK}`,
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      statuses.push(response.status);
      const text = await response.text();
      expect(text).not.toMatch(/\\n +at |node_modules|select |insert /i);
      return text.startsWith('{') ? JSON.parse(text) : undefined;
    };
    const video = `/api/v1/video/${appId}`;

    // All is well; the receiver of webhooks is not, nor are the mail server and the broker.
    const { url: hook, received } = await receiver((_, response) => response.writeHead(500).end(MARK));
    const { data } = await ask('POST', `${video}/webhooks`, { url: `${hook}/${MARK}`, description: MARK });
    const soon = new Date(Date.now() + 62_000).toISOString();
    const booked = await ask('POST', `${video}/scheduled-calls`, { ...GUEST, scheduledAtUtc: soon });
    const call = `${video}/scheduled-calls/${booked.data.call.id}`;
    await ask('POST', `${call}/reminders`, { minutesBefore: 1 });
    await ask('PATCH', call, { guestName: `Ben ${MARK}`, reason: MARK }, { 'Idempotency-Key': MARK });
    await ask('GET', `${video}/scheduled-calls?search=${MARK}`);
    const pair = { 'X-API-KEY': apiKey, 'X-API-SECRET': apiSecret };
    await ask('DELETE', `/api/calls/call_${MARK}`, undefined, pair);
    // What is refused.
    await ask('PATCH', call, { guestEmail: `${MARK} no address`, [MARK]: 1 });
    await ask('PATCH', call, `{"guestName":"${MARK}`);
    await ask('GET', `${call}?${MARK}=${MARK}`);
    await ask('PATCH', call, { guestName: MARK }, { 'X-Actor': `admin/${MARK}` });
    await ask('GET', `/${MARK}`);
    for (let time = 0; time < 3; time += 1) {
      const guess = { Authorization: `Bearer key_${'0'.repeat(24)}.${MARK}`, 'X-Forwarded-For': '192.0.2.1' };
      await ask('GET', call, undefined, guess);
    }
    await new Promise((resolve) => {
      const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('close', resolve).on('data', () => {});
      socket.write(`${MARK} is no HTTP\r\n\r\n`);
    });
    // Relays fail.
    const metricsPort = /"metricsPort":(\d+)/.exec(server.output())?.[1];
    const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    await expect.poll(() => received.length, { timeout: DEADLINE }).toBeGreaterThan(0);
    for (const system of ['@publisher', '@reminders']) {
      await expect
        .poll(metrics, { timeout: DEADLINE })
        .toMatch(new RegExp(`destination="${system}",state="pending"`));
    }
    const measured = await metrics();

    // The database goes away in the middle of it.
    way.close();
    for (const guestName of [`Cara ${MARK}`, `Dana ${MARK}`]) await ask('PATCH', call, { guestName });
    const away = await metrics();
    expect([...new Set(statuses)].toSorted((a, b) => a - b)).toEqual(
      expect.arrayContaining([200, 201, 202, 400, 401, 403, 404, 429, 503]),
    );
    expect(await server.stop()).toBe(0);

    const said = server.output();
    for (const secret of [MARK, PHONE, PHONE.slice(3), token, apiSecret, data.secret, 'session=', hook]) {
      for (const text of [said, measured, away]) expect(text).not.toContain(secret);
    }
    expect(said).not.toMatch(/select |insert |update .* set |delete from/i);
    // It is not that it says nothing.
    expect(said).toMatch(/"status":400.*"answered"/);
    expect(said).toMatch(/"level":50,.*"requestId":"[^"]+".*"database: /);
    await drop();
  });
});

test('a mistake that nobody catches is noted by its place, and ends the process', async () => {
  const mistake = 'process.on("SIGUSR2",()=>{throw new Error(process.env.MESSAGE)})';
  const server = await start({
    MESSAGE: `${MARK}\n    at ${MARK} (x.js:1:1)`,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(mistake)}`,
  });
  expect(await server.stop('SIGUSR2')).toBe(1);
  expect(server.output()).not.toContain(MARK);
  expect(server.output()).toMatch(/"error":"Error","stack":\["at .*"unexpected error"/);
});
