import type { Agent } from '../../domain/agents.ts';
import type { CallSummary } from '../queries.ts';

/** A call as calendars take it: an iCalendar object (RFC 5545), to be handed over as RFC 5546 says. */
export interface Invitation {
  /**
   * What it asks of a calendar. `PUBLISH` when there is nobody to answer: a `REQUEST` names at least one attendee
   * (RFC 5546, 3.2.2), and a guest without an e-mail cannot be one.
   */
  readonly method: 'REQUEST' | 'PUBLISH' | 'CANCEL';
  /** A whole `text/calendar`: lines end with CRLF, and are to be encoded in UTF-8. */
  readonly text: string;
}

/** What an invitation says of an agent. */
export type Host = Pick<Agent, 'name' | 'email'>;

/**
 * The invitations of calls. All of one call have one UID, whatever becomes of it; their SEQUENCE is the number of changes
 * since the booking. The same call and agent give the same text. The notes of a call are for the house: they are not even
 * asked for. Pure.
 */
export interface Invitations {
  /**
   * The call as it stands, for its guest and its agent: `CANCEL` once it is cancelled, else `REQUEST` or `PUBLISH`.
   * Without an agent, or of one without an e-mail, it comes from the organiser of the house. `guestLink` is the absolute
   * URL of the guest's own link, for the guest's copy alone.
   */
  current(call: CallSummary, agent: Host | undefined, guestLink?: string): Invitation;
  /**
   * Takes the call out of the calendar of who had it before: `CANCEL`, from `agent`. Of an agent who has lost it, with the call as it is
   * after that; of an address that was the guest's, with a call that has it still.
   */
  withdrawal(call: CallSummary, agent: Host | undefined): Invitation;
}
