import type { Instant } from '../../domain/time.ts';

/** The port that sends webhooks: one attempt, one answer. When to try again, and how often, is not its business. */

/** One attempt to deliver one message to one endpoint. */
export interface WebhookAttempt {
  readonly url: string;
  /** The newest first; the one before while receivers change over. Each `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secrets: readonly [newest: string, previous?: string];
  /** The same at every attempt; without a dot (Standard Webhooks). */
  readonly messageId: string;
  /** JSON, byte for byte what is signed. */
  readonly body: string;
  /** When the attempt is made; the signature covers it, to the second. */
  readonly at: Instant;
  /** Such as `scheduled.rescheduled`. */
  readonly eventType: string;
  readonly endpointId: string;
  /** Which attempt it is; the first is 1. */
  readonly number: number;
  /** Whether to add the headers of the scheduled-calls family. */
  readonly familyHeaders: boolean;
}

/**
 * Why there was no answer.
 *
 * - `busy`: too many other attempts at this host, for all the time there was; this one was not made.
 * - `dns`: the name has no address.
 * - `connection`: none came about, or it broke off.
 * - `tls`: no common protocol, or a certificate that is not trusted.
 * - `timeout`: no status came in time.
 * - `too_slow`: a status came in time, the rest did not.
 * - `protocol`: what came is no HTTP.
 */
export type WebhookFault = 'busy' | 'dns' | 'connection' | 'tls' | 'timeout' | 'too_slow' | 'protocol';

/** The beginning of what the receiver said, for a log: at most 1 KiB of UTF-8, without control characters. */
interface Answer {
  readonly status: number;
  readonly excerpt: string;
}

export type WebhookOutcome =
  /** Any 2xx. */
  | (Answer & { readonly kind: 'delivered' })
  /** 410: the receiver wants no more of them. */
  | (Answer & { readonly kind: 'gone' })
  /** Any other status, redirects included: none is followed. */
  | (Answer & {
      readonly kind: 'refused';
      /** What `Retry-After` asks for, whole and from 0 to a year (RFC 9110, 10.2.3). */
      readonly retryAfterSeconds?: number;
    })
  | { readonly kind: 'unreachable'; readonly fault: WebhookFault }
  /** The URL is not one to send to, or leads to an address that is not public. Nothing was sent. */
  | { readonly kind: 'forbidden'; readonly message: string };

export interface WebhookSender {
  /**
   * Settles within a bound of its own, whatever the receiver does. Rejects only for an attempt that breaks the obligations
   * above: a secret that cannot be read, an id that cannot be signed.
   */
  send(attempt: WebhookAttempt): Promise<WebhookOutcome>;
}
