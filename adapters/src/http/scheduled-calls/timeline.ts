import { ACTOR_TYPES, eventId, tellOverridden, tellPart, tellReminder, type CallEvent } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from '../requests/time.ts';
import { instant, reminderKind } from './shapes.ts';

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
      'reminder_due',
      'reminder_skipped',
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
    overridden: z.array(z.string()).optional().openapi({ description: 'The reasons that were overridden.' }),
    payload: z.object({
      previous: z.record(z.string(), z.unknown()),
      current: z.record(z.string(), z.unknown()),
      reminders: z.array(reminderChange).optional(),
    }),
    created_at: instant,
  })
  .openapi('TimelineEvent');

export const eventShape = (event: CallEvent): z.infer<typeof eventSchema> => ({
  id: eventId(event),
  seq: event.seq,
  version: event.version,
  event_type: event.type,
  actor_type: event.actor.type,
  actor_id: event.actor.id,
  source: event.source,
  reason: event.reason,
  ...(event.overridden && { overridden: tellOverridden(event.overridden) }),
  payload: {
    previous: event.type === 'created' ? {} : tellPart(event.from),
    current: tellPart(event.to),
    ...('reminders' in event && { reminders: event.reminders.map(tellReminder) }),
  },
  created_at: toIso(event.at),
});
