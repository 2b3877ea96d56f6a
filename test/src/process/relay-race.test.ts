import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@reslot/adapters/connect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnServers, newDatabase } from '../engines/engines.ts';
import { randomOf } from '../random.ts';
import type { RunningProgram, RunningServer } from './program.ts';
import { startRelay, startServer } from './reslot.ts';
import { deliveriesOf, eventsOf, newTenant, untold, type Tenant } from './told.ts';
import { unreliable } from './unreliable.ts';

/**
 * Three relays on one database, of which one after the other is killed, or frozen for longer than its lease, while calls
 * move and a receiver fails now and then.
 */
const RELAYS = 3;
const LEASE_SECONDS = 2;
const CALLS = 36;
const ROUNDS = 12;
const MOVES_EACH = 24;
/** Longer than the lease: somebody else tells the same meanwhile. */
const HANG = 2_500;
/** Milliseconds until what is waited for has failed. */
const DEADLINE = 40_000;

describeOnServers('relays that die', (name) => {
  let folder: string;
  let drop: () => Promise<void>;
  let db: ReturnType<typeof connect>;
  let env: Record<string, string>;
  let server: RunningServer;
  let tenant: Tenant;
  const relays: RunningProgram[] = [];
  const gone: RunningProgram[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-relays-'));
    const database = await newDatabase(name);
    ({ drop } = database);
    env = {
      DATABASE_URL: database.url,
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      RELAY_LEASE_SECONDS: String(LEASE_SECONDS),
    };
    db = connect(database.url);
    tenant = await newTenant(env, folder);
    server = await startServer({ ...env, RELAY: 'off', LOG_LEVEL: 'warn' }, folder);
  });
  afterAll(async () => {
    await Promise.all([server, ...relays].map((program) => program?.stop('SIGKILL')));
    await db?.destroy();
    await drop?.();
    await rm(folder, { recursive: true });
  });

  /** What is leased at this moment, by the names of the leases. */
  const leases = async (): Promise<string[]> => {
    const rows = await db('reslot_deliveries').whereNotNull('lease_token').where({ state: 'pending' });
    return rows.map(({ lease_token }) => lease_token);
  };
  const pastLeases = async (before: readonly string[]) =>
    (await leases()).filter((lease) => before.includes(lease)).length;

  test('tell every event, each call in its order', { timeout: 120_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const random = randomOf(seed);
    const { url, told, early } = await unreliable(randomOf(seed + 1), HANG);
    await tenant.hook(server, url);
    const calls = await Promise.all(Array.from({ length: CALLS }, () => tenant.book(server)));
    relays.push(...(await Promise.all(Array.from({ length: RELAYS }, () => startRelay(env, folder)))));

    async function kill(index: number): Promise<void> {
      const [killed] = relays.splice(index, 1);
      if (killed) gone.push(killed);
      await killed?.stop('SIGKILL');
      relays.push(await startRelay(env, folder));
    }
    async function freeze(index: number): Promise<void> {
      relays[index]?.child.kill('SIGSTOP');
      // Those that it holds are told by others.
      const before = await leases();
      await expect.poll(() => pastLeases(before), { timeout: DEADLINE }).toBe(0);
      relays[index]?.child.kill('SIGCONT');
    }

    const began = Date.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = random(CALLS);
      const moved = Array.from({ length: MOVES_EACH }, (_, index) => calls[(first + index) % CALLS] ?? '');
      const enough = told.length + 1 + random(MOVES_EACH);
      const moving = Promise.all(moved.map((callId) => tenant.move(server, callId, 2 + round)));
      await expect.poll(() => told.length, { timeout: DEADLINE, interval: 1 }).toBeGreaterThanOrEqual(enough);
      await (round % 2 === 0 ? kill : freeze)(random(RELAYS));
      await moving;
    }
    await expect.poll(() => untold(db, tenant.appId), { timeout: DEADLINE }).toBe(0);

    const happened = await eventsOf(db, tenant.appId);
    const names = [...new Set(told.map((one) => one.name))];
    const messages = new Set(told.map((one) => `${one.name} ${one.messageId} ${one.body}`));
    const outages = [...gone, ...relays].flatMap((program) => program.output().match(/"level":50/g) ?? []);
    const evidence = {
      seed,
      events: happened.length,
      twice: told.length - names.length,
      outages: outages.length,
      seconds: (Date.now() - began) / 1000,
    };
    process.stdout.write(`relays on ${name}: ${JSON.stringify(evidence)}\n`);

    expect(happened).toHaveLength(CALLS + ROUNDS * MOVES_EACH);
    expect([...new Set(told.flatMap((one) => (one.taken ? [one.name] : [])))].toSorted()).toEqual(
      happened.toSorted(),
    );
    expect(early).toEqual([]);
    expect(evidence.twice).toBeGreaterThan(0);
    // Each has one id and one body, however often it came.
    expect(messages.size).toBe(happened.length);
    expect(new Set(told.map((one) => one.messageId)).size).toBe(happened.length);
    const states = (await deliveriesOf(db, tenant.appId)).map(([state]) => state);
    expect(states).toEqual(happened.map(() => 'delivered'));
    expect(await Promise.all(relays.map((relay) => relay.stop()))).toEqual(relays.map(() => 0));
  });
});
