import { LONGEST_SLOT, type Changes, type Claim, type Need, type ScheduleStore } from '@reslot/core';
import type { Knex } from 'knex';
import { isConflict, StaleError } from './conflicts.ts';
import { keyIn, rowKey } from './keys.ts';
import { refuseMappers } from './mappers.ts';
import { orOutage } from './outages.ts';
import { inTurn, MAX_CHARACTERS, writeAll, type Write } from './round-trips.ts';
import { fromCallRow, toCallRow, type CallRow } from './call-rows.ts';
import {
  fromAgentRow,
  fromOccupiedRow,
  TABLES,
  toEventRow,
  type AgentRow,
  type EventRow,
  type OccupiedRow,
} from './rows.ts';

/** The loaded agents, with the versions of their calendars; an agent who is not there is not in it. */
type Loaded = ReadonlyMap<string, AgentRow>;

/** Rows in one INSERT: it stays below every engine's limit of bindings. */
const MAX_ROWS = 256;
/** Alternatives in one condition: SQLite takes expressions of a depth of 1,000. */
const MAX_TERMS = 500;

/**
 * What overlaps a slot. Written out, as a batch repeats it hundreds of times and the query builder takes longer for that
 * than the database. One BETWEEN is planned in half the time of two comparisons.
 */
const TAKEN = '(app_id = ? AND agent_id = ? AND busy_from BETWEEN ? AND ? AND busy_to > ?)';
const anyOf = (condition: string, times: number): string => Array<string>(times).fill(condition).join(' OR ');

/**
 * The schedule in MySQL, MariaDB or SQLite. Reads are single statements outside of any transaction, so each sees what
 * is committed at that moment; the write is one short transaction that locks calendars, and checks them once more.
 */
export function knexStore(db: Knex): ScheduleStore<Loaded> {
  refuseMappers(db);
  return {
    load: (needs) =>
      orOutage(async () => {
        const calls = (await loadCalls(db, needs)).map(fromCallRow);
        const callOf = new Map(calls.map((call) => [rowKey(call.appId, call.id), call]));
        const slots = needs.flatMap(({ appId, callId, calendar }): Claim[] => {
          const slot = calendar?.(callId === undefined ? undefined : callOf.get(rowKey(appId, callId)));
          return slot ? [{ ...slot, appId }] : [];
        });
        const { agents, occupied } = await loadCalendars(db, needs, slots);
        return {
          version: new Map(agents.map((row) => [rowKey(row.app_id, row.id), row])),
          calls,
          agents: agents.map(fromAgentRow),
          occupied: occupied.map(fromOccupiedRow),
        };
      }),

    async commit(loaded, changes) {
      let committing = false;
      const write = () =>
        writeAll(
          db,
          [
            ...claims(db, loaded, changes),
            ...agentWrites(db, loaded, changes),
            ...eventInserts(db, changes),
            ...callUpserts(db, changes),
          ],
          () => {
            committing = true;
          },
        );
      try {
        await orOutage(write, () => committing);
        return 'committed';
      } catch (error) {
        if (isConflict(error)) return 'conflict';
        throw error;
      }
    },
  };
}

async function loadCalls(db: Knex, needs: readonly Need[]): Promise<CallRow[]> {
  const keys = needs.flatMap(({ appId, callId }) => (callId === undefined ? [] : [{ appId, id: callId }]));
  if (keys.length === 0) return [];
  return db<CallRow>(TABLES.calls).select().where(keyIn(keys));
}

async function loadCalendars(
  db: Knex,
  needs: readonly Need[],
  slots: readonly Claim[],
): Promise<{ agents: AgentRow[]; occupied: OccupiedRow[] }> {
  const keys = [...needs, ...slots].flatMap(({ appId, agentId }) =>
    agentId === undefined ? [] : [{ appId, id: agentId }],
  );
  if (keys.length === 0) return { agents: [], occupied: [] };
  // Versions before occupancy: a slot that is taken in between is seen, or breaks the compare-and-swap.
  const [agents, ...occupied] = await inTurn<[AgentRow[], ...OccupiedRow[][]]>(db, [
    db<AgentRow>(TABLES.agents).select().where(keyIn(keys)),
    ...chunks(slots, MAX_TERMS).map((part) => occupiedIn(db, part)),
  ]);
  return { agents, occupied: occupied.flat() };
}

