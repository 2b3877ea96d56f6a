import type { Changed, CallEvent, Created } from './events.ts';
import { afterMove, neverMoved, type Moves } from './moves.ts';
import { afterChange, type Reminder } from './reminders.ts';
import type { Instant } from './time.ts';

/** A tenant. */
export type AppId = string;
export type CallId = string;
export type AgentId = string;

export const STATUSES = [
  'scheduled',
  'pending_confirmation',
  'confirmed',
  'started',
  'completed',
  'cancelled',
  'no_show',
] as const;
export type Status = (typeof STATUSES)[number];

/** Who or what made the booking. */
export const BOOKING_SOURCES = ['admin', 'agent', 'public_booking', 'api'] as const;
export type BookingSource = (typeof BOOKING_SOURCES)[number];

/** How a call comes to its agent. */
export const ASSIGNMENT_METHODS = ['manual', 'self_selected', 'round_robin', 'pool'] as const;
export type AssignmentMethod = (typeof ASSIGNMENT_METHODS)[number];

export interface Guest {
  readonly guestName: string;
  readonly guestPhone: string | null;
  readonly guestEmail: string | null;
  /** IANA name, kept as it was sent. */
  readonly guestTimezone: string | null;
}

/** The place of a call among those that were booked together. */
export interface InSeries {
  /** Stays the same for ever, and so do the calls of a series. */
  readonly id: string;
  /** When its series has the call, on the clocks of `appTimezone`: `2026-05-04T10:00:00`. */
  readonly wallTime: string;
}

/** What a booking says when it is made. */
export interface Booking extends Guest {
  readonly status: Status;
  readonly agentId: AgentId | null;
  readonly startsAt: Instant;
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly intakeNotes: string | null;
  readonly appTimezone: string;
  readonly bookingSource: BookingSource;
  readonly assignmentMethod: AssignmentMethod;
}

/** The aggregate. A move keeps its id. */
export interface Call extends Booking {
  readonly appId: AppId;
  readonly id: CallId;
  readonly series: InSeries | null;
  readonly reminders: readonly Reminder[];
  readonly moves: Moves;
  readonly cancelledAt: Instant | null;
  readonly cancellationReason: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Counts the committed changes, from 1. */
  readonly version: number;
  /** The number of its last event; a change may make several. */
  readonly lastSeq: number;
}

export type Transition = 'confirm' | 'start' | 'complete' | 'no_show' | 'cancel';

/** Every allowed change of status. What is not here is refused. */
export const TRANSITIONS: Record<Transition, { from: readonly Status[]; to: Status }> = {
  confirm: { from: ['scheduled', 'pending_confirmation'], to: 'confirmed' },
  start: { from: ['scheduled', 'pending_confirmation', 'confirmed'], to: 'started' },
  complete: { from: ['scheduled', 'pending_confirmation', 'confirmed', 'started'], to: 'completed' },
  no_show: { from: ['scheduled', 'pending_confirmation', 'confirmed', 'started'], to: 'no_show' },
  cancel: { from: ['scheduled', 'pending_confirmation', 'confirmed'], to: 'cancelled' },
};

const KIND = {
  scheduled: 'movable',
  pending_confirmation: 'movable',
  confirmed: 'movable',
  started: 'started',
  completed: 'final',
  cancelled: 'final',
  no_show: 'final',
} satisfies Record<Status, 'movable' | 'started' | 'final'>;

export const isFinal = (status: Status): boolean => KIND[status] === 'final';
export const isMovable = (status: Status): boolean => KIND[status] === 'movable';

/** The call that a `created` event brings into being. */
export function born(event: Created): Call {
  return {
    ...event.to,
    appId: event.appId,
    id: event.callId,
    series: event.to.series ?? null,
    reminders: afterChange([], event.reminders),
    moves: neverMoved(event.to.startsAt),
    cancelledAt: null,
    cancellationReason: null,
    createdAt: event.at,
    updatedAt: event.at,
    version: event.version,
    lastSeq: event.seq,
  };
}

/** The call after one more event. */
export function evolve(call: Call, event: Changed): Call {
  // Not a spread: decision 11.
  return Object.assign({ ...call }, event.to, {
    reminders: 'reminders' in event ? afterChange(call.reminders, event.reminders) : call.reminders,
    moves: afterMove(call, event),
    updatedAt: event.at,
    version: event.version,
    lastSeq: event.seq,
  });
}

/** The call that a whole timeline tells; undefined when it does not begin with `created`. */
export function replay(events: readonly CallEvent[]): Call | undefined {
  const [first, ...rest] = events;
  if (first?.type !== 'created') return undefined;
  return rest.reduce<Call>(
    (call, event) => (event.type === 'created' ? call : evolve(call, event)),
    born(first),
  );
}
