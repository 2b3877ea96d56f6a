import {
  DEFAULT_POLICY,
  MOST_IN_ROSTER,
  type Agent,
  type AppPolicy,
  type Call,
  type Claim,
  type Hold,
  type Known,
  type Need,
  type RequestRecord,
} from '@reslot/core';
import type { Knex } from 'knex';
import { fromCallRow, type CallRow } from './call-rows.ts';
import { holdsOf } from './holds.ts';
import { keyIn, requestIn, rowKey } from './keys.ts';
import { MAX_TERMS, occupiedIn } from './occupied.ts';
import { inTurn } from './round-trips.ts';
import {
  fromAgentRow,
  fromHoldRow,
  fromPolicyRow,
  fromRequestRow,
  TABLES,
  type AgentRow,
  type HoldRow,
  type OccupiedRow,
  type PolicyRow,
  type RequestRow,
} from './rows.ts';

/** What a batch reads: first what says which calendars are needed, then these. */

interface First {
  readonly calls: Call[];
  readonly policies: AppPolicy[];
  /** The agents who may come into question in the place of others. */
  readonly rosters: { readonly appId: string; readonly agentId: string }[];
  readonly knownTo: (need: Need) => Known;
}

export async function loadFirst(db: Knex, needs: readonly Need[]): Promise<First> {
  const apps = [...new Set(needs.map(({ appId }) => appId))];
  const withRoster = apps.filter((appId) => needs.some((need) => need.roster && need.appId === appId));
  const keys = needs.flatMap(({ appId, callId }) => (callId === undefined ? [] : [{ appId, id: callId }]));
  const [policyRows, callRows, ...rosterRows] = await inTurn<[PolicyRow[], CallRow[], ...AgentRow[][]]>(db, [
    db<PolicyRow>(TABLES.policies).select().whereIn('app_id', apps),
    db<CallRow>(TABLES.calls).select().where(keyIn(keys)),
    ...withRoster.map((appId) => rosterOf(db, appId)),
  ]);
  const calls = callRows.map(fromCallRow);
  const policies = policyRows.map(fromPolicyRow);
  const callOf = new Map(calls.map((call) => [rowKey(call.appId, call.id), call]));
  const policyOf = new Map(policies.map(({ appId, policy }) => [appId, policy]));
  const roster = rosterRows.flat().map(fromAgentRow);
  return {
    calls,
    policies,
    rosters: roster.map(({ appId, id }) => ({ appId, agentId: id })),
    knownTo: ({ appId, callId, roster: wanted }) => ({
      call: callId === undefined ? undefined : callOf.get(rowKey(appId, callId)),
      policy: policyOf.get(appId) ?? DEFAULT_POLICY,
      roster: wanted ? roster.filter((agent: Agent) => agent.appId === appId) : [],
    }),
  };
}

/** Few commands come with a key; the others do not pay for it. */
export async function loadRequests(db: Knex, needs: readonly Need[]): Promise<RequestRecord[]> {
  const keys = needs.flatMap(({ request }) => request ?? []);
  if (keys.length === 0) return [];
  const statements: Knex.QueryBuilder[] = [];
  for (let first = 0; first < keys.length; first += MAX_TERMS) {
    const part = keys.slice(first, first + MAX_TERMS);
    statements.push(db<RequestRow>(TABLES.requests).select().where(requestIn(part)));
  }
  const rows = await inTurn<RequestRow[][]>(db, statements);
  return rows.flat().map(fromRequestRow);
}

/** As above: a hold by its name. */
export async function loadNamedHolds(db: Knex, needs: readonly Need[]): Promise<Hold[]> {
  const keys = needs.flatMap(({ appId, holdId }) => (holdId === undefined ? [] : [{ appId, id: holdId }]));
  if (keys.length === 0) return [];
  const rows: HoldRow[] = await db<HoldRow>(TABLES.holds).where(keyIn(keys));
  return rows.map(fromHoldRow);
}

/** As above: all calls of a series. */
export async function loadSeries(db: Knex, needs: readonly Need[]): Promise<Call[]> {
  const keys = needs.flatMap(({ appId, seriesId }) =>
    seriesId === undefined ? [] : [{ appId, id: seriesId }],
  );
  if (keys.length === 0) return [];
  const rows: CallRow[] = await db<CallRow>(TABLES.calls).where(keyIn(keys, 'series_id'));
  return rows.map(fromCallRow);
}

const rosterOf = (db: Knex, appId: string): Knex.QueryBuilder =>
  db<AgentRow>(TABLES.agents)
    .select()
    .where({ app_id: appId, active: true })
    .orderBy('id')
    .limit(MOST_IN_ROSTER);

export async function loadCalendars(
  db: Knex,
  named: readonly { readonly appId: string; readonly agentId?: string }[],
  slots: readonly Claim[],
): Promise<{ agents: AgentRow[]; occupied: OccupiedRow[]; holds: Hold[] }> {
  const keys = [...named, ...slots].flatMap(({ appId, agentId }) =>
    agentId === undefined ? [] : [{ appId, id: agentId }],
  );
  if (keys.length === 0) return { agents: [], occupied: [], holds: [] };
  const distinct = new Map(
    slots.map((slot) => [`${rowKey(slot.appId, slot.agentId)} ${slot.from} ${slot.to}`, slot]),
  );
  // Versions before occupancy: a slot that is taken in between is seen, or makes the commit look again.
  const [agents, holds, ...occupied] = await inTurn<[AgentRow[], HoldRow[], ...OccupiedRow[][]]>(db, [
    db<AgentRow>(TABLES.agents).select().where(keyIn(keys)),
    holdsOf(
      db,
      keys.map(({ appId, id }) => ({ appId, agentId: id })),
    ),
    ...occupiedIn(db, [...distinct.values()]),
  ]);
  return { agents, occupied: occupied.flat(), holds: holds.map(fromHoldRow) };
}
