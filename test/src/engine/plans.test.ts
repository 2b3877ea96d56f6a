import { createScheduler, DAY, MINUTE } from '@reslot/core';
import { connect } from '@reslot/adapters/connect';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore, migrate } from '@reslot/adapters/knex';
import { describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines, type EngineName } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const CALLS = 600;
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'plans' } as const;

type Database = ReturnType<typeof connect>;
type Statement = { readonly sql: string; readonly bindings: readonly (string | number)[] };

/** The steps of a statement that go by no index, or that look at a good part of the calendar. */
async function costlySteps(db: Database, name: EngineName, { sql, bindings }: Statement): Promise<unknown[]> {
  if (name === 'sqlite') {
    const steps: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings);
    return steps.filter(({ detail }) => /SCAN|by_calendar \((?!.*busy_from)/.test(detail));
  }
  const [steps]: [{ table: string; type: string; key: string | null; rows: number | string }[]] =
    await db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
  return steps.filter(({ key, rows }) => !key || !(Number(rows) <= CALLS / 10));
}

describe.each(sqlEngines())('the statements of a move on %s', (name) => {
  test('go by an index, and look at few rows of a large calendar', async () => {
    const { url, drop } = await newDatabase(name);
    const db = connect(url);
    await migrate(db);
    const ports = { store: knexStore(db), clock: fixedClock(NOW), ids: uuidIds };
    const scheduler = createScheduler(ports);
    for (const id of ['ana', 'ben'])
      await scheduler.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
    await Promise.all(
      Array.from({ length: CALLS }, (_, index) => {
        const startsAt = NOW + (index + 1) * (DAY / 2);
        const guest = { guestName: 'G', appTimezone: 'UTC' };
        return scheduler.execute({
          ...told,
          ...guest,
          type: 'create',
          callId: `c${index}`,
          startsAt,
          agentId: 'ana',
        });
      }),
    );
    if (name !== 'sqlite') await db.raw('ANALYZE TABLE reslot_calls, reslot_agents');

    const statements: Statement[] = [];
    db.on('query', ({ sql, bindings }: Statement) => statements.push({ sql, bindings }));
    const moves = [7, 70, 400].map((index) =>
      scheduler.execute({
        ...told,
        type: 'reschedule',
        callId: `c${index}`,
        edits: { startsAt: NOW + (index + 1) * (DAY / 2) + 60 * MINUTE },
      }),
    );
    const outcomes = await Promise.all(moves);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);

    const planned = statements.filter(({ sql }) => /^(select|update)/i.test(sql));
    // Of each batch the calls, the agents, the slots and the calendars; the first move is a batch of its own.
    expect(planned).toHaveLength(8);
    for (const statement of planned) {
      expect([statement.sql, await costlySteps(db, name, statement)]).toEqual([statement.sql, []]);
    }
    await db.destroy();
    await drop();
  });
});
