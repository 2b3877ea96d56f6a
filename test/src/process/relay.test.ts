import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { receiver, type Received } from '../webhooks/receivers.ts';
import { asking, deliveriesOf, eventName, eventsOf, newTenant, untold } from './told.ts';
import { useServers } from './use-servers.ts';

const { folder, start, relay } = useServers();

/** Milliseconds until what is waited for has failed. */
const DEADLINE = 20_000;

const settings = (more: Record<string, string> = {}) => ({
  DATABASE_URL: `sqlite:${join(folder(), 'relay.db')}`,
  WEBHOOKS_ALLOW_PRIVATE: 'true',
  DRAIN_SECONDS: '0',
  ...more,
});

const nameOf = ({ body }: Received): string => {
  const { data } = JSON.parse(body);
  return eventName(data.call_id, data.sequence);
};

test('a move comes to whoever asked for it, and is genuine to the library of the standard', async () => {
  const { url, received } = await receiver((_, response) => response.writeHead(204).end());
  const env = settings();
  const tenant = await newTenant(env, folder());
  const server = await start(env);
  const { secret } = await tenant.hook(server, url);
  const callId = await tenant.book(server);
  await tenant.move(server, callId, 2);

  await expect.poll(() => received.length, { timeout: DEADLINE }).toBe(2);
  const events = received.map(({ body, headers }) =>
    new Webhook(secret).verify(body, {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    }),
  );
  expect(events).toMatchObject([
    { type: 'scheduled.created', subject: callId, data: { sequence: 1 } },
    { type: 'scheduled.rescheduled', subject: callId, data: { sequence: 2, event: 'rescheduled' } },
  ]);
});

describe('a server that is killed', () => {
  test.each(['off', 'on'])('with RELAY=%s loses nothing of what it has committed', async (before) => {
    const { url, received } = await receiver((_, response) => response.writeHead(204).end());
    const env = settings({ RELAY_LEASE_SECONDS: '1' });
    const tenant = await newTenant(env, folder());
    const first = await start({ ...env, RELAY: before });
    await tenant.hook(first, url);
    const calls = await Promise.all(Array.from({ length: 12 }, () => tenant.book(first)));
    for (let days = 2; days < 5; days += 1) {
      await Promise.all(calls.map((callId) => tenant.move(first, callId, days)));
    }
    await first.stop('SIGKILL');
    if (before === 'off') expect(received).toEqual([]);

    await start(env);
    const { DATABASE_URL } = env;
    await expect
      .poll(() => asking(DATABASE_URL, (db) => untold(db, tenant.appId)), { timeout: DEADLINE })
      .toBe(0);
    const told = [...new Set(received.map(nameOf))].toSorted();
    const happened = await asking(DATABASE_URL, (db) => eventsOf(db, tenant.appId));
    expect(told).toEqual(happened.toSorted());
    expect(told).toHaveLength(12 * 4);
  });
});

/** A receiver that holds its first answer until the test gives it. */
async function holding() {
  const held: ServerResponse[] = [];
  const { url, received } = await receiver((_, response) => {
    if (held.length === 0) held.push(response);
    else response.writeHead(204).end();
  });
  return { url, received, answer: (status: number) => held[0]?.writeHead(status).end() };
}

const isOpen = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('SIGTERM', () => {
  test.each(['serve', 'relay'])('ends %s with 0, after what is under way', async (command) => {
    const { url, received, answer } = await holding();
    const env = settings({ RELAY: 'off' });
    const tenant = await newTenant(env, folder());
    const server = await start(env);
    await tenant.hook(server, url);
    await tenant.book(server);
    await server.stop();

    const serving = command === 'serve' ? await start({ ...env, RELAY: 'on' }) : undefined;
    const worker = serving ?? (await relay(env));
    await expect.poll(() => received.length, { timeout: DEADLINE }).toBe(1);
    worker.child.kill('SIGTERM');
    await expect.poll(worker.output, { timeout: DEADLINE }).toContain('"stopping"');
    if (serving) await expect.poll(() => isOpen(serving.url), { timeout: DEADLINE }).toBe(false);
    expect(worker.child.exitCode).toBeNull();
    answer(204);
    expect(await worker.ended).toBe(0);
    const left = await asking(env.DATABASE_URL, (db) => deliveriesOf(db, tenant.appId));
    expect(left).toEqual([['delivered', 1]]);
    expect(received).toHaveLength(1);
  });

  test('ends a relay that has nothing to do', async () => {
    expect(await (await relay(settings())).stop()).toBe(0);
  });
});

test('what a relay has to say when its lease is over does not count', async () => {
  const { url, received, answer } = await holding();
  const env = settings({ RELAY: 'off', RELAY_LEASE_SECONDS: '1' });
  const tenant = await newTenant(env, folder());
  const server = await start(env);
  await tenant.hook(server, url);
  await tenant.book(server);
  await server.stop();

  const frozen = await relay(env);
  await expect.poll(() => received.length, { timeout: DEADLINE }).toBe(1);
  frozen.child.kill('SIGSTOP');
  const other = await relay(env);
  const look = () => asking(env.DATABASE_URL, (db) => deliveriesOf(db, tenant.appId));
  await expect.poll(look, { timeout: DEADLINE }).toEqual([['delivered', 2]]);
  expect(await other.stop()).toBe(0);
  answer(500);
  frozen.child.kill('SIGCONT');
  // It ends after it has said what came of its attempt.
  expect(await frozen.stop()).toBe(0);
  expect(await look()).toEqual([['delivered', 2]]);
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([
    received[0]?.headers['webhook-id'],
    received[0]?.headers['webhook-id'],
  ]);
});
