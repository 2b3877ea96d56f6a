import type { Changes } from '@reslot/core';
import type { Knex } from 'knex';
import { toCallRow } from './call-rows.ts';
import type { Loaded } from './claims.ts';
import { StaleError } from './conflicts.ts';
import { inserts } from './inserts.ts';
import { rowKey } from './keys.ts';
import type { Write } from './round-trips.ts';
import {
  availabilityColumn,
  TABLES,
  toEventRow,
  toRequestRow,
  type AgentRow,
  type PolicyRow,
  type RequestRow,
} from './rows.ts';
import { toWaitingRows } from './waiting-events.ts';

/** The statements that store what a batch has changed. */

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
    ...inserts(db, TABLES.requests, requests.map(toRequestRow)),
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

/**
 * In the order of their keys, as two batches meet at them. The primary key of an event is the compare-and-swap of its call:
 * another writer's event has the same number. What has happened waits until it is told.
 */
export function callWrites(db: Knex, { calls }: Changes): Write[] {
  const changed = sorted(calls);
  const events = changed.flatMap((one) => one.events);
  return [
    ...inserts(db, TABLES.events, events.map(toEventRow)),
    ...inserts(db, TABLES.waiting, toWaitingRows(events)),
    ...inserts(
      db,
      TABLES.calls,
      changed.map(({ call }) => toCallRow(call)),
      { key: ['app_id', 'id'], lasting: ['series_id', 'created_at'] },
    ),
  ];
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const sorted = (calls: Changes['calls']): Changes['calls'] =>
  calls
    .map((changed) => [rowKey(changed.call.appId, changed.call.id), changed] as const)
    .toSorted(byKey)
    .map(([, changed]) => changed);
