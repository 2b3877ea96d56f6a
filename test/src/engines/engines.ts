import {
  memoryCredentials,
  memoryDatabase,
  memoryEndpoints,
  memoryHousekeeping,
  memoryOutbox,
  memoryQueries,
  memoryStore,
} from '@reslot/adapters/memory';
import { fixedClock, type FixedClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import {
  knexCredentials,
  knexEndpoints,
  knexHousekeeping,
  knexOutbox,
  knexQueries,
  knexStore,
  migrate,
} from '@reslot/adapters/knex';
import type {
  CredentialStore,
  EndpointStore,
  Housekeeping,
  Outbox,
  ScheduleQueries,
  ScheduleStore,
} from '@reslot/core';
import knex from 'knex';
import { describe, inject, test } from 'vitest';
import { createDatabase, type OwnDatabase } from './databases.ts';
import type { StoreHarness } from '../contract/index.ts';
import { memoryProbe, sqlProbe } from './probes.ts';

/** One place to keep schedules in, with everything that the tests ask of it. */
export interface Engine extends StoreHarness {
  readonly store: ScheduleStore;
  readonly queries: ScheduleQueries;
  readonly credentials: CredentialStore;
  readonly housekeeping: Housekeeping;
  readonly outbox: Outbox;
  readonly endpoints: EndpointStore;
  /** The outbox's clock. */
  readonly clock: FixedClock;
  /** The URL of a database that this engine has for itself; memory has none. */
  readonly url?: string;
}

export type EngineName = 'memory' | 'sqlite' | 'mysql' | 'mariadb';

type Database = ReturnType<typeof connect>;

const OUTBOX_START = Date.UTC(2031, 0, 1);

/** The engines that can be tested here. Those that cannot were named with their reasons at the start. */
export const engines = (): EngineName[] => inject('engines');

export const sqlEngines = (): EngineName[] => engines().filter((name) => name !== 'memory');

/** Runs `suite` on every server that several processes can share. A skip says which one is missing, and why. */
export function describeOnServers(title: string, suite: (name: EngineName) => void): void {
  for (const name of ['mysql', 'mariadb'] as const) {
    const server = inject('servers')[name];
    if ('url' in server) describe(`${title} on ${name}`, () => suite(name));
    else test(`${title} on ${name}`, ({ skip }) => skip(server.missing));
  }
}

/** Opens an engine with an empty database of its own. */
export async function openEngine(name: EngineName): Promise<Engine> {
  if (name === 'memory') return memoryEngine();
  const own = await newDatabase(name);
  return sqlEngine(own, connect(own.url));
}

/** As above, on a connection as an application makes it for itself: it takes one statement at a time. */
export async function openPlainEngine(name: EngineName): Promise<Engine> {
  const own = await newDatabase(name);
  return sqlEngine(own, knex({ client: 'mysql2', connection: own.url.replace('mariadb:', 'mysql:') }));
}

async function sqlEngine({ url, drop }: OwnDatabase, db: Database): Promise<Engine> {
  await migrate(db);
  return {
    ...sqlParts(db),
    url,
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

/** Makes an empty database; `drop` removes it. */
export async function newDatabase(name: EngineName): Promise<OwnDatabase> {
  if (name === 'memory') throw new Error('memory has no database');
  if (name === 'sqlite') return { url: 'sqlite::memory:', drop: async () => {} };
  const server = inject('servers')[name];
  if ('missing' in server) throw new Error(server.missing);
  return createDatabase(server.url, inject('databasePrefix'));
}

function memoryEngine(): Engine {
  const db = memoryDatabase();
  const clock = fixedClock(OUTBOX_START);
  return {
    store: memoryStore(db),
    queries: memoryQueries(db),
    credentials: memoryCredentials(db),
    housekeeping: memoryHousekeeping(db),
    outbox: memoryOutbox(clock, db),
    endpoints: memoryEndpoints(db),
    clock,
    probe: memoryProbe(db),
    pausing: { reason: 'memory loads in one step' },
    unstorable: { reason: 'memory stores whatever it is given' },
    close: async () => {},
  };
}

function sqlParts(db: Database): Omit<Engine, 'close'> {
  const store = knexStore(db);
  const clock = fixedClock(OUTBOX_START);
  return {
    store,
    queries: knexQueries(db),
    credentials: knexCredentials(db),
    housekeeping: knexHousekeeping(db),
    outbox: knexOutbox(db, async () => clock.now()),
    endpoints: knexEndpoints(db, async () => clock.now()),
    clock,
    probe: sqlProbe(db),
    pausing: (pause) => ({ ...store, load: (needs) => pausingBefore(db, pause, () => store.load(needs)) }),
    // Typed as text, and refused as null by the table.
    unstorable: (call) => Object.assign({}, call, { appTimezone: null }),
  };
}

/**
 * Runs `work`, and `pause` before each of its trips to the database; those of `pause` itself are not paused. SQLite has
 * one connection: there, nobody can do anything until it is given back.
 */
async function pausingBefore<Result>(
  db: Database,
  pause: () => Promise<void>,
  work: () => Promise<Result>,
): Promise<Result> {
  const { client } = db;
  const point = client.driverName === 'mysql2' ? 'query' : 'acquireConnection';
  const original = client[point];
  const paused = async (...given: unknown[]) => {
    client[point] = original;
    await pause();
    client[point] = paused;
    return original.apply(client, given);
  };
  client[point] = paused;
  try {
    return await work();
  } finally {
    client[point] = original;
  }
}
