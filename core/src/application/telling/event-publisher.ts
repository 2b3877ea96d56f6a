import type { AppId, CallId } from '../../domain/call.ts';
import type { MessageType } from '../../domain/telling/telling.ts';

/** The port that hands events to a message broker: one attempt, one answer. When to try again is not its business. */

/** What is published of one event. */
export interface EventMessage {
  /** That of the envelope: the same at every attempt, so that the broker knows a copy. */
  readonly id: string;
  readonly appId: AppId;
  readonly callId: CallId;
  readonly type: MessageType;
  /** JSON; it is published byte for byte, in UTF-8. */
  readonly body: string;
}

/**
 * Why it is not known to be stored.
 *
 * - `connection`: none came about, or it broke off.
 * - `dns`: the broker's name has no address.
 * - `tls`: no common protocol, or a certificate that is not trusted.
 * - `credentials`: the broker does not let us in.
 * - `no_stream`: nothing there keeps such messages.
 * - `timeout`: no answer came in time.
 * - `protocol`: what came is no answer.
 */
export type PublishFault =
  | 'connection'
  | 'dns'
  | 'tls'
  | 'credentials'
  | 'no_stream'
  | 'timeout'
  | 'protocol';

export type PublishOutcome =
  /** Stored. `duplicate`: an earlier attempt had been already, and this one changed nothing. */
  | { readonly kind: 'published'; readonly duplicate: boolean }
  /** It may be stored all the same, if the answer was lost; trying again is safe. */
  | { readonly kind: 'unreachable'; readonly fault: PublishFault }
  /** The broker says no, in its own words: too large, no permission, full. Nothing was stored. */
  | { readonly kind: 'refused'; readonly message: string };

export interface EventPublisher {
  /** Settles within a bound of its own, whatever the broker does. Rejects only for a mistake of ours. */
  publish(message: EventMessage): Promise<PublishOutcome>;
}
