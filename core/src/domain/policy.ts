import type { ActorType } from './events.ts';
import { DAY, MINUTE, type Instant } from './time.ts';

/** How far ahead a call can be moved, unless the policy says otherwise. */
export const HORIZON_DAYS = 730;

/** What the numbers of a policy may be. */
export const POLICY_LIMITS = {
  minutes: { min: 0, max: HORIZON_DAYS * 24 * 60 },
  horizonDays: { min: 1, max: HORIZON_DAYS },
  maxMoves: { min: 0, max: 1_000_000 },
  /** One a minute. */
  dailyCalls: { min: 0, max: 24 * 60 },
} as const;

/** What one kind of actor may do. null means: no limit. */
export interface ActorPolicy {
  /** Whether it may move a call to another time or agent at all. */
  readonly allowed: boolean;
  /** Minutes that must be left before the call's present start. 0: none, even a call that has started late can be moved. */
  readonly minNoticeToOldMinutes: number;
  /** Minutes that must be left before the new start. 0: none; that it lies in the future is not for the policy to say. */
  readonly minNoticeToNewMinutes: number;
  /** Days of 24 hours from now to the latest new start. */
  readonly horizonDays: number;
  /** Moves of one call to another time, in its life. */
  readonly maxMoves: number | null;
  /** Minutes between the call's first start and the new one, in either direction. */
  readonly maxTotalShiftMinutes: number | null;
  /** Whether a move must say why. */
  readonly reasonRequired: boolean;
  /** Minutes after its present start for which a call can still be moved; null: for ever. */
  readonly graceAfterStartMinutes: number | null;
}

/** What an app allows. */
export interface Policy {
  readonly actors: Readonly<Record<ActorType, ActorPolicy>>;
  /** How many calls an agent may have in a day; null: no limit. */
  readonly dailyCap: {
    readonly calls: number;
    /** Where the day begins and ends: an IANA name. */
    readonly timezone: string;
  } | null;
  /** Whether a change must name the version that it is made for. */
  readonly versionRequired: boolean;
  /** Minutes for which the last move can be taken back. */
  readonly undoWindowMinutes: number;
}

const EVERYTHING: ActorPolicy = {
  allowed: true,
  minNoticeToOldMinutes: 0,
  minNoticeToNewMinutes: 0,
  horizonDays: HORIZON_DAYS,
  maxMoves: null,
  maxTotalShiftMinutes: null,
  reasonRequired: false,
  graceAfterStartMinutes: null,
};

/** Allows everything within the horizon, to everyone. */
export const DEFAULT_POLICY: Policy = {
  actors: { guest: EVERYTHING, agent: EVERYTHING, admin: EVERYTHING, api: EVERYTHING },
  dailyCap: null,
  versionRequired: false,
  undoWindowMinutes: 60,
};

/** What the rules look at. */
export interface Move {
  readonly actor: ActorType;
  readonly now: Instant;
  readonly reason: string | null;
  /** The call's present start. */
  readonly startsAt: Instant;
  /** The start that the call was booked for. */
  readonly firstStartsAt: Instant;
  /** How often the call has been moved to another time, this move not counted. */
  readonly moves: number;
  /** The wanted start; equal to `startsAt` when only the agent changes. */
  readonly newStartsAt: Instant;
}

/** A rule of the policy that a move breaks. Its limit is the last value that is still allowed. */
export type Breach =
  | { readonly kind: 'not_allowed'; readonly actor: ActorType }
  | { readonly kind: 'reason_required' }
  /** Limit: of the old start, the last instant to ask for the move; of the new one, the earliest start. */
  | {
      readonly kind: 'too_soon';
      readonly rule: 'minNoticeToOldMinutes' | 'minNoticeToNewMinutes';
      readonly limit: Instant;
    }
  /** Limit: of the grace, the last instant to ask for the move; of the horizon, the latest new start. */
  | {
      readonly kind: 'too_late';
      readonly rule: 'horizonDays' | 'graceAfterStartMinutes';
      readonly limit: Instant;
    }
  /** Limit: moves, or minutes. */
  | {
      readonly kind: 'limit_reached';
      readonly rule: 'maxMoves' | 'maxTotalShiftMinutes';
      readonly limit: number;
    };

