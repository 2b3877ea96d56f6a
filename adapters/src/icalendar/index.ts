import { MINUTE, type CallSummary, type Host, type Invitation, type Invitations } from '@reslot/core';
import ical, { ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { oneLine, party } from './escapes.ts';

export interface InvitationSettings {
  /**
   * Who invites to a call without an agent. Its address stands in for that of an agent without one, so it should be one
   * that invitations are sent from. Both as the core's `agentName` and `agentEmail` take them.
   */
  readonly organiser: { readonly name: string; readonly email: string };
  /** The program that calendars are told of (RFC 5545, 3.7.3). */
  readonly productId?: `-//${string}`;
}

/** Never changed: a calendar would take the same call for another one. */
const UID_SUFFIX = '@reslot';

/**
 * RFC 5545, 3.8.1.11. How a call went is not what a calendar is asked for: once it has begun it was at its time, and stays
 * there.
 */
const STATUS = {
  scheduled: ICalEventStatus.CONFIRMED,
  pending_confirmation: ICalEventStatus.TENTATIVE,
  confirmed: ICalEventStatus.CONFIRMED,
  started: ICalEventStatus.CONFIRMED,
  completed: ICalEventStatus.CONFIRMED,
  no_show: ICalEventStatus.CONFIRMED,
  cancelled: ICalEventStatus.CANCELLED,
} as const satisfies Record<CallSummary['status'], ICalEventStatus>;

/** Invitations as iCalendar objects of one event, in UTC. */
export function createInvitations({
  organiser,
  productId = '-//Reslot//Reslot//EN',
}: InvitationSettings): Invitations {
  const invitation = (
    call: CallSummary,
    agent: Host | undefined,
    method: Invitation['method'],
    status: ICalEventStatus,
    guestLink?: string,
  ): Invitation => {
    const { id, guestName, startsAt, durationMinutes, version, updatedAt } = call;
    const calendar = ical({
      // The library puts the first character itself.
      prodId: oneLine(productId).slice(1),
      method: ICalCalendarMethod[method],
      events: [
        {
          id: `${id}${UID_SUFFIX}`,
          sequence: version - 1,
          stamp: new Date(updatedAt),
          start: new Date(startsAt),
          end: new Date(startsAt + durationMinutes * MINUTE),
          status,
          summary: oneLine(agent ? `Call: ${guestName} with ${agent.name}` : `Call: ${guestName}`),
          description: `A call of ${durationMinutes} min.\nReference: ${id}`,
          organizer: party({
            name: (agent ?? organiser).name,
            email: agent?.email ?? organiser.email,
          }),
          attendees: guestOf(call, method),
          ...(guestLink !== undefined && { url: guestLink }),
        },
      ],
    });
    // The library does not end its last line.
    return { method, text: `${calendar.toString()}\r\n` };
  };

  return {
    current(call, agent, guestLink) {
      const open = call.guestEmail === null ? 'PUBLISH' : 'REQUEST';
      const method = call.status === 'cancelled' ? 'CANCEL' : open;
      return invitation(call, agent, method, STATUS[call.status], guestLink);
    },
    withdrawal: (call, agent) => invitation(call, agent, 'CANCEL', ICalEventStatus.CANCELLED),
  };
}

const guestOf = ({ guestName, guestEmail }: CallSummary, method: Invitation['method']) =>
  guestEmail === null
    ? []
    : [
        {
          ...party({ name: guestName, email: guestEmail }),
          status: ICalAttendeeStatus.NEEDSACTION,
          rsvp: method === 'REQUEST',
        },
      ];
