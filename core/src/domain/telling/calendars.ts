import type { AgentId } from '../call.ts';
import type { CallEvent, EventType } from '../events.ts';

/** What an event is to the calendars of those who take part in its call. */

/** Who has a call in a calendar. */
export type Participant = 'guest' | 'agent';

const SHOWN = {
  created: 'always',
  assigned: 'always',
  move_undone: 'always',
  cancelled: 'always',
  rescheduled: 'sometimes',
  guest_updated: 'sometimes',
  confirmed: 'sometimes',
  intake_notes_updated: 'never',
  started: 'never',
  completed: 'never',
  no_show: 'never',
  reminder_planned: 'never',
  reminder_due: 'never',
  reminder_skipped: 'never',
} satisfies Record<EventType, 'always' | 'sometimes' | 'never'>;

/** Whether there are events of the type that are for calendars. */
export const mayBeForCalendars = (type: EventType): boolean => SHOWN[type] !== 'never';

/** Whether a calendar shows the call otherwise after the event: its time, its status, or who takes part. */
export function isForCalendars(event: CallEvent): boolean {
  switch (event.type) {
    case 'rescheduled':
      return event.from.startsAt !== event.to.startsAt;
    case 'guest_updated':
      return event.to.guestName !== undefined || event.to.guestEmail !== undefined;
    case 'confirmed':
      return event.from.status === 'pending_confirmation';
    default:
      return SHOWN[event.type] === 'always';
  }
}

/** Whether it is by this event that the participant, or the address, takes part. */
export const bringsIn = (event: CallEvent, who: Participant): boolean =>
  event.type === 'created' ||
  (who === 'guest'
    ? event.type === 'guest_updated' && event.to.guestEmail !== undefined
    : event.type === 'assigned' || (event.type === 'move_undone' && event.to.agentId !== undefined));

/** An agent, or an address of the guest, who had the call before the event and does not have it after. */
export type Leaver =
  | { readonly kind: 'agent'; readonly id: AgentId }
  | {
      readonly kind: 'guest';
      readonly email: string;
      /** undefined where the event leaves it as it is. */
      readonly name: string | undefined;
    };

const LEAVING: ReadonlySet<EventType> = new Set(['guest_updated', 'assigned', 'move_undone']);

/** Whether somebody may leave a call by events of the type. */
export const mayLeaveBy = (type: EventType): boolean => LEAVING.has(type);

export function leaverOf(event: CallEvent): Leaver | undefined {
  if (event.type === 'guest_updated') {
    const { guestEmail: email, guestName: name } = event.from;
    return email == null ? undefined : { kind: 'guest', email, name };
  }
  if (event.type !== 'assigned' && event.type !== 'move_undone') return undefined;
  const { agentId: id } = event.from;
  return id == null ? undefined : { kind: 'agent', id };
}
