import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@reslot/adapters/connect';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDatabase, describeOnServers } from '../engines/engines.ts';
import { randomOf } from '../random.ts';
import { agentHistory, gapsIn, pairsNow, type Move } from './race-evidence.ts';
import type { RunningServer } from './program.ts';
import { reslot, startServer } from './reslot.ts';

/**
 * Two servers on one database, 64 clients, few agents, slots of many lengths on no common grid. Everybody wants the
 * same few hours, so most moves meet another one.
 */
const SERVERS = 2;
const CLIENTS = 64;
const MOVES_EACH = 60;
const AGENTS = ['ana', 'ben', 'chloe', 'dan'];
const CALLS = 64;
const WINDOW_MINUTES = 12 * 60;
const MINUTE = 60_000;

describeOnServers('a race', (name) => {
  let folder: string;
  let drop: () => Promise<void>;
  let db: ReturnType<typeof connect>;
  let servers: RunningServer[] = [];
  let appId: string;
  let headers: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reslot-race-'));
    const database = await newDatabase(name);
    ({ drop } = database);
    const env = { DATABASE_URL: database.url, LOG_LEVEL: 'warn' };
    db = connect(database.url);
    ({ appId } = JSON.parse((await reslot(['apps', 'create', '--json'], env, folder)).out));
    const scopes = 'scheduling:read,scheduling:write,scheduling:admin';
    const { token } = JSON.parse(
      (await reslot(['keys', 'create', '--app', appId, '--scopes', scopes, '--json'], env, folder)).out,
    );
    headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    servers = await Promise.all(Array.from({ length: SERVERS }, () => startServer(env, folder)));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await db?.destroy();
    await drop?.();
    await rm(folder, { recursive: true });
  });

  const send = async (server: number, method: string, path: string, body: unknown) => {
    const url = `${servers[server % SERVERS]?.url}/api/v1/video/${appId}${path}`;
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  test('books nobody twice, loses nothing, and refuses nothing without cause', async () => {
    const seed = Date.now() % 1_000_000;
    const morning = Math.ceil(Date.now() / MINUTE) * MINUTE + 3 * 24 * 60 * MINUTE;
    for (const id of AGENTS) await send(0, 'PUT', `/agents/${id}`, { name: id, active: true });
    const setup = randomOf(seed);
    const calls: string[] = [];
    for (let index = 0; index < CALLS; index += 1) {
      const { body } = await send(index, 'POST', '/scheduled-calls', {
        scheduledAtUtc: new Date(morning + (WINDOW_MINUTES + 60 + index * 60) * MINUTE).toISOString(),
        assignedAgentId: AGENTS[index % AGENTS.length],
        durationMinutes: 5 + setup(40),
        bufferBeforeMinutes: setup(3) * 5,
        bufferAfterMinutes: setup(2) * 5,
        guestName: `Guest ${index}`,
        guestEmail: 'guest@example.com',
        appTimezone: 'UTC',
      });
      calls.push(body.data.call.id);
    }

    let polls = 0;
    let overlapping = 0;
    const race = { over: false };
    const watch = (async () => {
      while (!race.over) {
        overlapping += await pairsNow(db, appId);
        polls += 1;
      }
    })();

    const moves: Move[] = [];
    const began = Date.now();
    const client = async (number: number) => {
      const random = randomOf(seed + 1 + number);
      for (let round = 0; round < MOVES_EACH; round += 1) {
        const callId = calls[random(calls.length)] ?? '';
        const startsAt = morning + random(WINDOW_MINUTES) * MINUTE + random(60) * 1000;
        const agent = random(3) === 0 ? { assignedAgentId: AGENTS[random(AGENTS.length)] } : {};
        const wish = { scheduledAtUtc: new Date(startsAt).toISOString(), ...agent };
        const from = Date.now();
        const { status, body } = await send(random(SERVERS), 'PATCH', `/scheduled-calls/${callId}`, wish);
        moves.push({ callId, from, to: Date.now(), status, body });
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
    const seconds = (Date.now() - began) / 1000;
    race.over = true;
    await watch;

    const count = (status: number) => moves.filter((move) => move.status === status).length;
    const evidence = {
      seed,
      moves: moves.length,
      accepted: count(200),
      refused: count(409),
      gaveUp: count(503),
    };
    process.stdout.write(
      `race on ${name}: ${JSON.stringify({ ...evidence, polls, overlapping, seconds })}\n`,
    );

    expect(moves).toHaveLength(CLIENTS * MOVES_EACH);
    expect(evidence.accepted + evidence.refused + evidence.gaveUp).toBe(moves.length);
    expect(evidence.accepted).toBeGreaterThan(moves.length / 20);
    expect(evidence.refused).toBeGreaterThan(moves.length / 20);
    expect(evidence.gaveUp).toBe(0);
    expect(polls).toBeGreaterThan(10);
    expect(overlapping).toBe(0);
    expect(await pairsNow(db, appId)).toBe(0);

    const { unjustified, untold, invented } = await agentHistory(db, appId, moves);
    expect({ unjustified, untold, invented }).toEqual({ unjustified: [], untold: [], invented: [] });
    expect(await gapsIn(db, appId)).toEqual([]);
  });
});
