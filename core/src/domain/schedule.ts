import type { Agent } from './agents.ts';
import { CalendarSlots } from './calendar-slots.ts';
import type { AgentId, AppId, Call, CallId } from './call.ts';
import type { Hold } from './holds.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import type { RequestKey, RequestRecord } from './requests.ts';
import { occupancy, type Occupied, type Slot } from './slots.ts';
import type { Span } from './time.ts';

/** What a decision may see of the app's schedule. */
export interface ScheduleView {
  call(appId: AppId, id: CallId): Call | undefined;
  agent(appId: AppId, id: AgentId): Agent | undefined;
  /** The agents that were loaded, by id: of this decision's and of others, of which less may be known. */
  agents(appId: AppId): readonly Agent[];
  /** Those who come into question where any agent would do, by id: their calendars were loaded for it. Some may have been set inactive since. */
  roster(appId: AppId): readonly Agent[];
  policy(appId: AppId): Policy;
  /** Also those that are over by now. */
  holds(appId: AppId, agentId: AgentId): Iterable<Hold>;
  /** What was answered to a request, even if it has expired. */
  request(key: RequestKey): RequestRecord | undefined;
  /** The occupied slots of an agent, as far as they were loaded for this decision: if `near` is given at least those that overlap it. */
  occupied(appId: AppId, agentId: AgentId, near?: Span): Iterable<Occupied>;
}

export interface AppPolicy {
  readonly appId: AppId;
  readonly policy: Policy;
}

/** What a store loads of a schedule. */
export interface ScheduleData {
  readonly calls: readonly Call[];
  readonly agents: readonly Agent[];
  /** The agents whom the needs were told as their roster. */
  readonly roster: readonly Pick<Agent, 'appId' | 'id'>[];
  readonly occupied: readonly (Occupied & { readonly appId: AppId })[];
  /** Those that were saved; an app without one has the default. */
  readonly policies: readonly AppPolicy[];
  readonly requests: readonly RequestRecord[];
  readonly holds: readonly Hold[];
}

/** Ids never contain the separator, see `fields.ts`. */
const key = (appId: AppId, id: string): string => `${appId}/${id}`;

const requestKey = ({ appId, principal, digest }: RequestKey): string => `${appId}/${principal}/${digest}`;

/** The working copy of one batch: what was loaded, and what the batch has decided on top of it. */
export class Schedule implements ScheduleView {
  readonly #calls = new Map<string, Call>();
  readonly #agents = new Map<string, Agent>();
  readonly #roster: ReadonlySet<string>;
  readonly #policies = new Map<AppId, Policy>();
  readonly #requests = new Map<string, RequestRecord>();
  readonly #holds = new Map<string, Hold>();
  /** The same by calendar. */
  readonly #held = new Map<string, Set<Hold>>();
  readonly #occupied = new Map<string, CalendarSlots>();

  constructor({
    calls = [],
    agents = [],
    roster = agents,
    occupied = [],
    policies = [],
    requests = [],
    holds = [],
  }: Partial<ScheduleData>) {
    for (const call of calls) this.#calls.set(key(call.appId, call.id), call);
    for (const agent of agents) this.recordAgent(agent);
    this.#roster = new Set(roster.map(({ appId, id }) => key(appId, id)));
    for (const slot of occupied) this.#calendar(slot.appId, slot.agentId).keep(slot);
    for (const policy of policies) this.recordPolicy(policy);
    for (const request of requests) this.recordRequest(request);
    for (const hold of holds) this.recordHold(hold);
  }

  call(appId: AppId, id: CallId): Call | undefined {
    return this.#calls.get(key(appId, id));
  }

  agent(appId: AppId, id: AgentId): Agent | undefined {
    return this.#agents.get(key(appId, id));
  }

  agents(appId: AppId): readonly Agent[] {
    return [...this.#agents.values()]
      .filter((agent) => agent.appId === appId)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Not whoever was set active since, or was loaded for another command: nobody has looked at what they keep. */
  roster(appId: AppId): readonly Agent[] {
    return this.agents(appId).filter(({ id }) => this.#roster.has(key(appId, id)));
  }

  policy(appId: AppId): Policy {
    return this.#policies.get(appId) ?? DEFAULT_POLICY;
  }

  occupied(appId: AppId, agentId: AgentId, near?: Span): Iterable<Occupied> {
    const calendar = this.#calendar(appId, agentId);
    return near ? calendar.near(near) : calendar.all().values();
  }

  recordAgent(agent: Agent): void {
    this.#agents.set(key(agent.appId, agent.id), agent);
  }

  holds(appId: AppId, agentId: AgentId): Iterable<Hold> {
    return this.#held.get(key(appId, agentId)) ?? [];
  }

  hold(appId: AppId, id: string): Hold | undefined {
    return this.#holds.get(key(appId, id));
  }

  recordHold(hold: Hold): void {
    this.dropHold(hold);
    this.#holds.set(key(hold.appId, hold.id), hold);
    const calendar = key(hold.appId, hold.agentId);
    this.#held.set(calendar, (this.#held.get(calendar) ?? new Set()).add(hold));
  }

  dropHold({ appId, id }: Pick<Hold, 'appId' | 'id'>): void {
    const hold = this.hold(appId, id);
    if (!hold) return;
    this.#holds.delete(key(appId, id));
    this.#held.get(key(appId, hold.agentId))?.delete(hold);
  }

  recordTurn(appId: AppId, agentId: AgentId, turn: number): void {
    const agent = this.agent(appId, agentId);
    if (agent) this.recordAgent({ ...agent, turn });
  }

  request(name: RequestKey): RequestRecord | undefined {
    return this.#requests.get(requestKey(name));
  }

  recordRequest(request: RequestRecord): void {
    this.#requests.set(requestKey(request), request);
  }

  recordPolicy({ appId, policy }: AppPolicy): void {
    this.#policies.set(appId, policy);
  }

  /** A copy in which these calls keep no time; they are there all the same. */
  vacated(calls: readonly Call[]): Schedule {
    const copy = new Schedule({
      calls: [...this.#calls.values()],
      agents: [...this.#agents.values()],
      roster: [...this.#agents.values()].filter(({ appId, id }) => this.#roster.has(key(appId, id))),
      policies: [...this.#policies].map(([appId, policy]) => ({ appId, policy })),
      requests: [...this.#requests.values()],
      holds: [...this.#holds.values()],
    });
    for (const [calendar, slots] of this.#occupied) copy.#occupied.set(calendar, new CalendarSlots(slots));
    for (const { appId, agentId, id } of calls) {
      if (agentId !== null) copy.#calendar(appId, agentId).drop(id);
    }
    return copy;
  }

  /** Has a call keep time where it is not yet. */
  keep({ appId, id }: Pick<Call, 'appId' | 'id'>, slot: Slot | null): void {
    if (slot) this.#calendar(appId, slot.agentId).keep({ ...slot, callId: id });
  }

  /** Puts the call as it is now in the place of what was known of it. */
  recordCall(call: Call): void {
    const before = this.call(call.appId, call.id);
    if (before?.agentId) this.#calendar(call.appId, before.agentId).drop(call.id);
    this.keep(call, occupancy(call));
    this.#calls.set(key(call.appId, call.id), call);
  }

  #calendar(appId: AppId, agentId: AgentId): CalendarSlots {
    const id = key(appId, agentId);
    const known = this.#occupied.get(id);
    if (known) return known;
    const calendar = new CalendarSlots();
    this.#occupied.set(id, calendar);
    return calendar;
  }
}
