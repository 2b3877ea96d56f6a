import { connect } from '@reslot/adapters/connect';
import { knexEndpoints, knexOutbox, knexStore, migrate } from '@reslot/adapters/knex';
import { MINUTE, type Endpoint } from '@reslot/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bookAtOnce } from '../contract/samples.ts';
import { describeOnServers, newDatabase, sqlEngines, type EngineName } from '../engines/engines.ts';
import type { Database } from './explained.ts';

/** What waits for a paused endpoint is set aside for hours; that must not happen to one that goes on at that moment. */

const none = new Map<string, number>();
const SHARES = {
  most: 9,
  mostToEndpoints: 9,
  perDestination: 9,
  underWay: none,
  perApp: 9,
  underWayOf: none,
  systems: [],
};
const PAUSED: Endpoint = {
  appId: 'app',
  id: 'one',
  url: 'https://example.com/',
  description: null,
  types: null,
  status: 'paused',
  trouble: null,
  secret: 's',
  previousSecret: null,
  previousUntil: null,
  familyHeaders: false,
  createdAt: 1,
  version: 1,
};

const goOn = (db: Database) => knexEndpoints(db).change(PAUSED, { ...PAUSED, status: 'active' });

/** A database in which one delivery waits for a paused endpoint. */
async function waiting(name: EngineName) {
  const { url, drop } = await newDatabase(name);
  const db = connect(url);
  onTestFinished(async () => {
    await db.destroy();
    await drop();
  });
  await migrate(db);
  const outbox = knexOutbox(db);
  await knexEndpoints(db).add(PAUSED, 1);
  const events = await bookAtOnce(knexStore(db), 'app', ['call']);
  const wanted = events.map(({ appId, callId, seq, type }) => ({
    appId,
    destination: 'one',
    callId,
    seq,
    type,
  }));
  await outbox.handOut((await outbox.waiting(1000)).events, wanted);
  let claims = 0;
  return {
    url,
    db,
    claim() {
      claims += 1;
      return outbox.claim({ token: `t${claims}`, lease: MINUTE, ...SHARES });
    },
  };
}

/** Runs `work`, and `then` before it takes a connection for the `trip`-th time; gives how many times it was. */
async function interrupted(
  { client }: Database,
  trip: number,
  then: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<number> {
  const original = client.acquireConnection;
  let trips = 0;
  const counting = async (...given: unknown[]) => {
    trips += 1;
    if (trips === trip) {
      client.acquireConnection = original;
      await then();
      client.acquireConnection = counting;
    }
    return original.apply(client, given);
  };
  client.acquireConnection = counting;
  try {
    await work();
  } finally {
    client.acquireConnection = original;
  }
  return trips;
}

describe.each(sqlEngines())('an endpoint that goes on while a claim looks, on %s', (name) => {
  test('keeps nothing aside, wherever the claim has come to', async () => {
    let trips = 1;
    for (let trip = 1; trip <= trips; trip += 1) {
      const { db, claim } = await waiting(name);
      let claimed = 0;
      trips = await interrupted(
        db,
        trip,
        () => goOn(db),
        async () => {
          claimed = (await claim()).length;
        },
      );
      expect([trip, claimed + (await claim()).length]).toEqual([trip, 1]);
    }
    expect(trips).toBeGreaterThan(3);
  });
});

describeOnServers('an endpoint that goes on while what waits for it is written', (name) => {
  /** One connection, which waits for a lock for longer than it would. */
  async function patient(url: string): Promise<Database> {
    const db = connect(url, { statementTimeout: 20_000, poolSize: 1 });
    onTestFinished(async () => {
      await db.destroy();
    });
    await db.raw('SET SESSION innodb_lock_wait_timeout = 20');
    return db;
  }
  /** Of this database, how many wait for a lock. */
  const blocked = async (db: Database): Promise<number> => {
    const [rows] = await db.raw(
      "SELECT COUNT(*) AS many FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()",
    );
    return Number(rows[0].many);
  };
  /** InnoDB shows the same list again until nobody has asked for 100 ms. */
  const POLL = { timeout: 15_000, interval: 150 };

  test('keeps nothing aside', async () => {
    const { url, claim } = await waiting(name);
    const [claims, endpoints, locks] = [await patient(url), await patient(url), await patient(url)];
    const holder = await locks.transaction();
    await holder('reslot_deliveries').where({ call_id: 'call' }).forUpdate();
    const claiming = knexOutbox(claims).claim({ token: 'first', lease: MINUTE, ...SHARES });
    await expect.poll(() => blocked(holder), POLL).toBe(1);
    let isOn = false;
    const going = goOn(endpoints).then(() => {
      isOn = true;
    });
    await expect.poll(async () => isOn || (await blocked(holder)) === 2, POLL).toBe(true);
    await holder.rollback();
    await Promise.all([claiming, going]);
    expect(await claim()).toHaveLength(1);
  });
});
