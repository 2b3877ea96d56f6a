import type { AgentId, AppId, Call, CallId } from './call.ts';
import { occupancy, type Occupied } from './slots.ts';

/** Who takes calls. */
export interface Agent {
  readonly appId: AppId;
  readonly id: AgentId;
  readonly name: string;
  /** An inactive agent keeps its calls and gets no new ones. */
  readonly active: boolean;
}

/** What a decision may see of the app's schedule. */
export interface ScheduleView {
  call(appId: AppId, id: CallId): Call | undefined;
  agent(appId: AppId, id: AgentId): Agent | undefined;
  /** The occupied slots of an agent, as far as they were loaded for this decision. */
  occupied(appId: AppId, agentId: AgentId): Iterable<Occupied>;
}

/** What a store loads of a schedule. */
export interface ScheduleData {
  readonly calls: readonly Call[];
  readonly agents: readonly Agent[];
  readonly occupied: readonly (Occupied & { readonly appId: AppId })[];
}

/** Ids never contain the separator, see `fields.ts`. */
const key = (appId: AppId, id: string): string => `${appId}/${id}`;

/** The working copy of one batch: what was loaded, and what the batch has decided on top of it. */
export class Schedule implements ScheduleView {
  readonly #calls = new Map<string, Call>();
  readonly #agents = new Map<string, Agent>();
  readonly #occupied = new Map<string, Map<CallId, Occupied>>();

  constructor(data: ScheduleData) {
    for (const call of data.calls) this.#calls.set(key(call.appId, call.id), call);
    for (const agent of data.agents) this.recordAgent(agent);
    for (const slot of data.occupied) this.#calendar(slot.appId, slot.agentId).set(slot.callId, slot);
  }

  call(appId: AppId, id: CallId): Call | undefined {
    return this.#calls.get(key(appId, id));
  }

  agent(appId: AppId, id: AgentId): Agent | undefined {
    return this.#agents.get(key(appId, id));
  }

  occupied(appId: AppId, agentId: AgentId): Iterable<Occupied> {
    return this.#calendar(appId, agentId).values();
  }

  recordAgent(agent: Agent): void {
    this.#agents.set(key(agent.appId, agent.id), agent);
  }

  /** Puts the call as it is now in the place of what was known of it. */
  recordCall(call: Call): void {
    const before = this.call(call.appId, call.id);
    if (before?.agentId) this.#calendar(call.appId, before.agentId).delete(call.id);
    const slot = occupancy(call);
    if (slot) this.#calendar(call.appId, slot.agentId).set(call.id, { ...slot, callId: call.id });
    this.#calls.set(key(call.appId, call.id), call);
  }

  #calendar(appId: AppId, agentId: AgentId): Map<CallId, Occupied> {
    const id = key(appId, agentId);
    const known = this.#occupied.get(id);
    if (known) return known;
    const calendar = new Map<CallId, Occupied>();
    this.#occupied.set(id, calendar);
    return calendar;
  }
}
