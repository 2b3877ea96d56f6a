import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect } from '@reslot/adapters/connect';
import { knexOutbox } from '@reslot/adapters/knex';
import { DAY, MINUTE } from '@reslot/core';
import { findServers, type Servers } from '../src/engines/servers.ts';
import { startRelay, startServer } from '../src/process/reslot.ts';
import { randomOf } from '../src/random.ts';
import { newToken } from './contenders.ts';
import { fill } from './fill.ts';
import { listeners } from './listeners.ts';
import { keep, say } from './output.ts';
import { databaseKind, newDatabase, type DatabaseKind } from './own-database.ts';
import { number, shown, spread, table } from './report.ts';
import { APP_ID, callId, DAYS, firstDay } from './workload.ts';

/** Moves come in random distances of up to so many milliseconds, so that they do not keep step with the relay. */
const APART = 500;

interface Latency {
  readonly on: DatabaseKind;
  readonly moves: number;
  /** Milliseconds from the answer to a move until its webhook has come. */
  readonly p50: number;
  readonly p99: number;
}

interface Throughput {
  readonly on: DatabaseKind;
  readonly endpoints: number;
  readonly round: number;
  readonly perSecond: number;
}

/** How soon a move is told by a server that has nothing else to do, and how fast one relay works a backlog off. */
export async function relay(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      on: { type: 'string', default: 'sqlite,mysql' },
      moves: { type: 'string', default: '300' },
      deliveries: { type: 'string', default: '5000' },
      endpoints: { type: 'string', default: '1,8' },
      rounds: { type: 'string', default: '3' },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const kinds = values.on.split(',').map(databaseKind);
  const endpoints = values.endpoints.split(',').map(Number);
  const servers = await findServers();
  const latencies: Latency[] = [];
  const throughputs: Throughput[] = [];
  try {
    for (const on of kinds) latencies.push(await latencyOn(on, servers, Number(values.moves)));
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      for (const on of kinds) {
        for (const many of endpoints) {
          const perSecond = await throughputOn(on, servers, many, Number(values.deliveries));
          throughputs.push({ on, endpoints: many, round, perSecond });
        }
      }
    }
  } finally {
    await servers.stop();
  }
  say('\nFrom the answer to a move until its webhook has come\n');
  say(shownLatencies(latencies));
  say(`\nOne relay, a backlog of ${values.deliveries} deliveries, ${values.rounds} rounds\n`);
  say(shownThroughputs(throughputs));
  await keep(values.out, 'relay.json', JSON.stringify({ latencies, throughputs }, null, 2));
}

/** What is open during a measurement, with the newest first. */
type Closing = (() => unknown)[];

async function measured<Result>(work: (closing: Closing) => Promise<Result>): Promise<Result> {
  const closing: Closing = [];
  try {
    return await work(closing);
  } finally {
    for (const close of closing) await close();
  }
}

const latencyOn = (on: DatabaseKind, servers: Servers, moves: number): Promise<Latency> =>
  measured(async (closing) => {
    const calls = 1000;
    const env = await filled(on, servers, { agents: calls / 10, callsPerAgent: 10 }, closing);
    const token = await newToken(env.DATABASE_URL);
    // What was booked is told before, to nobody.
    await drained(env.DATABASE_URL, () => startRelay(env));
    const [told] = await listening(env.DATABASE_URL, 1, closing);
    const server = await startServer(env);
    closing.unshift(() => server.stop('SIGKILL'));
    const random = randomOf(1);
    const took: number[] = [];
    for (let move = 1; move <= moves; move += 1) {
      await wait(random(APART));
      const coming = told?.received(move);
      const startsAt = firstDay(Date.now()) + random((DAYS * DAY) / MINUTE) * MINUTE;
      const response = await fetch(`${server.url}/api/v1/video/${APP_ID}/scheduled-calls/${callId(move)}`, {
        method: 'PATCH',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ scheduledAtUtc: new Date(startsAt).toISOString() }),
      });
      const answered = performance.now();
      await response.text();
      if (!response.ok) throw new Error(`move ${move} was answered ${response.status}`);
      took.push(((await coming) ?? Number.NaN) - answered);
    }
    const sorted = took.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
    return { on, moves, p50: at(0.5), p99: at(0.99) };
  });

const throughputOn = (
  on: DatabaseKind,
  servers: Servers,
  many: number,
  deliveries: number,
): Promise<number> =>
  measured(async (closing) => {
    const calls = deliveries / many;
    const env = await filled(on, servers, { agents: 25, callsPerAgent: calls / 25 }, closing);
    const told = await listening(env.DATABASE_URL, many, closing);
    const all = Promise.all(told.map((one) => one.received(calls)));
    const relaying = await startRelay(env);
    const began = performance.now();
    closing.unshift(() => relaying.stop('SIGKILL'));
    return deliveries / ((Math.max(...(await all)) - began) / 1000);
  });

/** A database with calls whose bookings are to be told; gives the settings of those who work on it. */
async function filled(
  on: DatabaseKind,
  servers: Servers,
  workload: Parameters<typeof fill>[1],
  closing: Closing,
) {
  const { url, drop } = await newDatabase(on, servers);
  closing.unshift(drop);
  await fill(url, workload);
  return {
    DATABASE_URL: url,
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-semi-space-size=64',
  };
}

async function listening(url: string, many: number, closing: Closing) {
  const told = await listeners(url, many);
  closing.unshift(() => told.forEach((one) => one.close()));
  return told;
}

/** Waits until all events are handed out, by what `start` starts and this stops. */
async function drained(url: string, start: () => ReturnType<typeof startRelay>): Promise<void> {
  const db = connect(url);
  const running = await start();
  while ((await knexOutbox(db).waiting(1)).events.length > 0) await wait(50);
  await running.stop();
  await db.destroy();
}

const shownLatencies = (latencies: readonly Latency[]): string =>
  table(
    ['on', 'moves', 'p50 ms', 'p99 ms'],
    latencies.map(({ on, moves, p50, p99 }) => [on, number(moves, 0), number(p50, 1), number(p99, 1)]),
  );

function shownThroughputs(throughputs: readonly Throughput[]): string {
  const groups = new Map<string, Throughput[]>();
  for (const one of throughputs) {
    const name = `${one.on} ${one.endpoints}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const rows = [...groups.values()].map((rounds) => [
    rounds[0]?.on ?? '',
    String(rounds[0]?.endpoints),
    shown(spread(rounds.map(({ perSecond }) => perSecond)), 0),
  ]);
  return table(['on', 'endpoints', 'deliveries/s: median (least to most)'], rows);
}
