import type { Agent } from '../domain/agents.ts';
import type { AgentId, AppId, Call, CallId, Status } from '../domain/call.ts';
import type { CallEvent } from '../domain/events.ts';
import type { Policy } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';

/** The driven port of those who only look. */

export interface CallFilter {
  readonly agentId?: AgentId | undefined;
  readonly statuses?: readonly Status[] | undefined;
  readonly bookingSource?: Call['bookingSource'] | undefined;
  readonly seriesId?: string | undefined;
  /** Inclusive. */
  readonly startsFrom?: Instant | undefined;
  /** Exclusive. */
  readonly startsBefore?: Instant | undefined;
  /** A part of the guest's name, phone or e-mail; ASCII letters match in either case. */
  readonly search?: string | undefined;
}

/** A call as lists show it: its notes may be long. */
export type CallSummary = Omit<Call, 'intakeNotes'>;

/** Where a page begins: after a call of the page before, or after a number of calls. */
export type PageStart = { readonly after: Pick<Call, 'startsAt' | 'id'> } | { readonly skip: number };

/** Reads that nothing is decided on. */
export interface ScheduleQueries {
  call(appId: AppId, id: CallId): Promise<Call | undefined>;
  /** Up to `limit` events with a `seq` above `afterSeq`, in their order, as far as `call` had come when it was read. */
  timeline(
    call: Pick<Call, 'appId' | 'id' | 'lastSeq'>,
    afterSeq: number,
    limit: number,
  ): Promise<CallEvent[]>;
  /** Up to `limit` calls by start, then id; `total` counts all that the filter lets through. */
  calls(
    appId: AppId,
    filter: CallFilter,
    start: PageStart,
    limit: number,
  ): Promise<{ calls: CallSummary[]; total: number }>;
  agent(appId: AppId, id: AgentId): Promise<Agent | undefined>;
  /** The one that was saved. */
  policy(appId: AppId): Promise<Policy | undefined>;
}
