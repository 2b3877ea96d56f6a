import {
  ACTOR_TYPES,
  ASSIGNMENT_METHODS,
  BOOKING_SOURCES,
  eventId,
  STATUSES,
  type Booking,
  type Call,
  type CallEvent,
  type CallSummary,
  type ReminderChange,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from '../time.ts';

/** How the scheduled-calls family shows a call and its timeline. */

const instant = z.string().openapi({ format: 'date-time' });

export const callSchema = z
  .object({
    id: z.string().openapi({ format: 'uuid' }),
    app_id: z.string().openapi({ format: 'uuid' }),
    assigned_agent_id: z.string().nullable(),
    assignment_method: z.enum(ASSIGNMENT_METHODS),
    booking_source: z.enum(BOOKING_SOURCES),
    guest_name: z.string(),
    guest_phone: z.string().nullable(),
    guest_email: z.string().nullable(),
    guest_timezone: z.string().nullable(),
    guest_intake_notes: z.string().nullable(),
    scheduled_at: instant,
    duration_minutes: z.int(),
    buffer_before_minutes: z.int(),
    buffer_after_minutes: z.int(),
    app_timezone: z.string(),
    status: z.enum(STATUSES),
    reminders: z.array(
      z.object({
        reminder_kind: z.enum(['reminder_24h', 'reminder_1h', 'reminder_15m']),
        fire_at: instant.nullable(),
        status: z.enum(['pending', 'skipped']),
        reason: z.string().nullable(),
      }),
    ),
    cancelled_at: instant.nullable(),
    cancellation_reason: z.string().nullable(),
    created_at: instant,
    updated_at: instant,
    version: z.int(),
  })
  .openapi('ScheduledCall');

const isoOrNull = (value: number | null): string | null => (value === null ? null : toIso(value));

/** A call as lists show it. */
export const summarySchema = callSchema.omit({ guest_intake_notes: true }).openapi('ScheduledCallSummary');

export const callShape = (call: Call): z.infer<typeof callSchema> => ({
  ...summaryShape(call),
  guest_intake_notes: call.intakeNotes,
});

export const summaryShape = (call: CallSummary): z.infer<typeof summarySchema> => ({
  id: call.id,
  app_id: call.appId,
  assigned_agent_id: call.agentId,
  assignment_method: call.assignmentMethod,
  booking_source: call.bookingSource,
  guest_name: call.guestName,
  guest_phone: call.guestPhone,
  guest_email: call.guestEmail,
  guest_timezone: call.guestTimezone,
  scheduled_at: toIso(call.startsAt),
  duration_minutes: call.durationMinutes,
  buffer_before_minutes: call.bufferBeforeMinutes,
  buffer_after_minutes: call.bufferAfterMinutes,
  app_timezone: call.appTimezone,
  status: call.status,
  reminders: call.reminders.map(({ kind, fireAt, skipped }) => ({
    reminder_kind: `reminder_${kind}` as const,
    fire_at: isoOrNull(fireAt),
    status: fireAt === null ? ('skipped' as const) : ('pending' as const),
    reason: skipped,
  })),
  cancelled_at: isoOrNull(call.cancelledAt),
  cancellation_reason: call.cancellationReason,
  created_at: toIso(call.createdAt),
  updated_at: toIso(call.updatedAt),
  version: call.version,
});

export const reminderChange = z.object({
  reminder_kind: z.string(),
  previous: instant.nullable(),
  current: instant.nullable(),
  reason: z.string().nullable(),
});

export const eventSchema = z
  .object({
    id: z.string(),
    seq: z.int(),
    version: z.int(),
    event_type: z.enum([
      'created',
      'rescheduled',
      'assigned',
      'move_undone',
      'guest_updated',
      'intake_notes_updated',
      'confirmed',
      'started',
      'completed',
      'no_show',
      'cancelled',
    ]),
    actor_type: z.enum(ACTOR_TYPES),
    actor_id: z.string(),
    source: z.string(),
    reason: z.string().nullable(),
    overridden: z.array(z.string()).optional().openapi({ description: 'The rules that were overridden.' }),
    payload: z.object({
      previous: z.record(z.string(), z.unknown()),
      current: z.record(z.string(), z.unknown()),
      reminders: z.array(reminderChange).optional(),
    }),
    created_at: instant,
  })
  .openapi('TimelineEvent');

/** What an event can change, by the family's name of it. */
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
} as const satisfies Record<keyof Part, string>;

type Part = Booking & Pick<Call, 'cancelledAt' | 'cancellationReason'>;

const INSTANTS: ReadonlySet<string> = new Set(['startsAt', 'cancelledAt'] satisfies (keyof Part)[]);

const partShape = (part: Partial<Part>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(part).map(([field, value]) => [
      Object.entries(NAMES).find(([known]) => known === field)?.[1] ?? field,
      INSTANTS.has(field) && typeof value === 'number' ? toIso(value) : value,
    ]),
  );

export const reminderShape = ({
  kind,
  from,
  to,
  reason,
}: ReminderChange): z.infer<typeof reminderChange> => ({
  reminder_kind: `reminder_${kind}`,
  previous: isoOrNull(from),
  current: isoOrNull(to),
  reason,
});

export const eventShape = (event: CallEvent): z.infer<typeof eventSchema> => ({
  id: eventId(event),
  seq: event.seq,
  version: event.version,
  event_type: event.type,
  actor_type: event.actor.type,
  actor_id: event.actor.id,
  source: event.source,
  reason: event.reason,
  ...(event.overridden && { overridden: [...event.overridden] }),
  payload: {
    previous: event.type === 'created' ? {} : partShape(event.from),
    current: partShape(event.to),
    ...('reminders' in event && { reminders: event.reminders.map(reminderShape) }),
  },
  created_at: toIso(event.at),
});