const occupiedIn = (db: Knex, slots: readonly Claim[]): Knex.QueryBuilder =>
  db(TABLES.calls)
    .select('app_id', 'agent_id', 'id', 'busy_from', 'busy_to')
    .whereRaw(
      anyOf(TAKEN, slots.length),
      slots.flatMap(({ appId, agentId, from, to }) => [
        appId,
        agentId,
        from - LONGEST_SLOT + 1,
        to - 1,
        from,
      ]),
    );

/**
 * Whoever takes time of an agent raises the version of its calendar, and keeps everybody else from doing so until the
 * commit. Where somebody has done it since the calendar was loaded, the claims are looked at again.
 */
function claims(db: Knex, loaded: Loaded, changes: Changes): Write[] {
  const saved = new Set(changes.agents.map(({ appId, id }) => rowKey(appId, id)));
  const claimed = changes.claimed.filter(({ appId, agentId }) => !saved.has(rowKey(appId, agentId)));
  if (claimed.length === 0) return [];
  const keys = claimed.map(({ appId, agentId }) => ({ appId, id: agentId }));
  const raise = db<AgentRow>(TABLES.agents).increment('calendar_version', 1).where(keyIn(keys));
  const raised: Write<AgentRow[]> = {
    statement: db<AgentRow>(TABLES.agents).select().where(keyIn(keys)),
    async check(agents, ask) {
      const now = new Map(agents.map((row) => [rowKey(row.app_id, row.id), row]));
      const doubtful = claimed.filter(({ appId, agentId }) => {
        const [after, before] = [now, loaded].map((rows) => rows.get(rowKey(appId, agentId)));
        if (!after || !before || Boolean(after.active) !== Boolean(before.active)) throw new StaleError();
        return Number(after.calendar_version) !== Number(before.calendar_version) + 1;
      });
      if (doubtful.length === 0) return;
      const taken = await ask<OccupiedRow[][]>(
        chunks(doubtful, MAX_TERMS).map((part) => occupiedIn(db, part)),
      );
      const own = new Set(changes.calls.map(({ call }) => rowKey(call.appId, call.id)));
      if (taken.flat().some((row) => !own.has(rowKey(row.app_id, row.id)))) throw new StaleError();
    },
  };
  return [{ statement: raise }, raised];
}

/** An agent is stored if nobody has raised the version of its calendar since it was loaded, or added it. */
const agentWrites = (db: Knex, loaded: Loaded, { agents }: Changes): Write[] =>
  agents.map(({ appId, id, name, active }): Write<number> => {
    const before = loaded.get(rowKey(appId, id));
    if (!before) {
      const row = { app_id: appId, id, name, active, calendar_version: 1 };
      return { statement: db<AgentRow>(TABLES.agents).insert(row) };
    }
    const version = Number(before.calendar_version);
    return {
      statement: db<AgentRow>(TABLES.agents)
        .update({ name, active, calendar_version: version + 1 })
        .where({ app_id: appId, id, calendar_version: version }),
      async check(found) {
        if (found !== 1) throw new StaleError();
      },
    };
  });

/** The primary key of an event is the compare-and-swap of its call: another writer's event has the same number. */
function eventInserts(db: Knex, { calls }: Changes): Write[] {
  const rows = sorted(calls).flatMap(({ events }) => events.map(toEventRow));
  return insertable(rows, ({ body }) => body.length).map((part) => ({
    statement: db<EventRow>(TABLES.events).insert(part),
  }));
}

function callUpserts(db: Knex, { calls }: Changes): Write[] {
  const rows = sorted(calls).map(({ call }) => toCallRow(call));
  return insertable(rows, ({ intake_notes: notes }) => notes?.length ?? 0).map((part) => ({
    statement: db<CallRow>(TABLES.calls).insert(part).onConflict(['app_id', 'id']).merge(),
  }));
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const sorted = (calls: Changes['calls']): Changes['calls'] =>
  calls
    .map((changed) => [rowKey(changed.call.appId, changed.call.id), changed] as const)
    .toSorted(byKey)
    .map(([, changed]) => changed);

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** Splits rows into parts that one INSERT can take; a row alone always can. */
function insertable<Row>(rows: readonly Row[], charactersOf: (row: Row) => number): Row[][] {
  const parts: Row[][] = [];
  let part: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    characters += charactersOf(row);
    if (part.length === 0 || part.length === MAX_ROWS || characters > MAX_CHARACTERS) {
      part = [];
      parts.push(part);
      characters = charactersOf(row);
    }
    part.push(row);
  }
  return parts;
}
