import type { ReminderKind } from '../../domain/reminders.ts';
import type { Instant } from '../../domain/time.ts';
import type { Host } from './invitations.ts';
import type { CallSummary } from '../queries.ts';

/**
 * The port by which a reminder reaches a guest: one attempt, one answer. That it is due, that nobody else sends it, and when
 * to try again is not its business.
 */

/** One attempt to remind one guest. */
export interface DueReminder {
  /** The same at every attempt, and of no other reminder. */
  readonly messageId: string;
  /** As it stands. Its notes are for the house, and not even handed over. */
  readonly call: CallSummary;
  /** Who takes the call; undefined while nobody does. */
  readonly agent: Host | undefined;
  /** URL by which the guest can change or cancel the call, if there is one. For the guest alone. */
  readonly guestLink?: string | undefined;
  readonly kind: ReminderKind;
  /** How long before the start it is meant to come. A late one comes later. */
  readonly minutesBefore: number;
  /** When the attempt is made. */
  readonly at: Instant;
}

/**
 * Why it did not go out, as far as is known. A guest may get a reminder of `connection` and `timeout` all the same: the
 * answer may be what was lost.
 *
 * - `dns`: the carrier's name has no address.
 * - `connection`: none came about, or it broke off.
 * - `tls`: no common protocol, or a certificate that is not trusted.
 * - `timeout`: the carrier did not answer in time, or there was no connection to it for all that time.
 * - `protocol`: what the carrier says is not what was to be said.
 * - `denied`: the carrier does not take messages from this house. That is for its operator to mend.
 * - `deferred`: the carrier asks to come again.
 */
export type ReminderFault = 'dns' | 'connection' | 'tls' | 'timeout' | 'protocol' | 'denied' | 'deferred';

export type ReminderOutcome =
  /** A carrier has taken it. Whether it reaches the guest is not known. */
  | { readonly kind: 'sent' }
  /** The call has nothing by which this channel could reach its guest. */
  | { readonly kind: 'unaddressed' }
  /** For good. The message is one line for a log, of at most 200 characters, and holds nothing of the guest. */
  | { readonly kind: 'refused'; readonly message: string }
  /** For now: another attempt may fare better. */
  | { readonly kind: 'unreachable'; readonly fault: ReminderFault };

export interface ReminderChannel {
  /**
   * Settles within a bound of its own, whatever the carrier does. Rejects only for a mistake of ours.
   */
  send(reminder: DueReminder): Promise<ReminderOutcome>;
}
