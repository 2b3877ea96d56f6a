import { createApp } from '@reslot/adapters/http';
import { guestLinksOf } from './guest-links.ts';
import { logError } from '../log.ts';
import { openRateLimiting } from './rate-limiting.ts';
import { createReadiness } from '../running/readiness.ts';
import {
  APP,
  CLOCK,
  CONFIG,
  CREDENTIALS,
  DATABASE,
  GUEST_LINKS,
  INVITATIONS,
  LOG,
  METRICS,
  QUERIES,
  RATE_LIMITING,
  READINESS,
  SCHEDULER,
  WEBHOOKS,
  type Provide,
} from '../services.ts';
import { tokensOf } from './token-verifying.ts';
import { watchOf } from './watching.ts';

/** What answers clients. */
export function provideHttp(provide: Provide): void {
  provide(RATE_LIMITING, (get) =>
    openRateLimiting(get(CONFIG), get(CLOCK), get(LOG), get(METRICS)),
  ).onDeactivation(({ close }) => close());
  provide(GUEST_LINKS, (get) =>
    guestLinksOf(get(CONFIG), { scheduler: get(SCHEDULER), queries: get(QUERIES), clock: get(CLOCK) }),
  );
  provide(READINESS, (get) => createReadiness(get(DATABASE), get(CLOCK)));
  provide(APP, (get) => {
    const tokens = tokensOf(get(CONFIG), get(CLOCK), get(LOG));
    return createApp({
      scheduler: get(SCHEDULER),
      queries: get(QUERIES),
      credentials: get(CREDENTIALS),
      ...(tokens && { tokens }),
      clock: get(CLOCK),
      invitations: get(INVITATIONS),
      webhooks: get(WEBHOOKS),
      guestLinks: get(GUEST_LINKS),
      readiness: get(READINESS).check,
      rateLimits: get(RATE_LIMITING).limits,
      corsOrigins: get(CONFIG).corsOrigins,
      watch: watchOf(get(LOG), get(CLOCK), get(METRICS)),
      mostRequests: get(CONFIG).maxRequests,
      report: (error, requestId) => logError(get(LOG), error, requestId),
    });
  });
}
