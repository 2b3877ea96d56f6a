import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '@reslot/adapters/connect';
import { newDatabase, describeOnServers } from '../engines/engines.ts';
import { freezable } from '../engines/freezable.ts';
import type { RunningServer } from './program.ts';
import { useServers } from './use-servers.ts';

const { start, run } = useServers();

const status = async (url: string) => (await fetch(url)).status;

test('a stop lets what was accepted be answered, and says so to those who ask', async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  // A request whose body is still on its way when the stop comes.
  const socket = createConnection(port, '127.0.0.1');
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('close', () => resolve(text));
  });
  socket.write(
    'PUT /api/calls/call_x/schedule HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
  );
  expect(await status(`${server.url}/healthz`)).toBe(200);
  server.child.kill('SIGTERM');
  await said(server, '"stopping"');
  socket.write('}');
  expect(await answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(await server.ended).toBe(0);
});

test('a server that is told to stop says so for DRAIN_SECONDS, and keeps nobody on its connections', async () => {
  const server = await start({ DRAIN_SECONDS: '1' });
  expect((await fetch(`${server.url}/readyz`)).headers.get('connection')).not.toBe('close');
  server.child.kill('SIGTERM');
  await said(server, '"stopping"');
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not_ready', details: { process: 'stopping' } },
  ]);
  const alive = await fetch(`${server.url}/healthz`);
  expect([alive.status, alive.headers.get('connection')]).toEqual([200, 'close']);
  expect(await server.ended).toBe(0);
});

test('a stop takes no more connections while a webhook is still waited for', async () => {
  const receiver = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void receiver.close());
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const server = await start({ WEBHOOKS_ALLOW_PRIVATE: 'true', DRAIN_SECONDS: '0' }, ['--json']);
  const { demo } = JSON.parse(/^\{"url".*$/m.exec(server.output())?.[0] ?? '');
  const scopes = 'scheduling:write,webhooks:manage';
  const { token } = JSON.parse(
    (await run(['keys', 'create', '--app', demo.appId, '--scopes', scopes, '--json'])).out,
  );
  const post = (path: string, body: unknown) =>
    fetch(`${server.url}/api/v1/video/${demo.appId}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const asked = new Promise<[IncomingMessage, ServerResponse]>((resolve) => {
    receiver.once('request', (request, response) => resolve([request, response]));
  });
  expect((await post('/webhooks', { url: `http://127.0.0.1:${port}/` })).status).toBe(201);
  const scheduledAtUtc = new Date(Date.now() + 864e5).toISOString();
  const guest = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
  expect((await post('/scheduled-calls', { ...guest, scheduledAtUtc })).status).toBe(201);
  const [request, response] = await asked;
  server.child.kill('SIGTERM');
  const isRefused = () =>
    status(`${server.url}/healthz`).then(
      () => false,
      () => true,
    );
  while (!(await isRefused()));
  expect([request.socket.destroyed, server.child.exitCode]).toEqual([false, null]);
  response.writeHead(204).end();
  expect(await server.ended).toBe(0);
});

describeOnServers('a stop in the middle of a commit', (name) => {
  test('the commit is finished and answered', async () => {
    const { url, drop } = await newDatabase(name);
    const env = { DATABASE_URL: url };
    const server = await start(env);
    const { appId, token } = JSON.parse((await run(['demo', '--json'], env)).out);
    const path = `${server.url}/api/v1/video/${appId}/scheduled-calls`;
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const { data } = JSON.parse(await (await fetch(`${path}?limit=1`, { headers })).text());
    const [call] = data.calls;

    // Somebody holds the agent's row, so the commit waits.
    const db = connect(url);
    const lock = await db.transaction();
    await lock('reslot_agents').where({ app_id: appId, id: call.assigned_agent_id }).forUpdate();
    const later = new Date(Date.parse(call.scheduled_at) + 20 * 60_000).toISOString();
    const answer = fetch(`${path}/${call.id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ scheduledAtUtc: later }),
    });
    await waits(db);
    server.child.kill('SIGTERM');
    await said(server, '"stopping"');
    await lock.rollback();

    expect(JSON.parse(await (await answer).text()).data.call.scheduled_at).toBe(later);
    expect(await server.ended).toBe(0);
    await db.destroy();
    await drop();
  });
});

describeOnServers('a stop while the database does not answer', (name) => {
  test('ends the process all the same', async () => {
    const { url, drop } = await newDatabase(name);
    const database = await freezable(url);
    const server = await start({ DATABASE_URL: database.url, DRAIN_SECONDS: '0' });
    expect(await status(`${server.url}/readyz`)).toBe(200);
    database.freeze();
    expect(await server.stop()).toBe(0);
    database.close();
    await drop();
  });
});

/** Waits until a statement is under way that changes agents: as somebody holds the row, it waits. */
async function waits(db: ReturnType<typeof connect>): Promise<void> {
  const query =
    "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'update `reslot_agents`%'";
  for (;;) {
    const [[row]] = await db.raw(query);
    if (row.n > 0) return;
    await db.raw('SELECT SLEEP(0.01)');
  }
}

/** Waits until the server has printed `text`. */
const said = (server: RunningServer, text: string): Promise<void> =>
  new Promise((resolve) => {
    const look = () => (server.output().includes(text) ? resolve() : setImmediate(look));
    look();
  });
