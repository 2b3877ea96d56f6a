import { connect } from '@reslot/adapters/connect';
import { knexEndpoints, knexOutbox, migrate } from '@reslot/adapters/knex';
import { MINUTE, type NewDelivery } from '@reslot/core';
import { expect, test } from 'vitest';
import { describeOnServers, newDatabase } from '../engines/engines.ts';

const BACKLOG = 3_000;
/** Rows that a claim may look at: those that it chooses from, their endpoints, what is before them, and what it takes. */
const MOST_ROWS = 2_500;

describeOnServers('a claim from a long backlog', (name) => {
  test('looks at some of it', async () => {
    const { url, drop } = await newDatabase(name);
    // The database counts by connection.
    const db = connect(url, { poolSize: 1 });
    await migrate(db);
    const fixed = { description: null, types: null, familyHeaders: false, trouble: null, createdAt: 1 };
    const rest = { status: 'active', previousSecret: null, previousUntil: null, version: 1 } as const;
    const endpoint = { ...fixed, ...rest, appId: 'app', id: 'e', url: 'https://example.com/', secret: 's' };
    await knexEndpoints(db).add(endpoint, 1);
    const outbox = knexOutbox(db);
    const wanted = Array.from({ length: BACKLOG }, (_, index): NewDelivery => ({
      appId: 'app',
      destination: 'e',
      callId: `call-${index}`,
      seq: 1,
      type: 'created',
    }));
    await outbox.handOut([], wanted);

    const looked = async (): Promise<number> => {
      const [rows] = await db.raw("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return rows.reduce((sum: number, { Value }: { Value: string }) => sum + Number(Value), 0);
    };
    const before = await looked();
    const shares = {
      most: 8,
      mostToEndpoints: 8,
      perDestination: 8,
      underWay: new Map<string, number>(),
      perApp: 1000,
      underWayOf: new Map<string, number>(),
    };
    await outbox.claim({ token: 't', lease: MINUTE, systems: [], ...shares });
    expect((await looked()) - before).toBeLessThan(MOST_ROWS);
    // Their events are not there.
    const leased = await db('reslot_deliveries').where({ attempts: 1 }).count({ many: '*' });
    expect(Number(leased[0]?.many)).toBe(8);
    await db.destroy();
    await drop();
  });
});
