import type {
  Agent,
  App,
  Call,
  CallEvent,
  Delivery,
  Endpoint,
  Hold,
  Key,
  Policy,
  RequestRecord,
} from '@reslot/core';

/** What the memory adapters share. Rows are keyed as in the tables of the SQL adapters. */
export interface MemoryDatabase {
  readonly calls: Map<string, Call>;
  readonly events: Map<string, readonly CallEvent[]>;
  readonly agents: Map<string, Agent>;
  /** How often time of each agent was taken. */
  readonly calendars: Map<string, number>;
  /** When a round robin came to each agent. */
  readonly turns: Map<string, number>;
  readonly policies: Map<string, Policy>;
  readonly requests: Map<string, RequestRecord>;
  readonly holds: Map<string, Hold>;
  readonly apps: Map<string, App>;
  readonly keys: Map<string, Key>;
  readonly endpoints: Map<string, Endpoint>;
  /** Events that nobody has handed out, by their places: those of an app that one commit has written. */
  readonly outbox: Map<number, readonly CallEvent[]>;
  /** That of the events that were written last. */
  lastPlace: number;
  readonly deliveries: Map<string, LeasedDelivery>;
}

export interface LeasedDelivery extends Delivery {
  readonly leaseUntil: number;
  readonly leaseToken: string | null;
}

export const memoryDatabase = (): MemoryDatabase => ({
  calls: new Map(),
  events: new Map(),
  agents: new Map(),
  calendars: new Map(),
  turns: new Map(),
  policies: new Map(),
  requests: new Map(),
  holds: new Map(),
  apps: new Map(),
  keys: new Map(),
  endpoints: new Map(),
  outbox: new Map(),
  lastPlace: 0,
  deliveries: new Map(),
});

/** Ids contain no slash. */
export const rowKey = (appId: string, id: string): string => `${appId}/${id}`;

export function agentIn(db: MemoryDatabase, key: string): Agent | undefined {
  const agent = db.agents.get(key);
  return agent && { ...agent, turn: db.turns.get(key) ?? 0 };
}
