import type { Booking, Call, InSeries } from '../call.ts';
import type { EventType } from '../events.ts';
import { toIso } from '../iso.ts';
import type { Rejection } from '../rejections.ts';
import { minutesBefore, type ReminderChange, type ReminderKind } from '../reminders.ts';
import type { Instant } from '../time.ts';

/** What the outside calls the parts of an event: in the scheduled-calls timeline, in webhooks, in messages. */

type Part = Booking & Pick<Call, 'cancelledAt' | 'cancellationReason'> & { readonly series: InSeries };

/** What an event can change. */
const NAMES = {
  status: 'status',
  agentId: 'assigned_agent_id',
  startsAt: 'scheduled_at',
  durationMinutes: 'duration_minutes',
  bufferBeforeMinutes: 'buffer_before_minutes',
  bufferAfterMinutes: 'buffer_after_minutes',
  guestName: 'guest_name',
  guestPhone: 'guest_phone',
  guestEmail: 'guest_email',
  guestTimezone: 'guest_timezone',
  intakeNotes: 'guest_intake_notes',
  appTimezone: 'app_timezone',
  bookingSource: 'booking_source',
  assignmentMethod: 'assignment_method',
  cancelledAt: 'cancelled_at',
  cancellationReason: 'cancellation_reason',
} as const satisfies Record<Exclude<keyof Part, 'series'>, string>;

const NAME_OF: ReadonlyMap<string, string> = new Map(Object.entries(NAMES));

/** The fields whose values are for those who look after the call, and for nobody outside. */
export const INTERNAL: ReadonlySet<string> = new Set([NAMES.intakeNotes]);

const INSTANTS: ReadonlySet<string> = new Set(['startsAt', 'cancelledAt'] satisfies (keyof Part)[]);

export interface ToldSeries {
  readonly id: string;
  readonly wall_time: string;
}

export const tellSeries = ({ id, wallTime }: InSeries): ToldSeries => ({ id, wall_time: wallTime });

/** Fields by their names outside; instants in ISO 8601. */
export type ToldPart = Readonly<Record<string, string | number | null | undefined | ToldSeries>>;

export function tellPart(part: Partial<Part>): ToldPart {
  const told: Record<string, ToldPart[string]> = {};
  for (const [field, value] of Object.entries(part)) {
    if (value === null || typeof value !== 'object') {
      told[NAME_OF.get(field) ?? field] =
        INSTANTS.has(field) && typeof value === 'number' ? toIso(value) : value;
    } else told[field] = tellSeries(value);
  }
  return told;
}

const KINDS = { '24h': 'reminder_24h', '1h': 'reminder_1h', '15m': 'reminder_15m' } as const;

/** A reminder by hand is told by its minutes, as there may be several. */
export const tellKind = (kind: ReminderKind) =>
  kind === '24h' || kind === '1h' || kind === '15m'
    ? { reminder_kind: KINDS[kind] }
    : { reminder_kind: 'reminder_custom' as const, minutes_before: minutesBefore(kind) };

export const isoOrNull = (instant: Instant | null): string | null =>
  instant === null ? null : toIso(instant);

/** One line of what became of the reminders: when one was to fire, and when it is now; null for not at all. */
export type ToldReminder = ReturnType<typeof tellReminder>;

export const tellReminder = ({ kind, from, to, reason }: ReminderChange) =>
  // Not a spread: decision 11.
  Object.assign(tellKind(kind), { previous: isoOrNull(from), current: isoOrNull(to), reason });

/** Rules that a refusal tells by the same word have one here, too. */
const wordOf = (kind: string): string => (kind === 'day_full' ? 'limit_reached' : kind);

export const tellOverridden = (rules: readonly Rejection['kind'][]): string[] => [
  ...new Set(rules.map(wordOf)),
];

type MessageTypes = { readonly [Type in EventType]: `scheduled.${Type}` };

/** What an event is called where one subscribes to it. */
export const MESSAGE_TYPES = {
  created: 'scheduled.created',
  rescheduled: 'scheduled.rescheduled',
  assigned: 'scheduled.assigned',
  guest_updated: 'scheduled.guest_updated',
  intake_notes_updated: 'scheduled.intake_notes_updated',
  confirmed: 'scheduled.confirmed',
  started: 'scheduled.started',
  completed: 'scheduled.completed',
  cancelled: 'scheduled.cancelled',
  no_show: 'scheduled.no_show',
  move_undone: 'scheduled.move_undone',
  reminder_planned: 'scheduled.reminder_planned',
  reminder_due: 'scheduled.reminder_due',
  reminder_skipped: 'scheduled.reminder_skipped',
} as const satisfies MessageTypes;

export type MessageType = (typeof MESSAGE_TYPES)[EventType];

/** Every type that one can subscribe to. */
export const SUBSCRIBABLE: readonly MessageType[] = Object.values(MESSAGE_TYPES);
