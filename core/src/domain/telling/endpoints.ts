import type { AppId } from '../call.ts';
import type { EventType } from '../events.ts';
import { DAY, type Instant } from '../time.ts';

/** Where an app wants to be told what happens. */
export interface Endpoint {
  readonly appId: AppId;
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** The kinds of events that it wants; null for every kind, also those to come. */
  readonly types: readonly EventType[] | null;
  /** Nothing is sent while it is `paused`; what happens meanwhile waits. A `disabled` one said that it wants no more (410): nothing is kept for it. */
  readonly status: 'active' | 'paused' | 'disabled';
  /** Why it is not active; null when somebody asked for it. */
  readonly trouble: 'gone' | 'failing' | null;
  readonly secret: string;
  /** The one before, with which messages are signed as well until `previousUntil`. */
  readonly previousSecret: string | null;
  readonly previousUntil: Instant | null;
  /** Whether to add the headers of the scheduled-calls family. */
  readonly familyHeaders: boolean;
  readonly createdAt: Instant;
  /** Raised by every change. */
  readonly version: number;
}

/** How long receivers have to change over to a new secret. */
export const SECRET_OVERLAP = DAY;
/** Endpoints of one app. */
export const MOST_ENDPOINTS = 20;

/** Whether what happens is kept for the endpoint. */
export const wants = ({ status, types }: Endpoint, type: EventType): boolean =>
  status !== 'disabled' && (types === null || types.includes(type));

export const rotated = (endpoint: Endpoint, secret: string, now: Instant): Endpoint => ({
  ...endpoint,
  secret,
  previousSecret: endpoint.secret,
  previousUntil: now + SECRET_OVERLAP,
});

/** Those that messages are signed with, the newest first. */
export const liveSecrets = (
  { secret, previousSecret, previousUntil }: Endpoint,
  now: Instant,
): readonly [newest: string, previous?: string] =>
  previousSecret !== null && previousUntil !== null && now < previousUntil
    ? [secret, previousSecret]
    : [secret];
