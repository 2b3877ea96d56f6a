import type { Changes } from '@reslot/core';
import type { Knex } from 'knex';
import { toCallRow, type CallRow } from './call-rows.ts';
import type { Loaded } from './claims.ts';
import { StaleError } from './conflicts.ts';
import { rowKey } from './keys.ts';
import { MAX_CHARACTERS, type Write } from './round-trips.ts';
import {
  availabilityColumn,
  TABLES,
  toEventRow,
  toRequestRow,
  type AgentRow,
  type EventRow,
  type PolicyRow,
  type RequestRow,
} from './rows.ts';
import { toWaitingRow, type WaitingRow } from './waiting-events.ts';

/** The statements that store what a batch has changed. */

/** Rows in one INSERT: it stays below every engine's limit of bindings. */
const MAX_ROWS = 256;

/** An agent is stored if nobody has stored it since it was loaded. */
export function agentWrites(db: Knex, loaded: Loaded, { agents }: Changes): Write[] {
  // Of two that a batch wants of one agent, the later one stands.
  const wanted = new Map(agents.map((agent) => [rowKey(agent.appId, agent.id), agent]));
  return [...wanted].map(([key, agent]): Write<number> => {
    const { appId, id, name, active, email } = agent;
    const record = { name, active, email, availability: availabilityColumn(agent) };
    const before = loaded.agents.get(key);
    if (!before) {
      const row = { app_id: appId, id, ...record, calendar_version: 1, record_version: 1, turn: 0 };
      return { statement: db<AgentRow>(TABLES.agents).insert(row) };
    }
    const version = Number(before.record_version);
    return {
      statement: db<AgentRow>(TABLES.agents)
        .update({ ...record, record_version: version + 1 })
        .where({ app_id: appId, id, record_version: version }),
      async check(found) {
        if (found !== 1) throw new StaleError();
      },
    };
  });
}

/** Their calendars are locked, as each comes with a claim. Of two of one agent the later one stands. */
export const turnWrites = (db: Knex, { turns }: Changes): Write[] =>
  turns.map(({ appId, agentId, turn }) => ({
    statement: db<AgentRow>(TABLES.agents).update({ turn }).where({ app_id: appId, id: agentId }),
  }));

/** The primary key of a record is what two who record one request meet at. An expired one makes room. */
export function requestWrites(db: Knex, { requests: loaded }: Loaded, { requests }: Changes): Write[] {
  const expired = requests.flatMap(({ appId, principal, digest }) => {
    const known = loaded.find(
      (one) => one.appId === appId && one.principal === principal && one.digest === digest,
    );
    return known ? [toRequestRow(known)] : [];
  });
  return [
    ...expired.map(({ app_id, principal, digest, expires_at }) => ({
      statement: db<RequestRow>(TABLES.requests).where({ app_id, principal, digest, expires_at }).delete(),
    })),
    ...insertable(requests.map(toRequestRow), ({ answer }) => answer.length).map((part) => ({
      statement: db<RequestRow>(TABLES.requests).insert(part),
    })),
  ];
}

/** Of two that a batch wants of one app, the later one stands. */
export const policyWrites = (db: Knex, { policies }: Changes): Write[] =>
  [...new Map(policies.map(({ appId, policy }) => [appId, policy]))].map(([appId, policy]) => ({
    statement: db<PolicyRow>(TABLES.policies)
      .insert({ app_id: appId, policy: JSON.stringify(policy) })
      .onConflict('app_id')
      .merge(),
  }));

/** The primary key of an event is the compare-and-swap of its call: another writer's event has the same number. */
export function eventInserts(db: Knex, { calls }: Changes): Write[] {
  const rows = sorted(calls).flatMap(({ events }) => events.map(toEventRow));
  return insertable(rows, ({ body }) => body.length).map((part) => ({
    statement: db<EventRow>(TABLES.events).insert(part),
  }));
}

/** What has happened waits until it is told. */
export function waitingInserts(db: Knex, { calls }: Changes): Write[] {
  const rows = sorted(calls).flatMap(({ events }) => events.map(toWaitingRow));
  return insertable(rows, () => 0).map((part) => ({
    statement: db<WaitingRow>(TABLES.outbox).insert(part),
  }));
}

export function callUpserts(db: Knex, { calls }: Changes): Write[] {
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