type Rule = (policy: ActorPolicy, move: Move) => Breach | undefined;

/** What is known of a move before it is said where to, and why. */
export type AnyMove = Omit<Move, 'newStartsAt' | 'reason'>;
type RuleOfAny = (policy: ActorPolicy, move: AnyMove) => Breach | undefined;

const permission: RuleOfAny = ({ allowed }, { actor }) =>
  allowed ? undefined : { kind: 'not_allowed', actor };

const reason: Rule = ({ reasonRequired }, move) =>
  reasonRequired && (move.reason ?? '').trim() === '' ? { kind: 'reason_required' } : undefined;

const grace: RuleOfAny = ({ graceAfterStartMinutes: minutes }, { now, startsAt }) => {
  if (minutes === null) return undefined;
  const limit = startsAt + minutes * MINUTE;
  return now > limit ? { kind: 'too_late', rule: 'graceAfterStartMinutes', limit } : undefined;
};

const noticeToOld: RuleOfAny = ({ minNoticeToOldMinutes: minutes }, { now, startsAt }) => {
  const limit = startsAt - minutes * MINUTE;
  // Without a notice, how late a call can be moved is for the grace alone to say.
  return minutes > 0 && now > limit ? { kind: 'too_soon', rule: 'minNoticeToOldMinutes', limit } : undefined;
};

const noticeToNew: Rule = ({ minNoticeToNewMinutes: minutes }, { now, newStartsAt }) => {
  const limit = now + minutes * MINUTE;
  return minutes > 0 && newStartsAt < limit
    ? { kind: 'too_soon', rule: 'minNoticeToNewMinutes', limit }
    : undefined;
};

const horizon: Rule = ({ horizonDays }, { now, newStartsAt }) => {
  const limit = now + horizonDays * DAY;
  return newStartsAt > limit ? { kind: 'too_late', rule: 'horizonDays', limit } : undefined;
};

const moveCount: RuleOfAny = ({ maxMoves: limit }, { moves }) =>
  limit !== null && moves >= limit ? { kind: 'limit_reached', rule: 'maxMoves', limit } : undefined;

const totalShift: Rule = ({ maxTotalShiftMinutes: limit }, { firstStartsAt, newStartsAt }) =>
  limit !== null && Math.abs(newStartsAt - firstStartsAt) > limit * MINUTE
    ? { kind: 'limit_reached', rule: 'maxTotalShiftMinutes', limit }
    : undefined;

/** `ofAny`: it looks neither at the new time nor at the reason. */
type Listed =
  | { readonly ofAny: true; readonly rule: RuleOfAny }
  | { readonly ofAny: false; readonly rule: Rule };

const asked = (rule: Rule): Listed => ({ ofAny: false, rule });
const ofAny = (rule: RuleOfAny): Listed => ({ ofAny: true, rule });

/** In the order of precedence. */
const OF_EVERY_MOVE: readonly Listed[] = [ofAny(permission), asked(reason), ofAny(grace), ofAny(noticeToOld)];
/** The rest of the order: what does not concern a move that leaves the time as it is. */
const OF_ANOTHER_TIME: readonly Listed[] = [
  asked(noticeToNew),
  asked(horizon),
  ofAny(moveCount),
  asked(totalShift),
];
const ALL = [...OF_EVERY_MOVE, ...OF_ANOTHER_TIME];

/** Every rule for its actor that the move breaks, in the order of precedence. Pure. */
export function breachesOf(policy: Policy, move: Move): Breach[] {
  const ofActor = policy.actors[move.actor];
  const rules = move.newStartsAt === move.startsAt ? OF_EVERY_MOVE : ALL;
  return rules.flatMap(({ rule }) => rule(ofActor, move) ?? []);
}

/** The first rule that every move of the call to another time would break; undefined when some move would not. Pure. */
export function breachOfAny(policy: Policy, move: AnyMove): Breach | undefined {
  for (const listed of ALL) {
    const breach = listed.ofAny ? listed.rule(policy.actors[move.actor], move) : undefined;
    if (breach) return breach;
  }
  return undefined;
}
