import type { Call } from '../../domain/call.ts';
import type { Instant } from '../../domain/time.ts';
import type { Host, Invitation } from './invitations.ts';
import type { ReminderOutcome } from './reminder-channel.ts';

/** The port by which an invitation reaches a participant of its call: one attempt, one answer. When to try again is not its business. */

/**
 * What has become of the call for whoever is told.
 *
 * - `invited`: there is one, or it is new to the recipient.
 * - `changed`: it is otherwise than it was.
 * - `cancelled`: it will not be.
 * - `withdrawn`: it will be, without the recipient.
 */
export type News = 'invited' | 'changed' | 'cancelled' | 'withdrawn';

/** One attempt to tell one participant. */
export interface InvitationNotice {
  /** The same at every attempt, and of no other event or recipient. */
  readonly messageId: string;
  readonly to: { readonly name: string; readonly email: string };
  /** The other side of the call; undefined while nobody takes it. */
  readonly counterpart: Host | undefined;
  readonly news: News;
  readonly call: Pick<Call, 'id' | 'startsAt' | 'durationMinutes'>;
  /** IANA; in which the recipient is told the time. */
  readonly timezone: string;
  readonly invitation: Invitation;
  /** URL by which the guest can change or cancel the call, if the recipient is the guest and there is one. */
  readonly guestLink?: string | undefined;
  /** When the attempt is made. */
  readonly at: Instant;
}

export interface InvitationChannel {
  /** As the `send` of a `ReminderChannel`: settles within a bound of its own, and rejects only for a mistake of ours. */
  notify(notice: InvitationNotice): Promise<ReminderOutcome>;
}
