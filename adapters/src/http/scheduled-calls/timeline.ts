import {
  ACTOR_TYPES,
  eventId,
  type Booking,
  type Call,
  type CallEvent,
  type ReminderChange,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from '../time.ts';
import { instant, isoOrNull, kindShape, reminderKind } from './shapes.ts';

/** How the scheduled-calls family shows what happened to a call. */

export const reminderChange = z.object({
  reminder_kind: reminderKind,
  minutes_before: z.int().optional(),
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
      'reminder_planned',
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
  ...kindShape(kind),
  previous: isoOrNull(from),
  current: isoOrNull(to),
  reason,
});

/** Rules that a 409 tells by the same reason have one word here, too. */
const wordOf = (kind: string): string => (kind === 'day_full' ? 'limit_reached' : kind);

export const eventShape = (event: CallEvent): z.infer<typeof eventSchema> => ({
  id: eventId(event),
  seq: event.seq,
  version: event.version,
  event_type: event.type,
  actor_type: event.actor.type,
  actor_id: event.actor.id,
  source: event.source,
  reason: event.reason,
  ...(event.overridden && { overridden: [...new Set(event.overridden.map(wordOf))] }),
  payload: {
    previous: event.type === 'created' ? {} : partShape(event.from),
    current: partShape(event.to),
    ...('reminders' in event && { reminders: event.reminders.map(reminderShape) }),
  },
  created_at: toIso(event.at),
});
