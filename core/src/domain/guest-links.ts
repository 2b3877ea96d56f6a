import { isFinal, isMovable, type AppId, type Call, type CallId } from './call.ts';
import { issues, optional, type Issue } from './checks.ts';
import * as fields from './fields.ts';
import { breachOfAny, type Breach, type Policy } from './policy.ts';
import type { Instant } from './time.ts';

export const GUEST_PURPOSES = ['view', 'reschedule', 'cancel'] as const;
/** What a link is made for. Each shows the call. */
export type GuestPurpose = (typeof GUEST_PURPOSES)[number];
/** What a link lets its holder do. */
export type GuestAction = Exclude<GuestPurpose, 'view'>;

/** Seconds for which a link lives. */
export const LINK_SECONDS = { min: 60, max: 730 * 24 * 60 * 60 } as const;

/** What is signed: which call, at which version, for what, and for how long. */
export interface GuestLink {
  readonly appId: AppId;
  readonly callId: CallId;
  /** The version of the call that the link was made for: with any change of the call it loses its power. */
  readonly version: number;
  readonly purposes: readonly GuestPurpose[];
  /** In whole seconds. From then on the link is nothing. */
  readonly expiresAt: Instant;
}

/** Why nothing can be done by a link any more: the call has changed, has begun, or is over. */
export type ReadOnly = 'superseded' | 'started' | 'over';

type Called = Pick<Call, 'status' | 'version' | 'agentId' | 'startsAt'>;

export const isLive = ({ expiresAt }: GuestLink, now: Instant): boolean => now < expiresAt;

export function readOnlyBecause({ version }: GuestLink, call: Called): ReadOnly | null {
  if (isFinal(call.status)) return 'over';
  if (!isMovable(call.status)) return 'started';
  return version === call.version ? null : 'superseded';
}

/** What of the policy keeps a guest from moving the call at all; undefined when some other time may do. */
export const immovableBecause = (
  { startsAt, moves }: Pick<Call, 'startsAt' | 'moves'>,
  policy: Policy,
  now: Instant,
): Breach | undefined =>
  breachOfAny(policy, {
    actor: 'guest',
    now,
    startsAt,
    firstStartsAt: moves.firstStartsAt,
    moves: moves.count,
  });

/** What the holder of a link can do to the call as it is. Which times will do is for `decide` to say. */
export function actionsOf(
  link: GuestLink,
  call: Called & Pick<Call, 'moves'>,
  policy: Policy,
  now: Instant,
): GuestAction[] {
  if (readOnlyBecause(link, call) !== null) return [];
  const mayMove = immovableBecause(call, policy, now) === undefined;
  return link.purposes.filter(
    (purpose): purpose is GuestAction => purpose === 'cancel' || (purpose === 'reschedule' && mayMove),
  );
}

/** What can be wished for a link. */
export interface LinkWish {
  readonly purposes: readonly GuestPurpose[];
  /** Default: until the call should begin, which is also the latest. */
  readonly expiresInSeconds?: number | undefined;
}

export const issuesOfWish = ({ purposes, expiresInSeconds }: LinkWish): Issue[] =>
  issues([
    ['purposes', fields.setOf(GUEST_PURPOSES), purposes],
    ...optional([['expiresInSeconds', fields.whole(LINK_SECONDS), expiresInSeconds]]),
  ]);

/** Why a call can have no link, or none for that. */
export type NoLink =
  | { readonly kind: 'final_state'; readonly status: Call['status'] }
  | { readonly kind: 'already_started' }
  /** Nobody has the call, so there is no calendar to choose a time from. */
  | { readonly kind: 'no_agent' };

/** A link to the call as it is, to be signed. Pure. */
export function linkTo(
  call: Called & Pick<Call, 'appId' | 'id'>,
  { purposes, expiresInSeconds }: LinkWish,
  now: Instant,
): GuestLink | NoLink {
  if (isFinal(call.status)) return { kind: 'final_state', status: call.status };
  const asked = expiresInSeconds === undefined ? call.startsAt : now + expiresInSeconds * SECOND;
  const expiresAt = wholeSeconds(Math.min(asked, call.startsAt));
  if (!isMovable(call.status) || expiresAt <= now) return { kind: 'already_started' };
  if (purposes.includes('reschedule') && call.agentId === null) return { kind: 'no_agent' };
  return { appId: call.appId, callId: call.id, version: call.version, purposes, expiresAt };
}

const SECOND = 1000;
const wholeSeconds = (instant: Instant): Instant => instant - (instant % SECOND);
