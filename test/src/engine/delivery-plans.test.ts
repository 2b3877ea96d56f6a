import { connect } from '@reslot/adapters/connect';
import { knexOutbox, migrate } from '@reslot/adapters/knex';
import { DELIVERY_STATES, type DeliveryFilter } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines } from '../engines/engines.ts';
import type { Database, Statement } from './explained.ts';

const DESTINATIONS = 10;
/** Messages to each; one of a hundred is not delivered. */
const EACH = 1_000;

interface Step {
  readonly key: string | null;
  readonly type: string;
}

describe.each(sqlEngines())('a page of deliveries on %s', (name) => {
  let db: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const own = await newDatabase(name);
    drop = own.drop;
    db = connect(own.url);
    await migrate(db);
    const rows = Array.from({ length: DESTINATIONS * EACH }, (_, index) => ({
      app_id: 'app',
      destination: `hook-${index % DESTINATIONS}`,
      call_id: `call-${index}`,
      seq: 1,
      type: 'created',
      state: DELIVERY_STATES[index % 1_000 < DESTINATIONS ? ((index / 1_000) % 4) | 0 : 1] ?? 'delivered',
      attempts: 1,
      due_at: index,
      lease_until: 0,
      created_at: index,
    }));
    await db.batchInsert('reslot_deliveries', rows, 100);
    await db.raw(name === 'sqlite' ? 'ANALYZE' : 'ANALYZE TABLE reslot_deliveries');
  });
  afterAll(async () => {
    await db?.destroy();
    await drop?.();
  });

  /** The index by which the page is found, in words alike for all databases. */
  async function indexOf(filter: DeliveryFilter): Promise<string> {
    const sent: Statement[] = [];
    const note = (statement: Statement) => sent.push(statement);
    db.on('query', note);
    const after = { createdAt: 5_000, callId: 'call-5000', seq: 1, destination: 'hook-3' };
    const page = await knexOutbox(db).deliveries('app', { destination: 'hook-3', ...filter }, 51, after);
    db.off('query', note);
    expect(page.length).toBeGreaterThan(0);
    const [statement] = sent;
    if (!statement) throw new Error('nothing was asked');
    const { sql, bindings } = statement;
    if (name === 'sqlite') {
      const steps: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings);
      return steps.flatMap(({ detail }) => /INDEX (\w+) \((.*)\)/.exec(detail)?.slice(1) ?? []).join(' ');
    }
    const [steps]: Step[][] = await db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
    return (steps ?? []).map(({ type, key }) => `${key} ${type}`).join('; ');
  }

  test('of one state goes by the index of states', async () => {
    expect(await indexOf({ state: 'dead' })).toBe(
      name === 'sqlite'
        ? 'reslot_deliveries_by_state app_id=? AND destination=? AND state=? AND created_at<?'
        : 'reslot_deliveries_by_state range',
    );
  });

  test('of every state goes by the index of ages', async () => {
    expect(await indexOf({})).toBe(
      name === 'sqlite'
        ? 'reslot_deliveries_by_age app_id=? AND destination=? AND created_at<?'
        : 'reslot_deliveries_by_age range',
    );
  });
});
