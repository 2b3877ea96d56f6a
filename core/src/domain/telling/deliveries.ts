import type { AppId, CallId } from '../call.ts';
import type { EventType } from '../events.ts';
import { MINUTE, type Instant } from '../time.ts';

/** One event on its way to one destination. */
export interface DeliveryKey {
  readonly appId: AppId;
  /** The id of an endpoint, or the name of a destination that serves every app: it begins with `@`. */
  readonly destination: string;
  readonly callId: CallId;
  readonly seq: number;
}

export const SETTLED_STATES = ['delivered', 'dropped', 'dead'] as const;
export type SettledState = (typeof SETTLED_STATES)[number];
export const DELIVERY_STATES = ['pending', ...SETTLED_STATES] as const;
/** `dropped` needs no delivery any more; `dead` means that nobody tries any more, until somebody asks for it. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface Delivery extends DeliveryKey {
  readonly type: EventType;
  readonly state: DeliveryState;
  /** Counted when an attempt begins, so that one which ends its process is counted, too. */
  readonly attempts: number;
  readonly dueAt: Instant;
  /** How the last attempt ended, in a word or two; null before the first. */
  readonly told: string | null;
  readonly createdAt: Instant;
  readonly settledAt: Instant | null;
}

/** What becomes of a delivery after an attempt. */
export type Settlement =
  | { readonly state: SettledState; readonly told: string }
  /** `counts` is false for an attempt that was not made. */
  | {
      readonly state: 'pending';
      readonly told: string;
      readonly inMilliseconds: number;
      readonly counts: boolean;
    };

/** How an attempt ended. */
export type Attempted =
  | { readonly kind: 'delivered'; readonly told: string }
  /** What it says is not true any more, or there is nobody to say it to. */
  | { readonly kind: 'needless'; readonly told: string }
  /** The receiver wants no more at all. */
  | { readonly kind: 'gone'; readonly told: string }
  /** Asking again is in vain. */
  | { readonly kind: 'refused_for_good'; readonly told: string }
  | { readonly kind: 'failed'; readonly told: string; readonly retryAfterSeconds?: number | undefined }
  /** Nobody was asked. */
  | { readonly kind: 'not_made'; readonly told: string };

/** Why a delivery is dead whose event somebody has removed. */
export const EVENT_GONE = 'the event is gone';

/** Characters of how an attempt ended. */
const MOST_TOLD = 150;

const SECOND = 1000;
const HOUR = 60 * MINUTE;

/** Between one attempt and the next: some three days in all (Standard Webhooks, "retry schedule"). */
export const RETRY_DELAYS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
export const MOST_ATTEMPTS = RETRY_DELAYS.length + 1;
/** How long to wait when a receiver's host has no place free. */
const BUSY_DELAY = 5 * SECOND;
/** What a receiver can ask us to wait. */
const LONGEST_WAIT = 24 * HOUR;

/**
 * `attempts` counts the one that has just ended. `jitter` is from 0 to 1: it draws the delay out by up to a fifth, so that
 * those which failed together do not come back together.
 */
export function settlementOf(outcome: Attempted, attempts: number, jitter: number): Settlement {
  const told = outcome.told.slice(0, MOST_TOLD).toWellFormed();
  if (outcome.kind === 'delivered') return { state: 'delivered', told };
  if (outcome.kind === 'needless') return { state: 'dropped', told };
  if (outcome.kind === 'gone' || outcome.kind === 'refused_for_good') return { state: 'dead', told };
  if (outcome.kind === 'not_made') {
    return { state: 'pending', told, inMilliseconds: spread(BUSY_DELAY, jitter), counts: false };
  }
  const delay = RETRY_DELAYS[attempts - 1];
  if (delay === undefined) return { state: 'dead', told: `${told}; ${attempts} attempts` };
  const asked = Math.min((outcome.retryAfterSeconds ?? 0) * SECOND, LONGEST_WAIT);
  return { state: 'pending', told, inMilliseconds: Math.max(asked, spread(delay, jitter)), counts: true };
}

const spread = (delay: number, jitter: number): number => Math.round(delay * (1 + jitter / 5));

/** Whether it goes to a destination that serves every app. */
export const isSystem = ({ destination }: Pick<DeliveryKey, 'destination'>): boolean =>
  destination.startsWith('@');

/** How much of everything a worker may take. */
export interface Shares {
  readonly most: number;
  /** Of these, to endpoints: the rest is kept for the destinations for every app. */
  readonly mostToEndpoints: number;
  /** Deliveries that may be under way to one destination. */
  readonly perDestination: number;
  /** Those that are, by destination. */
  readonly underWay: ReadonlyMap<string, number>;
  /** As above, to all endpoints of one app. */
  readonly perApp: number;
  readonly underWayOf: ReadonlyMap<AppId, number>;
}

/** The first of these that may be taken: a destination, or an app, whose receivers hang leaves room for the others, and all apps together for the destinations for every app. */
export function withinShares<Candidate extends Pick<DeliveryKey, 'appId' | 'destination'>>(
  candidates: readonly Candidate[],
  { most, mostToEndpoints, perDestination, underWay, perApp, underWayOf }: Shares,
): Candidate[] {
  const taken = new Map(underWay);
  const takenOf = new Map(underWayOf);
  const chosen: Candidate[] = [];
  let toEndpoints = 0;
  for (const candidate of candidates) {
    if (chosen.length >= most) break;
    const { appId, destination } = candidate;
    const before = taken.get(destination) ?? 0;
    const beforeOf = takenOf.get(appId) ?? 0;
    const isOwn = !isSystem(candidate);
    if (before >= perDestination) continue;
    if (isOwn && (beforeOf >= perApp || toEndpoints >= mostToEndpoints)) continue;
    taken.set(destination, before + 1);
    if (isOwn) {
      takenOf.set(appId, beforeOf + 1);
      toEndpoints += 1;
    }
    chosen.push(candidate);
  }
  return chosen;
}
