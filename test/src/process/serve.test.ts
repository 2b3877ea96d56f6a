import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { newDatabase, describeOnServers } from '../engines/engines.ts';
import type { RunningServer } from './program.ts';
import { useServers } from './use-servers.ts';

const { folder, start, run } = useServers();

const shell = (line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile('sh', ['-c', line], (error, out) => (error ? reject(error) : resolve(out)));
  });

const status = async (url: string) => (await fetch(url)).status;

describe('the first start, in an empty folder, with no settings', () => {
  test('makes a demo, and prints two curl lines that work as they are', async () => {
    const server = await start();
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('curl '));
    expect(lines).toHaveLength(2);

    const [patch = '', put = ''] = await Promise.all(lines.map(shell));
    expect(JSON.parse(patch)).toMatchObject({
      data: {
        call: {
          id: expect.any(String),
          scheduled_at: expect.stringMatching(/T16:00:00\.000Z$/),
          status: 'scheduled',
        },
        events: [{ event_type: 'rescheduled' }],
      },
    });
    expect(JSON.parse(put)).toMatchObject({
      message: 'Scheduled call time updated successfully',
      status: 'success',
      error: null,
      data: { operation: 'schedule_update', call: { events: [{ data: { endpoint_used: '/schedule' } }] } },
    });
    const again = await Promise.all(lines.map(shell));
    expect(JSON.parse(again[0] ?? '').data.events).toEqual([]);

    const [, path, token] = /'([^']+\/scheduled-calls)\/.*Bearer ([^']+)'/.exec(lines[0] ?? '') ?? [];
    const shown = await fetch(`${path}?limit=200`, { headers: { Authorization: `Bearer ${token}` } });
    const list = JSON.parse(await shown.text());
    expect(list.pagination.total).toBe(36);
    const statuses = new Set(list.data.calls.map((call: { status: string }) => call.status));
    expect([...statuses]).toEqual(expect.arrayContaining(['scheduled', 'completed', 'cancelled', 'no_show']));
  });

  test('shows the credential once, and keeps the database in the folder', async () => {
    const first = await start();
    expect(first.output()).toContain('curl ');
    expect(await first.stop()).toBe(0);
    const second = await start();
    expect(second.output()).not.toContain('curl ');
    expect(await readdir(folder())).toEqual(['data']);
  });
});

test('a port that is taken is named, and costs nobody his demo', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { code, err } = await run(['serve'], { PORT: port });
  expect([code, err]).toEqual([
    1,
    expect.stringContaining(`reslot: HOST and PORT: cannot listen on 127.0.0.1, port ${port}: EADDRINUSE`),
  ]);
  taken.close();
  expect((await start()).output()).toContain('curl ');
});

test('serve --json tells scripts where it is, and the credential of the demo', async () => {
  const server = await start({}, ['--json']);
  const { url, port, demo } = JSON.parse(
    server
      .output()
      .split('\n')
      .find((line) => line.startsWith('{"url"')) ?? '',
  );
  expect(url).toBe(`http://localhost:${port}`);
  const list = `${server.url}/api/v1/video/${demo.appId}/scheduled-calls?limit=1`;
  expect((await fetch(list, { headers: { Authorization: `Bearer ${demo.token}` } })).status).toBe(200);
});

