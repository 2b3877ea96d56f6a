import type { Admission } from './admission.ts';
import type { Clock, CredentialStore, ScheduleQueries, Scheduler } from '@reslot/core';
import type { RequestIdVariables } from 'hono/request-id';

/** Whether the process can serve; `details` are shown to anyone who asks. */
export interface Readiness {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, string>>;
}

/** What the HTTP adapter is driven by and drives. */
export interface HttpPorts {
  readonly scheduler: Scheduler;
  readonly queries: ScheduleQueries;
  readonly credentials: Pick<CredentialStore, 'key'>;
  readonly clock: Clock;
  /** Answers `GET /readyz`; without it the process is always ready. */
  readonly readiness?: () => Promise<Readiness>;
  /** Requests that may be under way at once; what comes on top gets 503. Default 320. */
  readonly mostRequests?: number;
  /** Told of every outage, and of every mistake of ours. */
  readonly report?: (error: unknown, requestId: string) => void;
}

/** What a request carries. */
export interface Env {
  Variables: RequestIdVariables & { room: Admission };
}
