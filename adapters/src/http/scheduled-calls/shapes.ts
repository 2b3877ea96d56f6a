import {
  ASSIGNMENT_METHODS,
  BOOKING_SOURCES,
  isoOrNull,
  STATUSES,
  tellKind,
  tellSeries,
  type Call,
  type CallSummary,
  type Reminder,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from '../requests/time.ts';

/** How the scheduled-calls family shows a call and its timeline. */

export const instant = z.string().openapi({ format: 'date-time' });

export const reminderKind = z.enum(['reminder_24h', 'reminder_1h', 'reminder_15m', 'reminder_custom']);

/** `wall_time` is when the series has the call, on the clocks of its `app_timezone`; moved by itself, it is elsewhere. */
export const seriesSchema = z.object({
  id: z.string(),
  wall_time: z.string().openapi({ example: '2026-05-04T10:00:00' }),
});

const reminderSchema = z.object({
  reminder_kind: reminderKind,
  minutes_before: z.int().optional(),
  fire_at: instant.nullable(),
  status: z.enum(['pending', 'skipped', 'fired']),
  reason: z.string().nullable(),
});

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
    series: seriesSchema.nullable(),
    status: z.enum(STATUSES),
    reminders: z.array(reminderSchema),
    cancelled_at: instant.nullable(),
    cancellation_reason: z.string().nullable(),
    created_at: instant,
    updated_at: instant,
    version: z.int(),
  })
  .openapi('ScheduledCall');

/** A call as lists show it. */
export const summarySchema = callSchema.omit({ guest_intake_notes: true }).openapi('ScheduledCallSummary');

/** Not a spread, here and for reminders: decision 11. */
export const callShape = (call: Call): z.infer<typeof callSchema> =>
  Object.assign(summaryShape(call), { guest_intake_notes: call.intakeNotes });

const reminderShape = (reminder: Reminder): z.infer<typeof reminderSchema> =>
  Object.assign(tellKind(reminder.kind), {
    fire_at: isoOrNull(reminder.fireAt),
    status: statusOf(reminder),
    reason: reminder.skipped,
  });

const statusOf = ({ fireAt, skipped }: Reminder): z.infer<typeof reminderSchema>['status'] =>
  fireAt !== null ? 'pending' : skipped !== null ? 'skipped' : 'fired';

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
  series: call.series && tellSeries(call.series),
  status: call.status,
  reminders: call.reminders.map(reminderShape),
  cancelled_at: isoOrNull(call.cancelledAt),
  cancellation_reason: call.cancellationReason,
  created_at: toIso(call.createdAt),
  updated_at: toIso(call.updatedAt),
  version: call.version,
});
