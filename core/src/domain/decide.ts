import {
  born,
  evolve,
  isFinal,
  isMovable,
  TRANSITIONS,
  type Call,
  type Guest,
  type Transition,
} from './call.ts';
import {
  bookingOf,
  wantedSlot,
  type CallCommand,
  type CreateCall,
  type Edits,
  type RescheduleCall,
  type TransitCall,
} from './commands.ts';
import type { CallEvent, ChangeBody, Changed, Created } from './events.ts';
import type { Rejection } from './rejections.ts';
import { replan, withdraw } from './reminders.ts';
import type { ScheduleView } from './schedule.ts';
import { obstacle, type Slot } from './slots.ts';
import { DAY, type Instant } from './time.ts';

/** How far ahead a call can be booked. */
export const HORIZON_DAYS = 730;

/** The call as it is after the command, and what happened; no events when the command changes nothing. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly call: Call;
  readonly events: readonly CallEvent[];
}

export type Decision = Accepted | Rejection;

/** Judges a command, whose content is sound (`issuesOf`), by every rule in the order of precedence. Pure. */
export function decide(command: CallCommand, schedule: ScheduleView, now: Instant): Decision {
  if (command.type === 'create') return create(command, schedule, now);
  const call = schedule.call(command.appId, command.callId);
  if (!call) return { kind: 'call_not_found', appId: command.appId, callId: command.callId };
  return command.type === 'reschedule'
    ? reschedule(command, call, schedule, now)
    : transit(command, call, now);
}

function create(command: CreateCall, schedule: ScheduleView, now: Instant): Decision {
  if (schedule.call(command.appId, command.callId)) return { kind: 'call_exists', callId: command.callId };
  const booking = bookingOf(command);
  const refusal =
    refuseTime(booking.startsAt, now) ?? refusePlace(command, wantedSlot(command, undefined), schedule, true);
  if (refusal) return refusal;
  const event: Created = {
    ...header(command, now, 1, 1),
    type: 'created',
    to: booking,
    reminders: replan([], booking.startsAt, now),
  };
  return { kind: 'accepted', call: born(event), events: [event] };
}

function reschedule(command: RescheduleCall, call: Call, schedule: ScheduleView, now: Instant): Decision {
  const over = refuseStatus(call);
  if (over) return over;
  const changes = changesOf(command, call, now);
  if (changes.length === 0) return { kind: 'accepted', call, events: [] };
  const moves = changes.some(({ type }) => type === 'rescheduled');
  const reassigns = changes.some(({ type }) => type === 'assigned');
  const refusal =
    (moves ? refuseTime(command.edits.startsAt ?? call.startsAt, now) : undefined) ??
    (moves || reassigns ? refusePlace(command, wantedSlot(command, call), schedule, reassigns) : undefined);
  return refusal ?? accept(command, call, changes, now);
}

function transit(command: TransitCall, call: Call, now: Instant): Decision {
  const { from, to } = TRANSITIONS[command.type];
  // Cancelling and confirming again are answered like the first time; every other repetition is refused.
  const repeated = call.status === to && (to === 'cancelled' || to === 'confirmed');
  if (repeated) return { kind: 'accepted', call, events: [] };
  if (!from.includes(call.status)) {
    return isFinal(call.status) ? { kind: 'final_state', status: call.status } : { kind: 'already_started' };
  }
  return accept(command, call, [transition(command, call, now)], now);
}

function refuseStatus(call: Call): Rejection | undefined {
  if (isFinal(call.status)) return { kind: 'final_state', status: call.status };
  return isMovable(call.status) ? undefined : { kind: 'already_started' };
}

function refuseTime(startsAt: Instant, now: Instant): Rejection | undefined {
  const latest = now + HORIZON_DAYS * DAY;
  if (startsAt <= now) return { kind: 'in_past', startsAt, now };
  return startsAt > latest ? { kind: 'beyond_horizon', startsAt, latest } : undefined;
}

/** A call that stays with an agent who has been set inactive can still be moved; giving it to one is refused. */
function refusePlace(
  { appId, callId }: CallCommand,
  wanted: Slot | null,
  schedule: ScheduleView,
  assigns: boolean,
): Rejection | undefined {
  if (!wanted) return undefined;
  const { agentId } = wanted;
  if (assigns && !schedule.agent(appId, agentId)?.active) return { kind: 'agent_unavailable', agentId };
  const taken = obstacle(wanted, schedule.occupied(appId, agentId), callId);
  return taken && { kind: 'slot_taken', wanted, taken: { agentId, from: taken.from, to: taken.to } };
}

function changesOf({ edits }: RescheduleCall, call: Call, now: Instant): ChangeBody[] {
  const changes: ChangeBody[] = [];
  const { startsAt, agentId, intakeNotes } = edits;
  if (startsAt !== undefined && startsAt !== call.startsAt) {
    const reminders = replan(call.reminders, startsAt, now);
    changes.push({ type: 'rescheduled', from: { startsAt: call.startsAt }, to: { startsAt }, reminders });
  }
  if (agentId !== undefined && agentId !== call.agentId) {
    changes.push({ type: 'assigned', from: { agentId: call.agentId }, to: { agentId } });
  }
  const guest = guestChange(edits, call);
  if (guest) changes.push(guest);
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

function guestChange(edits: Edits, call: Call): ChangeBody | undefined {
  const changed = GUEST_FIELDS.filter((field) => edits[field] !== undefined && edits[field] !== call[field]);
  if (changed.length === 0) return undefined;
  const pick = (of: Pick<Call | Edits, keyof Guest>): Partial<Guest> =>
    Object.fromEntries(changed.map((field) => [field, of[field]]));
  return { type: 'guest_updated', from: pick(call), to: pick(edits) };
}

const EVENT_OF = {
  confirm: 'confirmed',
  start: 'started',
  complete: 'completed',
  no_show: 'no_show',
} as const satisfies Record<Exclude<Transition, 'cancel'>, ChangeBody['type']>;

function transition(command: TransitCall, call: Call, now: Instant): ChangeBody {
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

/** Numbers the changes and applies them: one version, however many events. */
function accept(command: CallCommand, call: Call, changes: readonly ChangeBody[], now: Instant): Accepted {
  const version = call.version + 1;
  const events = changes.map((change, index): Changed =>
    Object.assign(header(command, now, call.lastSeq + 1 + index, version), change),
  );
  return { kind: 'accepted', call: events.reduce(evolve, call), events };
}

const header = (
  { appId, callId, actor, source, reason }: CallCommand,
  at: Instant,
  seq: number,
  version: number,
) => ({ appId, callId, seq, version, at, actor, source, reason: reason ?? null });
