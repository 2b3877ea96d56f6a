import type { Admission } from './admission/admission.ts';
import type { Callers } from './callers/callers.ts';
import type {
  Clock,
  CredentialStore,
  GuestLinks,
  Invitations,
  ScheduleQueries,
  Scheduler,
  TokenVerifier,
  Webhooks,
} from '@reslot/core';
import type { RequestIdVariables } from 'hono/request-id';
import type { Limited, RateLimits } from './admission/rate-limits.ts';
import type { Watch } from './watch.ts';

/** Whether the process can serve; `details` are shown to anyone who asks. */
export interface Readiness {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, string>>;
}

/** What the request itself does not say. */
export interface Client {
  /** The name of who asks, for limits by address. */
  readonly clientAddress?: string;
}

/** What the HTTP adapter is driven by and drives. */
export interface HttpPorts {
  readonly scheduler: Scheduler;
  readonly queries: ScheduleQueries;
  readonly credentials: Pick<CredentialStore, 'key' | 'noteUse'>;
  /** Checks bearer tokens that somebody else has issued; without it there are only those of keys. */
  readonly tokens?: TokenVerifier;
  readonly clock: Clock;
  /** Writes what `invite.ics` answers; without it there is no such route. */
  readonly invitations?: Invitations;
  /** What is behind the links of guests; without it there are none, and no routes for them. */
  readonly guestLinks?: GuestLinks | undefined;
  /** What is behind `/webhooks`; without it there are no such routes. */
  readonly webhooks?: Webhooks;
  /** Answers `GET /readyz`; without it the process is always ready. */
  readonly readiness?: () => Promise<Readiness>;
  /** Requests that may be under way at once; what comes on top gets 503. Default 320. */
  readonly mostRequests?: number;
  /** How much clients may ask; without it, as much as they like. */
  readonly rateLimits?: RateLimits | undefined;
  /** Origins (RFC 6454) whose pages may read the answers; default none. */
  readonly corsOrigins?: readonly string[];
  /** Told of every request that is answered. */
  readonly watch?: Watch | undefined;
  /** Told of every outage, and of every mistake of ours. */
  readonly report?: (error: unknown, requestId: string) => void;
}

/** What the routes work with: credentials are only looked at behind `callers`. */
export interface RoutePorts extends Omit<HttpPorts, 'credentials' | 'tokens'> {
  readonly callers: Callers;
}

/** What a request carries. */
export interface Env {
  Bindings: Client;
  Variables: RequestIdVariables & { room: Admission; limited: Limited };
}
