import type { Issue } from '../../domain/checks.ts';
import type { Endpoint } from '../../domain/telling/endpoints.ts';
import type { Redelivery } from '../../domain/telling/redelivery.ts';
import type { Contended, Overloaded } from '../group-commit.ts';
import type { WebhookOutcome } from './webhook-sender.ts';

/** What can come of what an app asks about its endpoints. */

export type WebhookRefusal =
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'endpoint_not_found' }
  | { readonly kind: 'too_many_endpoints'; readonly limit: number }
  /** As many are being tried as may be. */
  | Overloaded
  | Contended;

/** The endpoint as it is now, or was when it was removed. */
export interface EndpointSettled {
  readonly kind: 'endpoint';
  readonly endpoint: Endpoint;
}

export interface EndpointTested {
  readonly kind: 'tested';
  readonly messageId: string;
  readonly outcome: WebhookOutcome;
}

export interface Redelivered {
  readonly kind: 'redelivered';
  readonly many: number;
  /** What to ask for next; null when there is nothing left. */
  readonly next: Redelivery | null;
}
