import type {
  AgentId,
  AppId,
  AssignmentMethod,
  Booking,
  BookingSource,
  Call,
  CallId,
  InSeries,
  Transition,
} from './call.ts';
import type { Actor } from './events.ts';
import type { Placed } from './slots.ts';
import type { Instant } from './time.ts';

/** What every command tells of itself; it lands in the events. */
interface Told {
  readonly appId: AppId;
  readonly callId: CallId;
  readonly actor: Actor;
  readonly source: string;
  readonly reason?: string | null | undefined;
}

export const OVERRIDES = ['policy', 'availability'] as const;
/** Rules that a command may pass over: the app's policy, or the agent's own availability. Never another call. */
export type Override = (typeof OVERRIDES)[number];

/** A command for a call that is there. */
interface Changing extends Told {
  /** The versions that it may be carried out on. Not said is as good as any, unless the policy wants it said. */
  readonly versions?: readonly number[] | 'any' | undefined;
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
  readonly overrides?: readonly Override[] | undefined;
  /** A hold of the time that is wanted: it is spent. */
  readonly holdId?: string | undefined;
  /** Of one of several calls that are booked together. */
  readonly series?: InSeries | undefined;
}

export const ASSIGNMENTS = ['keep', 'any', 'prefer_keep'] as const;
/** The agent who has the call, any active agent, or any if the one who has it cannot take it. */
export type Assignment = (typeof ASSIGNMENTS)[number];

/** What can be edited of a call. What is left out stays; null clears. */
export interface Edits {
  readonly startsAt?: Instant | undefined;
  readonly agentId?: AgentId | undefined;
  /** Who takes the call, when no agent is named. Default `keep`. */
  readonly assignment?: Assignment | undefined;
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
export interface RescheduleCall extends Changing {
  readonly type: 'reschedule';
  readonly edits: Edits;
  /** When its series has the call from now on; see `InSeries`. */
  readonly wallTime?: string | undefined;
  readonly overrides?: readonly Override[] | undefined;
  /** A hold of the time that is wanted: it is spent. */
  readonly holdId?: string | undefined;
}

/** Asks to take back the last move. */
export interface UndoMove extends Changing {
  readonly type: 'undo';
  readonly overrides?: readonly Override[] | undefined;
  readonly holdId?: string | undefined;
}

/** Asks for a new status. */
export interface TransitCall extends Changing {
  readonly type: Transition;
}

/** Asks for one more reminder, so many minutes before the start; it moves with the call. */
export interface RemindGuest extends Changing {
  readonly type: 'remind';
  readonly minutesBefore: number;
}

/** Asks for the reminders that are due. */
export interface FireReminders extends Changing {
  readonly type: 'fire_reminders';
}

/** Those that can put their call somewhere. */
export type PlacingCommand = CreateCall | RescheduleCall | UndoMove;
export type ChangeCall = RescheduleCall | UndoMove | RemindGuest | FireReminders | TransitCall;
export type CallCommand = CreateCall | ChangeCall;

export const isPlacing = (command: CallCommand): command is PlacingCommand =>
  command.type === 'create' || command.type === 'reschedule' || command.type === 'undo';

/** Whether the command leaves it to the rules who of all active agents takes the call. */
export function seeksAgent(command: CallCommand): boolean {
  if (command.type === 'create') {
    const { agentId, assignmentMethod } = command;
    return (agentId ?? null) === null && (assignmentMethod === 'round_robin' || assignmentMethod === 'pool');
  }
  if (command.type !== 'reschedule' || command.edits.agentId !== undefined) return false;
  return command.edits.assignment === 'any' || command.edits.assignment === 'prefer_keep';
}

/**
 * Where a command wants its call to be, with the agent whom it names, or who has the call; undefined when it does not
 * move it. `call` is the command's call, if there is one.
 */
export function wantedPlace(command: CallCommand, call: Call | undefined): Placed | undefined {
  if (command.type === 'create') return bookingOf(command);
  if (!call) return undefined;
  if (command.type === 'undo') return call.moves.last ? placedAs(call, call.moves.last) : undefined;
  if (command.type !== 'reschedule') return undefined;
  const { startsAt = call.startsAt, agentId = call.agentId } = command.edits;
  const { wallTime = call.series?.wallTime } = command;
  const stays = startsAt === call.startsAt && agentId === call.agentId && wallTime === call.series?.wallTime;
  return stays && !seeksAgent(command) ? undefined : placedAs(call, { startsAt, agentId });
}

/** As long as the call. Not a spread: decision 11. */
const placedAs = (
  { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes }: Call,
  { startsAt, agentId }: Pick<Placed, 'startsAt' | 'agentId'>,
): Placed => ({ startsAt, agentId, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes });

/** The place to look around when the wanted one is refused: where any agent would do, that of the first one. */
export function placeToLookAround(
  command: CallCommand,
  call: Call | undefined,
  roster: readonly { readonly id: AgentId }[],
): Placed | undefined {
  const place = wantedPlace(command, call);
  return (
    place && { ...place, agentId: place.agentId ?? (seeksAgent(command) ? (roster[0]?.id ?? null) : null) }
  );
}
