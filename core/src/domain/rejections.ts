import type { AgentId, AppId, CallId, Status } from './call.ts';
import type { Issue } from './checks.ts';
import type { Offer } from './offers.ts';
import type { Breach } from './policy.ts';
import type { Slot } from './slots.ts';
import type { Instant, Span } from './time.ts';

interface Misplaced {
  /** The time of the agent that the call would keep, its buffers included. */
  readonly wanted: Slot;
  /** Where the call could go instead, the best first. */
  readonly alternatives: readonly Offer[];
}

/** Why a call cannot be where it is wanted. */
export type PlaceRejection =
  /** The agent's time overlaps time that another call keeps, buffers included on both sides. */
  | ({ readonly kind: 'slot_taken'; readonly taken: Slot } & Misplaced)
  /** The call, without its buffers, is not within one stretch of the agent's working hours. */
  | ({ readonly kind: 'outside_hours' } & Misplaced)
  /** The call, without its buffers, meets time that the agent has taken off. */
  | ({ readonly kind: 'time_off'; readonly taken: Span } & Misplaced)
  /** As above, but time that the agent wants to be left alone in. */
  | ({ readonly kind: 'do_not_disturb'; readonly taken: Span } & Misplaced)
  /** The agent's time is held for somebody else, until then at most. */
  | ({ readonly kind: 'held'; readonly taken: Span; readonly until: Instant } & Misplaced)
  /** The agent has as many calls as it may have on that day. */
  | ({ readonly kind: 'day_full'; readonly calls: number; readonly day: Span } & Misplaced);

/** Every refusal of a rule, as data. Nothing was changed. */
export type Rejection =
  /** The command's content is not acceptable, whatever the schedule says. */
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'call_not_found'; readonly appId: AppId; readonly callId: CallId }
  /** A new call was given the id of one that is there. */
  | { readonly kind: 'call_exists'; readonly callId: CallId }
  /** Completed, cancelled and missed calls do not change any more. */
  | { readonly kind: 'final_state'; readonly status: Status }
  | { readonly kind: 'already_started' }
  /** The call is not at any of the versions that the command was made for. */
  | { readonly kind: 'stale_version'; readonly version: number }
  /** The policy wants a change to name the version that it is made for. */
  | { readonly kind: 'version_required'; readonly version: number }
  /** The call has not been moved since it was booked, or since a move was taken back. */
  | { readonly kind: 'nothing_to_undo' }
  /** The last move could be taken back until then, or its old start has passed. */
  | { readonly kind: 'undo_expired'; readonly until: Instant }
  /** The wanted start is not after `now`. */
  | { readonly kind: 'in_past'; readonly startsAt: Instant; readonly now: Instant }
  /** The wanted start is after the last one that can be booked. */
  | { readonly kind: 'beyond_horizon'; readonly startsAt: Instant; readonly latest: Instant }
  /** The policy of the app. */
  | Breach
  | { readonly kind: 'agent_not_found'; readonly agentId: AgentId }
  /** No such agent in this app, or one that takes no new calls. */
  | { readonly kind: 'agent_unavailable'; readonly agentId: AgentId }
  /** The agent's calendar has as many holds as it may have. */
  | { readonly kind: 'too_many_holds'; readonly limit: number }
  | { readonly kind: 'hold_not_found'; readonly holdId: string }
  /** The hold that the command names keeps nothing of the wanted time: it is over, or of another time or agent. */
  | { readonly kind: 'no_hold'; readonly holdId: string }
  /** The wanted reminder would have been sent by now. */
  | { readonly kind: 'reminder_in_past'; readonly fireAt: Instant; readonly now: Instant }
  | { readonly kind: 'too_many_reminders'; readonly limit: number }
  /** Any agent would do, and there is no active one. */
  | { readonly kind: 'nobody_active' }
  | PlaceRejection;

const OF_A_PLACE: Record<PlaceRejection['kind'], true> = {
  slot_taken: true,
  held: true,
  outside_hours: true,
  time_off: true,
  do_not_disturb: true,
  day_full: true,
};

/** Whether it was refused for its place: another one may do. */
export const isMisplaced = <Outcome extends { readonly kind: string }>(
  outcome: Outcome,
): outcome is Extract<Outcome, PlaceRejection> => Object.hasOwn(OF_A_PLACE, outcome.kind);
