import { createScheduler, DAY, DEFAULT_POLICY, MINUTE, type AgentRecord } from '@reslot/core';
import { connect } from '@reslot/adapters/connect';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore, migrate } from '@reslot/adapters/knex';
import { describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines, type EngineName } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const AGENTS = 100;
const CALLS_EACH = 20;
/** Of another app: nothing of what is done here may look at them. */
const STRANGERS = 3_000;
const MOVES = 100;
/** Rows that a batch may look at for each of its moves. */
const ROWS_A_MOVE = 3;
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'plans' } as const;

type Database = ReturnType<typeof connect>;
type Statement = { readonly sql: string; readonly bindings: readonly (string | number)[] };
interface Step {
  readonly type: string;
  readonly key: string | null;
  readonly rows: number | string;
}

/** The steps of a statement that go through a table or an index from end to end, or that look at too many rows. */
async function costlySteps(db: Database, name: EngineName, { sql, bindings }: Statement): Promise<unknown[]> {
  if (name === 'sqlite') {
    const steps: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings);
    return steps.filter(({ detail }) => /SCAN|calls_by_calendar \((?!.*busy_from)/.test(detail));
  }
  const [steps = []]: Step[][] = await db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, bindings);
  const few = ({ rows }: Step) => Number(rows) <= MOVES * ROWS_A_MOVE;
  return steps.filter((step) => !step.key || !/^(range|ref|eq_ref|const)$/.test(step.type) || !few(step));
}

/** What went to the database in one trip, statement by statement. */
function separated({ sql, bindings }: Statement): Statement[] {
  let first = 0;
  return sql.split('; ').map((part) => {
    const own = bindings.slice(first, (first += part.split('?').length - 1));
    return { sql: part, bindings: own };
  });
}

const tableOf = (sql: string): string => {
  const [word, table] = [/^\w+/, /reslot_\w+/].map((part) => part.exec(sql)?.[0].toLowerCase());
  return `${word} ${table} by ${/busy_from between/i.test(sql) ? 'slot' : 'id'}`;
};

const agentId = (index: number): string => `agent-${index % AGENTS}`;
const startOf = (index: number): number => NOW + (Math.floor(index / AGENTS) + 1) * DAY;

async function fill(db: Database, scheduler: ReturnType<typeof createScheduler>): Promise<void> {
  const agent = (appId: string, id: string): AgentRecord => ({
    appId,
    id,
    name: id,
    active: true,
  });
  const agents = [
    ...Array.from({ length: AGENTS }, (_, index) => agent('app', agentId(index))),
    ...Array.from({ length: STRANGERS }, (_, index) => agent('other', `agent-${index}`)),
  ];
  const rows = agents.map(({ appId, id, name, active }) => ({
    app_id: appId,
    id,
    name,
    active,
    calendar_version: 1,
  }));
  await db.batchInsert('reslot_agents', rows, 100);
  const held = { busy_from: NOW, busy_to: NOW + MINUTE, call_id: null, expires_at: NOW };
  const holds = agents.map(({ appId, id }) => ({ app_id: appId, id: `of ${id}`, agent_id: id, ...held }));
  await db.batchInsert('reslot_holds', holds, 100);
  for (const appId of ['app', 'other']) await scheduler.savePolicy({ appId, policy: DEFAULT_POLICY });
  const booked = await Promise.all(
    Array.from({ length: AGENTS * CALLS_EACH }, (_, index) =>
      scheduler.execute({
        ...told,
        type: 'create',
        callId: `c${index}`,
        startsAt: startOf(index),
        agentId: agentId(index),
        guestName: 'G',
        appTimezone: 'UTC',
      }),
    ),
  );
  expect(new Set(booked.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
}

describe.each(sqlEngines())('the statements of moves on %s', (name) => {
  test('go by an index and look at few rows, for one move and for a batch', async () => {
    const { url, drop } = await newDatabase(name);
    const db = connect(url);
    await migrate(db);
    const scheduler = createScheduler({ store: knexStore(db), clock: fixedClock(NOW), ids: uuidIds });
    await fill(db, scheduler);
    await db.raw(name === 'sqlite' ? 'ANALYZE' : 'ANALYZE TABLE reslot_calls, reslot_agents, reslot_holds');

    const statements: Statement[] = [];
    db.on('query', (sent: Statement) => statements.push(...separated(sent)));
    const outcomes = await Promise.all(
      Array.from({ length: MOVES + 1 }, (_, index) =>
        scheduler.execute({
          ...told,
          type: 'reschedule',
          callId: `c${index}`,
          edits: { startsAt: startOf(index) + 60 * MINUTE },
        }),
      ),
    );
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['accepted']));

    const planned = statements.filter(({ sql }) => /^(select|update)/i.test(sql));
    // Of each batch the policy, the calls, the agents, their holds, the slots, and the calendars raised and looked at; the first move is a batch of its own.
    expect(planned).toHaveLength(14);
    // Versions are read before the slots, and raised before anything is read in the transaction: decision 2.
    expect(planned.slice(0, 7).map(({ sql }) => tableOf(sql))).toEqual([
      'select reslot_policies by id',
      'select reslot_calls by id',
      'select reslot_agents by id',
      'select reslot_holds by id',
      'select reslot_calls by slot',
      'update reslot_agents by id',
      'select reslot_agents by id',
    ]);
    for (const statement of planned) {
      expect([statement.sql.slice(0, 100), await costlySteps(db, name, statement)]).toEqual([
        statement.sql.slice(0, 100),
        [],
      ]);
    }
    await db.destroy();
    await drop();
  });
});
