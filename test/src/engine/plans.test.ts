import { createScheduler, DAY, DEFAULT_POLICY, MINUTE, type AgentRecord, type Scheduler } from '@reslot/core';
import { connect } from '@reslot/adapters/connect';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore, migrate } from '@reslot/adapters/knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDatabase, sqlEngines } from '../engines/engines.ts';
import { costlySteps, separated, seriesSteps, tableOf, type Database, type Statement } from './explained.ts';

const NOW = Date.UTC(2026, 4, 1, 9);
const AGENTS = 100;
const CALLS_EACH = 20;
/** Of another app: nothing of what is done here may look at them. */
const STRANGERS = 3_000;
const MOVES = 100;
/** Rows that a batch may look at for each of its moves. */
const ROWS_A_MOVE = 3;
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'plans' } as const;

/** What a batch sends that does not insert. */
const ONE_BATCH = [
  'select reslot_policies by id',
  'select reslot_calls by id',
  'select reslot_agents by id',
  'select reslot_holds by id',
  'select reslot_calls by slot',
  'update reslot_agents by id',
  'select reslot_agents by id',
];

const agentId = (index: number): string => `agent-${index % AGENTS}`;
const startOf = (index: number): number => NOW + (Math.floor(index / AGENTS) + 1) * DAY;

async function fill(db: Database, scheduler: Scheduler): Promise<void> {
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
        series: { id: `series-of-${agentId(index)}`, wallTime: '2026-05-04T10:00:00' },
      }),
    ),
  );
  expect(new Set(booked.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
}

async function moveMany(scheduler: Scheduler): Promise<void> {
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
}

async function moveSeries(scheduler: Scheduler): Promise<void> {
  const last = AGENTS - 1;
  const edits = { startsAt: startOf(last) + 90 * MINUTE };
  const outcome = await scheduler.changeSeries(
    { ...told, type: 'reschedule', callId: `c${last}`, edits },
    'all',
  );
  expect(outcome).toMatchObject({ kind: 'series', carriedOut: true });
}

describe.each(sqlEngines())('the statements on %s', (name) => {
  let db: Database;
  let drop: () => Promise<void>;
  let ofMoves: Statement[];
  let ofSeries: Statement[];

  beforeAll(async () => {
    const own = await newDatabase(name);
    drop = own.drop;
    db = connect(own.url);
    await migrate(db);
    // One move goes alone and the others together, also where the store works in this thread.
    const store = { ...knexStore(db), yieldThread: undefined };
    const scheduler = createScheduler({ store, clock: fixedClock(NOW), ids: uuidIds });
    await fill(db, scheduler);
    await db.raw(name === 'sqlite' ? 'ANALYZE' : 'ANALYZE TABLE reslot_calls, reslot_agents, reslot_holds');
    const statements: Statement[] = [];
    db.on('query', (sent: Statement) => statements.push(...separated(sent)));
    const planned = () => statements.splice(0).filter(({ sql }) => /^(select|update)/i.test(sql));
    await moveMany(scheduler);
    ofMoves = planned();
    await moveSeries(scheduler);
    ofSeries = planned();
  });
  afterAll(async () => {
    await db?.destroy();
    await drop?.();
  });

  test('of moves go by an index and look at few rows, for one move and for a batch', async () => {
    // Of each batch the policy, the calls, the agents, their holds, the slots, and the calendars raised and looked at; the first move is a batch of its own.
    expect(ofMoves).toHaveLength(14);
    // Versions are read before the slots, and raised before anything is read in the transaction: decision 2.
    expect(ofMoves.slice(0, 7).map(({ sql }) => tableOf(sql))).toEqual(ONE_BATCH);
    for (const statement of ofMoves) {
      expect([
        statement.sql.slice(0, 100),
        await costlySteps(db, name, statement, MOVES * ROWS_A_MOVE),
      ]).toEqual([statement.sql.slice(0, 100), []]);
    }
  });

  test('of a change of a series find its calls by its index, and are those of one move besides, and of the calls that stay', async () => {
    expect(ofSeries.map(({ sql }) => tableOf(sql))).toEqual([
      'select reslot_policies by id',
      'select reslot_calls by id',
      'select reslot_calls by series',
      'select reslot_policies by id',
      'select reslot_calls by nothing',
      ...ONE_BATCH,
      'select reslot_calls by id',
    ]);
    for (const statement of ofSeries) {
      const by = tableOf(statement.sql);
      if (by.endsWith('by series')) expect(await seriesSteps(db, name, statement, CALLS_EACH)).toEqual([]);
      else if (!by.endsWith('by nothing')) {
        expect([by, await costlySteps(db, name, statement, MOVES * ROWS_A_MOVE)]).toEqual([by, []]);
      }
    }
  });
});
