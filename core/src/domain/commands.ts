import type {
  AgentId,
  AppId,
  AssignmentMethod,
  Booking,
  BookingSource,
  Call,
  CallId,
  Transition,
} from './call.ts';
import type { Actor } from './events.ts';
import type { Agent } from './schedule.ts';
import { slotOf, type Slot } from './slots.ts';
import type { Instant } from './time.ts';

/** What every command tells of itself; it lands in the events. */
interface Told {
  readonly appId: AppId;
  readonly callId: CallId;
  readonly actor: Actor;
  readonly source: string;
  readonly reason?: string | null | undefined;
}

/** Asks for a new call. What is left out takes the default that is named. */
export interface CreateCall extends Told {
  readonly type: 'create';
  readonly startsAt: Instant;
  readonly guestName: string;
  readonly guestPhone?: string | null | undefined;
  readonly guestEmail?: string | null | undefined;
  readonly guestTimezone?: string | null | undefined;
  readonly intakeNotes?: string | null | undefined;
  /** The zone that the booking was made in, an IANA name. */
  readonly appTimezone: string;
  readonly agentId?: AgentId | null | undefined;
  /** Default `manual`. */
  readonly assignmentMethod?: AssignmentMethod | undefined;
  /** Default `api`. */
  readonly bookingSource?: BookingSource | undefined;
  /** Default 30. */
  readonly durationMinutes?: number | undefined;
  /** Default 0. */
  readonly bufferBeforeMinutes?: number | undefined;
  /** Default 0. */
  readonly bufferAfterMinutes?: number | undefined;
  /** Default false: the call is `scheduled` at once, else `pending_confirmation`. */
  readonly requireConfirmation?: boolean | undefined;
}

/** What can be edited of a call. What is left out stays; null clears. */
export interface Edits {
  readonly startsAt?: Instant | undefined;
  readonly agentId?: AgentId | undefined;
  readonly guestName?: string | undefined;
  readonly guestPhone?: string | null | undefined;
  readonly guestEmail?: string | null | undefined;
  readonly guestTimezone?: string | undefined;
  readonly intakeNotes?: string | undefined;
}

/** The call that the command asks for, its defaults filled in. */
export const bookingOf = (command: CreateCall): Booking => ({
  status: command.requireConfirmation ? 'pending_confirmation' : 'scheduled',
  agentId: command.agentId ?? null,
  startsAt: command.startsAt,
  durationMinutes: command.durationMinutes ?? 30,
  bufferBeforeMinutes: command.bufferBeforeMinutes ?? 0,
  bufferAfterMinutes: command.bufferAfterMinutes ?? 0,
  guestName: command.guestName,
  guestPhone: command.guestPhone ?? null,
  guestEmail: command.guestEmail ?? null,
  guestTimezone: command.guestTimezone ?? null,
  intakeNotes: command.intakeNotes ?? null,
  appTimezone: command.appTimezone,
  bookingSource: command.bookingSource ?? 'api',
  assignmentMethod: command.assignmentMethod ?? 'manual',
});

/** Asks for a new time, a new agent, new guest data, new notes, or any mix of them. */
export interface RescheduleCall extends Told {
  readonly type: 'reschedule';
  readonly edits: Edits;
}

/** Asks for a new status. */
export interface TransitCall extends Told {
  readonly type: Transition;
}

export type CallCommand = CreateCall | RescheduleCall | TransitCall;

/** The slot that a command wants to occupy; null when it asks for none. `call` is the command's call, if there is one. */
export function wantedSlot(command: CallCommand, call: Call | undefined): Slot | null {
  if (command.type === 'create') return slotOf(bookingOf(command));
  if (command.type !== 'reschedule' || !call) return null;
  const { startsAt, agentId } = command.edits;
  if (startsAt === undefined && agentId === undefined) return null;
  return slotOf({
    agentId: agentId ?? call.agentId,
    startsAt: startsAt ?? call.startsAt,
    durationMinutes: call.durationMinutes,
    bufferBeforeMinutes: call.bufferBeforeMinutes,
    bufferAfterMinutes: call.bufferAfterMinutes,
  });
}

/** Puts an agent into the directory, or changes its record. */
export interface SaveAgent {
  readonly agent: Agent;
}
