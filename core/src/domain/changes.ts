import { TRANSITIONS, type Call, type Guest, type Transition } from './call.ts';
import type { Edits, TransitCall } from './commands.ts';
import type { ChangeBody } from './events.ts';
import { afterChange, redirect, replan, withdraw, type Reminder } from './reminders.ts';
import type { Placed } from './slots.ts';
import type { Instant } from './time.ts';

/** What a command changes of its call, as events without a number; what is so already is no change. */

type MoveBody = Extract<ChangeBody, { type: 'rescheduled' | 'assigned' }>;

/** `wallTime`: when its series has the call from now on, if that moves too. */
export function movesTo(
  { startsAt, agentId }: Placed,
  call: Call,
  now: Instant,
  wallTime?: string,
): MoveBody[] {
  const moved = startsAt !== call.startsAt;
  const { series: before } = call;
  const series = before && wallTime !== undefined && { ...before, wallTime };
  const reminders = moved ? replan(call.reminders, startsAt, now) : [];
  const changes: MoveBody[] = [];
  if (moved || series) {
    changes.push({
      type: 'rescheduled',
      from: { startsAt: call.startsAt, ...(series && { series: before }) },
      to: { startsAt, ...(series && { series }) },
      reminders,
    });
  }
  if (agentId !== call.agentId) {
    changes.push({
      type: 'assigned',
      from: { agentId: call.agentId },
      to: { agentId },
      reminders: redirect(afterChange(call.reminders, reminders), 'agent_changed', now),
    });
  }
  return changes;
}

export function undoneTo(place: Placed, call: Call, now: Instant): ChangeBody {
  const moved = place.startsAt !== call.startsAt;
  const reassigned = place.agentId !== call.agentId;
  const part = ({ startsAt, agentId }: Placed) => ({
    ...(moved && { startsAt }),
    ...(reassigned && { agentId }),
  });
  // Those of a call that stays at its time may have fired: they are not planned again.
  const reminders = moved
    ? replan(call.reminders, place.startsAt, now)
    : redirect(call.reminders, 'agent_changed', now);
  return { type: 'move_undone', from: part(call), to: part(place), reminders };
}

/** `plan` is that of the call after what has changed with these edits already. */
export function editsOf(edits: Edits, call: Call, plan: readonly Reminder[], now: Instant): ChangeBody[] {
  const changes: ChangeBody[] = [];
  const guest = guestChange(edits, call, plan, now);
  if (guest) changes.push(guest);
  const { intakeNotes } = edits;
  if (intakeNotes !== undefined && intakeNotes !== call.intakeNotes) {
    changes.push({
      type: 'intake_notes_updated',
      from: { intakeNotes: call.intakeNotes },
      to: { intakeNotes },
    });
  }
  return changes;
}

const GUEST_FIELDS = [
  'guestName',
  'guestPhone',
  'guestEmail',
  'guestTimezone',
] as const satisfies (keyof Guest)[];

/** Where the reminders of a guest go, and in which zone they tell the time. */
const CONTACT: ReadonlySet<keyof Guest> = new Set(['guestPhone', 'guestEmail', 'guestTimezone']);

function guestChange(
  edits: Edits,
  call: Call,
  plan: readonly Reminder[],
  now: Instant,
): ChangeBody | undefined {
  const changed = GUEST_FIELDS.filter((field) => edits[field] !== undefined && edits[field] !== call[field]);
  if (changed.length === 0) return undefined;
  const pick = (of: Pick<Call | Edits, keyof Guest>): Partial<Guest> =>
    Object.fromEntries(changed.map((field) => [field, of[field]]));
  const isContact = changed.some((field) => CONTACT.has(field));
  const reminders = isContact ? redirect(plan, 'contact_changed', now) : [];
  return { type: 'guest_updated', from: pick(call), to: pick(edits), reminders };
}

const EVENT_OF = {
  confirm: 'confirmed',
  start: 'started',
  complete: 'completed',
  no_show: 'no_show',
} as const satisfies Record<Exclude<Transition, 'cancel'>, ChangeBody['type']>;

export function transition(command: TransitCall, call: Call, now: Instant): ChangeBody {
  const { to: status } = TRANSITIONS[command.type];
  const reminders = withdraw(call.reminders);
  if (command.type === 'cancel') {
    const { cancelledAt, cancellationReason } = call;
    return {
      type: 'cancelled',
      from: { status: call.status, cancelledAt, cancellationReason },
      to: { status, cancelledAt: now, cancellationReason: command.reason ?? null },
      reminders,
    };
  }
  const change = { from: { status: call.status }, to: { status } };
  if (command.type === 'confirm') return { type: 'confirmed', ...change };
  return { type: EVENT_OF[command.type], ...change, reminders };
}