test.each([
  [{}, '"Calls"', 'calls@localhost'],
  [{ PUBLIC_URL: 'https://book.example.com:8443/api/' }, '"Calls"', 'calls@book.example.com'],
  [{ PUBLIC_URL: 'http://[::1]:8080' }, '"Calls"', 'calls@localhost'],
  [
    { PUBLIC_URL: 'https://x.example.com', ORGANISER_EMAIL: 'us@example.com', ORGANISER_NAME: 'Us' },
    '"Us"',
    'us@example.com',
  ],
])('with %j calls without an agent come from %s, %s', async (env, cn, email) => {
  const server = await start(env, ['--json']);
  const line = server.output().match(/^\{"url".*$/m);
  const { demo } = JSON.parse(line?.[0] ?? '');
  const calls = `${server.url}/api/v1/video/${demo.appId}/scheduled-calls`;
  const headers = { Authorization: `Bearer ${demo.token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({
    guestName: 'Amina',
    guestEmail: 'amina@example.com',
    appTimezone: 'Europe/Paris',
    scheduledAtUtc: new Date(Date.now() + 864e5).toISOString(),
  });
  const booked = JSON.parse(await (await fetch(calls, { method: 'POST', headers, body })).text());
  const invite = await fetch(`${calls}/${booked.data.call.id}/invite.ics`, { headers });
  expect(invite.headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=REQUEST');
  const lines = (await invite.text()).replaceAll('\r\n ', '').split('\r\n');
  expect(lines).toContain(`ORGANIZER;CN=${cn};EMAIL=${email}:mailto:${email}`);
});

test('a guest of the demo has a link, and nothing of it is in the log', async () => {
  const server = await start({ LOG_LEVEL: 'trace' }, ['--json']);
  const { demo } = JSON.parse(/^\{"url".*$/m.exec(server.output())?.[0] ?? '');
  const calls = `${server.url}/api/v1/video/${demo.appId}/scheduled-calls`;
  const headers = { Authorization: `Bearer ${demo.token}`, 'Content-Type': 'application/json' };
  const { data } = JSON.parse(await (await fetch(`${calls}?status=scheduled&limit=1`, { headers })).text());
  const body = JSON.stringify({ purposes: ['cancel'] });
  const issued = await fetch(`${calls}/${data.calls[0].id}/guest-links`, { method: 'POST', headers, body });
  const { pathname } = new URL(JSON.parse(await issued.text()).data.guestLink.url);
  const page = await fetch(server.url + pathname, { headers: { Accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Cancel this call')]);
  const cancelled = await fetch(`${server.url}${pathname}/cancel`, { method: 'POST' });
  expect(JSON.parse(await cancelled.text()).data.call.status).toBe('cancelled');
  expect(server.output()).not.toContain(pathname.slice('/g/'.length));
});

test('a database with keys gets no demo', async () => {
  const app = JSON.parse((await run(['apps', 'create', '--json'])).out);
  await run(['keys', 'create', '--app', app.appId, '--scopes', 'scheduling:read']);
  expect((await start()).output()).not.toContain('curl ');
});

describeOnServers('servers together', (name) => {
  test('that start at once migrate once, and serve one database', async () => {
    const { url, drop } = await newDatabase(name);
    const env = { DATABASE_URL: name === 'mariadb' ? url.replace(/^mysql:/, 'mariadb:') : url };
    const started = await Promise.all([start(env), start(env), start(env)]);
    for (const server of started) {
      expect(server.output()).not.toContain('curl ');
      expect(await status(`${server.url}/readyz`)).toBe(200);
    }
    const demo = JSON.parse((await run(['demo', '--json'], env)).out);
    const lists = await Promise.all(
      started.map(async (server) => {
        const path = `${server.url}/api/v1/video/${demo.appId}/scheduled-calls?limit=1`;
        const shown = await fetch(path, { headers: { Authorization: `Bearer ${demo.token}` } });
        return JSON.parse(await shown.text());
      }),
    );
    expect(lists.map(({ pagination }) => pagination.total)).toEqual([36, 36, 36]);
    await Promise.all(started.map((server) => server.stop()));
    await drop();
  });
});

test('a database that is away: the start fails with a line, and shows no password', async () => {
  const { code, out, err } = await run(['serve'], {
    DATABASE_URL: 'mysql://somebody:hunter2@127.0.0.1:9/none',
  });
  expect(code).toBe(1);
  expect(err).toMatch(/^reslot: DATABASE_URL: the database does not answer: ECONNREFUSED$/m);
  expect(out + err).not.toContain('hunter2');
});

test.each([
  [{ PORT: 'x' }, /^reslot: PORT: /],
  [{ PORT: '70000' }, /^reslot: PORT: /],
  [{ DATABASE_URL: 'postgres://x' }, /^reslot: DATABASE_URL: must be /],
  [{ DATABASE_URL: 'mysql://x:notaport/y' }, /^reslot: DATABASE_URL: must be /],
  [{ DATABASE_URL: 'mysql://x/y?ssl=true' }, /^reslot: DATABASE_URL: takes no parameters/],
  [{ DATABASE_URL: 'sqlite:/dev/null/x.db' }, /^reslot: DATABASE_URL: the database does not answer: /m],
  [{ HOST: 'nosuchhost.invalid' }, /^reslot: HOST and PORT: cannot listen on nosuchhost.invalid/m],
  [{ DRAIN_SECONDS: '-1' }, /^reslot: DRAIN_SECONDS: /],
  [{ MAX_REQUESTS: '0' }, /^reslot: MAX_REQUESTS: must be a number of requests/],
  [{ LOG_LEVEL: 'loud' }, /^reslot: LOG_LEVEL: /],
  [{ PUBLIC_URL: 'ftp://x' }, /^reslot: PUBLIC_URL: /],
  [{ ORGANISER_EMAIL: 'calls' }, /^reslot: ORGANISER_EMAIL: must be an e-mail address/],
  [
    { GUEST_LINK_SECRET: 'short', PUBLIC_URL: 'https://x.example' },
    /^reslot: GUEST_LINK_SECRET: must be a secret of at least 32 bytes/,
  ],
  [{ GUEST_LINK_SECRET: 's'.repeat(32) }, /^reslot: PUBLIC_URL: must be set with GUEST_LINK_SECRET/],
  [{ WEBHOOKS_ALLOW_PRIVATE: 'yes' }, /^reslot: WEBHOOKS_ALLOW_PRIVATE: must be true or false/],
  [{ INVITATIONS: 'true' }, /^reslot: INVITATIONS: .*"on"\|"off"/],
  [{ REMINDER_LOG: 'yes' }, /^reslot: REMINDER_LOG: .*"on"\|"off"/],
  [{ ORGANISER_NAME: ' ' }, /^reslot: ORGANISER_NAME: must not be blank/],
  [{ NATS_URL: 'ws://nats.example.com' }, /^reslot: NATS_URL: must be a URL such as nats:/],
  [{ SMTP_URL: 'mail.example.com' }, /^reslot: SMTP_URL: must be a URL such as smtp:/],
  [{ SMTP_URL: 'smtp://mail.example.com' }, /^reslot: MAIL_FROM: must be set with SMTP_URL/],
  [{ MAIL_FROM: 'cälls@example.com' }, /^reslot: MAIL_FROM: must be an e-mail address in ASCII/],
])('a wrong setting %j stops the start, and is named', async (env, message) => {
  const { code, err } = await run(['serve'], env);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});

describe('what is refused before HTTP has a route has the envelope of every other error', () => {
  const raw = async (
    server: RunningServer,
    text: string,
  ): Promise<{ status: number; head: string; body: { error: { code: string; requestId: string } } }> => {
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
    });
    socket.write(text);
    await new Promise((resolve) => {
      socket.on('close', resolve);
    });
    const [head = '', body = ''] = received.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: JSON.parse(body) };
  };

  test('in the parser, at a strange target, at a strange expectation', async () => {
    const server = await start();
    const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    const cases: [string, number, string][] = [
      [`${get}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
      ['this is not HTTP\r\n\r\n', 400, 'invalid_request'],
      [`${get}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400, 'invalid_request'],
      [`${get}Content-Length: abc\r\n\r\n`, 400, 'invalid_request'],
      [`${get}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, 'invalid_request'],
      ['GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400, 'invalid_request'],
      ['GET nonsense HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'invalid_request'],
      [`${get}Expect: nonsense\r\n\r\n`, 417, 'expectation_failed'],
      ['GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n', 404, 'not_found'],
    ];
    for (const [text, expected, code] of cases) {
      const answer = await raw(server, text);
      expect([text, answer.status, answer.body.error.code]).toEqual([text, expected, code]);
      expect(answer.head).toContain(`x-request-id: ${answer.body.error.requestId}`);
    }
  });

  test('a body that is announced too large is refused before it comes', async () => {
    const server = await start();
    const { token, appId } = JSON.parse((await run(['demo', '--json'])).out);
    const answer = await raw(
      server,
      `PUT /api/v1/video/${appId}/agents/ana HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Connection: close\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n',
    );
    expect([answer.status, answer.body.error.code]).toEqual([413, 'payload_too_large']);
  });

  test('a client that goes away in the middle of its body is no error of ours', async () => {
    const server = await start();
    const { token, appId } = JSON.parse((await run(['demo', '--json'])).out);
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      `PUT /api/v1/video/${appId}/agents/ana HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(await status(`${server.url}/readyz`)).toBe(200);
    socket.destroy();
    expect(await status(`${server.url}/readyz`)).toBe(200);
    await server.stop();
    expect(server.output()).not.toContain('"level":50');
  });

  test('a client that keeps its half of a refused connection open is cut off', async () => {
    const server = await start();
    const port = Number(new URL(server.url).port);
    const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.on('data', () => {});
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    // Only somebody who goes on sending is told that nobody is there any more.
    socket.once('end', () => {
      const sending = setInterval(() => socket.write('more'), 50);
      void closed.then(() => clearInterval(sending));
    });
    socket.write('this is not HTTP\r\n\r\n');
    expect(await closed).toBe(true);
  });
});
