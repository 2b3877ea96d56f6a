import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createClient } from '@redis/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunningServer } from './program.ts';
import { useServers } from './use-servers.ts';

const { start, run } = useServers();

/** An answer of the list of calls to the key of a new app, as an address that a proxy tells. */
async function asker(env: Record<string, string> = {}) {
  const { appId } = JSON.parse((await run(['apps', 'create', '--json'], env)).out);
  const words = ['keys', 'create', '--app', appId, '--scopes', 'scheduling:read', '--json'];
  const key = JSON.parse((await run(words, env)).out);
  const ask = (server: RunningServer, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/v1/video/${appId}/scheduled-calls`, {
      headers: { Authorization: `Bearer ${key.token}`, ...headers },
    });
  const statuses = async (many: number, server: RunningServer, headers?: Record<string, string>) => {
    const found: number[] = [];
    for (let time = 0; time < many; time += 1) found.push((await ask(server, headers)).status);
    return found;
  };
  return { appId, ask, statuses, key };
}

/** How often each is there. */
const tallyOf = (statuses: readonly number[]): Record<number, number> =>
  Object.fromEntries(
    [...new Set(statuses)].map((one) => [one, statuses.filter((other) => other === one).length]),
  );

test('without a setting guesses end at 60 in a minute, and nobody else meets a limit', async () => {
  const { statuses } = await asker();
  const server = await start();
  expect(new Set(await statuses(200, server))).toEqual(new Set([200]));
  expect(tallyOf(await statuses(65, server, { Authorization: 'Bearer guess' }))).toEqual({ 401: 60, 429: 5 });
});

test('RATE_LIMIT=off: not even guesses are limited', async () => {
  const { statuses } = await asker();
  const server = await start({ RATE_LIMIT: 'off' });
  expect(tallyOf(await statuses(65, server, { Authorization: 'Bearer guess' }))).toEqual({ 401: 65 });
});

test('RATE_LIMIT is that of a credential: 429, with the same time in three places', async () => {
  const { ask, statuses, key } = await asker();
  const server = await start({ RATE_LIMIT: '5' });
  expect(await statuses(5, server)).toEqual([200, 200, 200, 200, 200]);
  const refused = await ask(server);
  expect(refused.status).toBe(429);
  const { error } = JSON.parse(await refused.text());
  const seconds = Number(refused.headers.get('Retry-After'));
  const wait = Date.parse(error.details.nextAllowedAt) - Date.now();
  expect([seconds > 50, seconds <= 60, wait > 50_000, wait <= 60_000]).toEqual([true, true, true, true]);
  expect(error).toMatchObject({
    code: 'rate_limit_exceeded',
    requestId: refused.headers.get('X-Request-Id'),
  });
  const pair = { 'X-API-KEY': key.apiKey, 'X-API-SECRET': key.apiSecret };
  const other = await fetch(`${server.url}/api/calls/call_1`, { headers: pair });
  const { error: told, ...rest } = JSON.parse(await other.text());
  expect([other.status, rest]).toEqual([429, { message: 'Too many requests', status: 'error', data: null }]);
  const [sentence, at] = told.split(' allowed at ');
  expect(sentence).toBe('too many requests with this credential; the next one is');
  // Each answer reckons it anew.
  expect(Math.abs(Date.parse(at) - Date.parse(error.details.nextAllowedAt))).toBeLessThan(1_000);
});

test('X-Forwarded-For is not looked at, unless a proxy is trusted', async () => {
  const { statuses } = await asker();
  const env = { RATE_LIMIT: '100', RATE_LIMIT_ADDRESS: '2' };
  const plain = await start(env);
  expect(await statuses(2, plain, { 'X-Forwarded-For': '198.51.100.1' })).toEqual([200, 200]);
  expect(await statuses(1, plain, { 'X-Forwarded-For': '198.51.100.2' })).toEqual([429]);
  const behind = await start({ ...env, TRUSTED_PROXIES: '127.0.0.0/8,::1' });
  expect(await statuses(3, behind, { 'X-Forwarded-For': '198.51.100.1' })).toEqual([200, 200, 429]);
  expect(await statuses(1, behind, { 'X-Forwarded-For': '198.51.100.2' })).toEqual([200]);
  // What a client says before the proxy does is nothing.
  expect(await statuses(1, behind, { 'X-Forwarded-For': '6.6.6.6, 198.51.100.1' })).toEqual([429]);
});

test.each([
  [{ RATE_LIMIT: '0' }, /RATE_LIMIT: must be/],
  [{ RATE_LIMIT: 'on' }, /RATE_LIMIT: must be/],
  [
    { RATE_LIMIT: 'off', RATE_LIMIT_ADDRESS: '9' },
    /RATE_LIMIT_ADDRESS: limits nothing while RATE_LIMIT is off/,
  ],
  [{ RATE_LIMIT_FAILURES: '1.5' }, /RATE_LIMIT_FAILURES: must be a number of requests a minute/],
  [{ RATE_LIMIT_REDIS_URL: 'http://x' }, /RATE_LIMIT_REDIS_URL: must be a URL such as redis:/],
  [{ TRUSTED_PROXIES: 'all' }, /TRUSTED_PROXIES: must be a number of proxies/],
  [{ CORS_ORIGINS: '*' }, /CORS_ORIGINS: must be origins/],
  [{ CORS_ORIGINS: 'https://a.example/' }, /CORS_ORIGINS: must be origins/],
  [{ METRICS_PORT: 'x' }, /METRICS_PORT: must be a port number/],
])('a wrong setting %j stops the start, and is named', async (env, message) => {
  const { code, err } = await run(['serve'], env);
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
});

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stdout.write('\nRedis: NOT covered: redis-server is not installed\n');

describe.skipIf(!hasRedis)('with Redis', () => {
  const freePort = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    return typeof address === 'object' && address ? address.port : 0;
  };

  async function redis(port: number): Promise<ChildProcess> {
    const child = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    for await (const data of child.stdout) {
      said += String(data);
      if (said.includes('Ready to accept connections')) break;
    }
    return child;
  }

  test('two servers count together, and keep no secret there', async () => {
    const port = await freePort();
    await redis(port);
    const env = { RATE_LIMIT: '4', RATE_LIMIT_REDIS_URL: `redis://127.0.0.1:${port}` };
    const { appId, statuses, key } = await asker();
    const [one, two] = [await start(env), await start(env)];
    const client = await createClient({ url: env.RATE_LIMIT_REDIS_URL }).connect();
    onTestFinished(() => client.destroy());
    // What was counted before the connection stood was counted by each for itself.
    await expect
      .poll(async () => {
        await Promise.all([fetch(`${one.url}/api/calls/x`), fetch(`${two.url}/api/calls/x`)]);
        return Number(await client.get('reslot:address:127.0.0.1'));
      })
      .toBeGreaterThanOrEqual(2);
    await client.flushAll();

    expect([await statuses(2, one), await statuses(2, two)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    expect([await statuses(1, one), await statuses(1, two)]).toEqual([[429], [429]]);
    expect((await client.keys('*')).toSorted()).toEqual([
      'reslot:address:127.0.0.1',
      `reslot:credential:${appId}/${key.apiKey}`,
    ]);
    for (const name of await client.keys('*')) expect(await client.ttl(name)).toBeGreaterThan(0);
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)('that is gone by %s each counts for itself', async (signal) => {
    const port = await freePort();
    const child = await redis(port);
    const { statuses } = await asker();
    const server = await start({ RATE_LIMIT: '3', RATE_LIMIT_REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(await statuses(1, server)).toEqual([200]);
    child.kill(signal);
    expect(await statuses(8, server)).toEqual(expect.arrayContaining([200, 429]));
    expect((await statuses(1, server))[0]).toBe(429);
    expect(await server.stop()).toBe(0);
  });

  test('that was never there: the server starts, serves and says so once', async () => {
    const { statuses } = await asker();
    const url = `redis://reslot:CANARY@127.0.0.1:${await freePort()}`;
    const server = await start({ RATE_LIMIT: '3', RATE_LIMIT_REDIS_URL: url });
    expect(await statuses(4, server)).toEqual([200, 200, 200, 429]);
    await server.stop();
    expect(server.output().match(/"redis":"away"/g)).toHaveLength(1);
    expect(server.output()).not.toContain('CANARY');
  });
});
