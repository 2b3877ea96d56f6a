import { ALWAYS, type Availability } from './availability.ts';
import type { AgentId, AppId } from './call.ts';

/** An agent in the directory. */
export interface AgentRecord {
  readonly appId: AppId;
  readonly id: AgentId;
  readonly name: string;
  /** An inactive agent keeps its calls and gets no new ones. */
  readonly active: boolean;
  /** Where invitations come from and go to. What is not said is null. */
  readonly email?: string | null;
}

/** Who takes calls. */
export interface Agent extends AgentRecord {
  readonly email: string | null;
  readonly availability: Availability;
  /** Raised above all others when a round robin has come to this agent. */
  readonly turn: number;
}

/** An agent of whom nothing more is said: always available, and not served by a round robin yet. */
export const newAgent = (record: AgentRecord): Agent => ({
  email: null,
  availability: ALWAYS,
  turn: 0,
  ...record,
});

/** Of an app with more active agents, these are looked at where any of them may come into question. */
export const MOST_IN_ROSTER = 250;
