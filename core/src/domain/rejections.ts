import type { AgentId, AppId, CallId, Status } from './call.ts';
import type { Issue } from './issues.ts';
import type { Slot } from './slots.ts';
import type { Instant } from './time.ts';

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
  /** The wanted start is not after `now`. */
  | { readonly kind: 'in_past'; readonly startsAt: Instant; readonly now: Instant }
  /** The wanted start is after the last one that can be booked. */
  | { readonly kind: 'beyond_horizon'; readonly startsAt: Instant; readonly latest: Instant }
  /** No such agent in this app, or one that takes no new calls. */
  | { readonly kind: 'agent_unavailable'; readonly agentId: AgentId }
  /** The agent's time `wanted` overlaps time that is `taken`, buffers included on both sides. */
  | { readonly kind: 'slot_taken'; readonly wanted: Slot; readonly taken: Slot };
