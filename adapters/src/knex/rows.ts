import {
  ALWAYS,
  type Agent,
  type AppPolicy,
  type CallEvent,
  type Hold,
  type Occupied,
  type RequestRecord,
} from '@reslot/core';

/**
 * The rows of the tables, as the drivers give and take them. These files alone know both columns and fields; those of
 * calls are in `call-rows.ts`.
 */

/** A BIGINT, which a driver may be set to give as text. */
export type BigInteger = number | string;

export interface EventRow {
  app_id: string;
  call_id: string;
  seq: BigInteger;
  version: BigInteger;
  type: CallEvent['type'];
  at: BigInteger;
  actor_type: CallEvent['actor']['type'];
  actor_id: string;
  source: string;
  reason: string | null;
  body: string;
}

export interface AgentRow {
  app_id: string;
  id: string;
  name: string;
  active: number | boolean;
  calendar_version: BigInteger;
  /** JSON; null when calls are taken at any time. */
  availability: string | null;
  /** Raised by whoever stores the agent. */
  record_version: BigInteger;
  /** Raised above all others when a round robin has come to this agent. */
  turn: BigInteger;
  email: string | null;
}

export interface PolicyRow {
  app_id: string;
  policy: string;
}

export interface OccupiedRow {
  app_id: string;
  agent_id: string;
  id: string;
  busy_from: BigInteger;
  busy_to: BigInteger;
}

export interface RequestRow {
  app_id: string;
  principal: string;
  digest: string;
  fingerprint: string;
  answer: string;
  expires_at: BigInteger;
}

export interface HoldRow {
  app_id: string;
  id: string;
  agent_id: string;
  busy_from: BigInteger;
  busy_to: BigInteger;
  call_id: string | null;
  expires_at: BigInteger;
}

export const TABLES = {
  apps: 'reslot_apps',
  keys: 'reslot_keys',
  agents: 'reslot_agents',
  calls: 'reslot_calls',
  events: 'reslot_call_events',
  waiting: 'reslot_waiting_events',
  policies: 'reslot_policies',
  requests: 'reslot_requests',
  holds: 'reslot_holds',
  endpoints: 'reslot_endpoints',
  deliveries: 'reslot_deliveries',
} as const;

export function toEventRow(event: CallEvent): EventRow {
  const { appId, callId, seq, version, at, actor, source, reason, type, ...body } = event;
  return {
    app_id: appId,
    call_id: callId,
    seq,
    version,
    type,
    at,
    actor_type: actor.type,
    actor_id: actor.id,
    source,
    reason,
    body: JSON.stringify(body),
  };
}

/** The body is what `toEventRow` wrote for an event of this type. */
export const fromEventRow = (row: EventRow): CallEvent => ({
  appId: row.app_id,
  callId: row.call_id,
  seq: Number(row.seq),
  version: Number(row.version),
  type: row.type,
  at: Number(row.at),
  actor: { type: row.actor_type, id: row.actor_id },
  source: row.source,
  reason: row.reason,
  ...JSON.parse(row.body),
});

export const fromAgentRow = (row: AgentRow): Agent => ({
  appId: row.app_id,
  id: row.id,
  name: row.name,
  active: Boolean(row.active),
  email: row.email,
  availability: row.availability === null ? ALWAYS : JSON.parse(row.availability),
  turn: Number(row.turn),
});

/** Text and not null only where there is something to say: the hot path reads the row of every agent. */
export const availabilityColumn = ({ availability }: Agent): string | null =>
  Object.values(availability).every((list) => list.length === 0) ? null : JSON.stringify(availability);

export const toRequestRow = ({ appId, expiresAt, ...rest }: RequestRecord): RequestRow => ({
  app_id: appId,
  expires_at: expiresAt,
  ...rest,
});

export const fromRequestRow = ({ app_id: appId, expires_at: end, ...rest }: RequestRow): RequestRecord => ({
  appId,
  expiresAt: Number(end),
  principal: rest.principal,
  digest: rest.digest,
  fingerprint: rest.fingerprint,
  answer: rest.answer,
});

export const fromPolicyRow = (row: PolicyRow): AppPolicy => ({
  appId: row.app_id,
  policy: JSON.parse(row.policy),
});

export const fromOccupiedRow = (row: OccupiedRow): Occupied & { appId: string } => ({
  appId: row.app_id,
  agentId: row.agent_id,
  callId: row.id,
  from: Number(row.busy_from),
  to: Number(row.busy_to),
});

export const toHoldRow = (hold: Hold): HoldRow => ({
  app_id: hold.appId,
  id: hold.id,
  agent_id: hold.agentId,
  busy_from: hold.from,
  busy_to: hold.to,
  call_id: hold.callId,
  expires_at: hold.expiresAt,
});

export const fromHoldRow = (row: HoldRow): Hold => ({
  appId: row.app_id,
  id: row.id,
  agentId: row.agent_id,
  from: Number(row.busy_from),
  to: Number(row.busy_to),
  callId: row.call_id,
  expiresAt: Number(row.expires_at),
});
