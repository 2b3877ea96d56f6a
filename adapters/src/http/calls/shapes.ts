import { isMovable, type Call, type CallEvent, type Status } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toSeconds } from '../requests/time.ts';

/** How the calls family shows a call. Timestamps are Unix seconds, but for an event's, which are milliseconds. */

/** What this family's events call the interface that wrote them. */
export const SOURCE = 'calls';

export const callIdOf = (call: Pick<Call, 'id'>): string => `call_${call.id}`;

export const eventSchema = z
  .object({
    timestamp: z.int().openapi({ description: 'Milliseconds.' }),
    event: z.string(),
    data: z.record(z.string(), z.union([z.string(), z.int(), z.null()])),
  })
  .openapi('CallEvent');

export const callSchema = z
  .object({
    call_id: z.string(),
    metadata: z.object({
      is_scheduled: z.boolean(),
      scheduled_timestamp: z.int(),
      execution_status: z.enum(['pending', 'in_progress', 'completed', 'cancelled', 'no_show']),
    }),
    events: z.array(eventSchema),
  })
  .openapi('Call');

type ExecutionStatus = z.infer<typeof callSchema>['metadata']['execution_status'];

const EXECUTION: Record<Status, ExecutionStatus> = {
  scheduled: 'pending',
  pending_confirmation: 'pending',
  confirmed: 'pending',
  started: 'in_progress',
  completed: 'completed',
  cancelled: 'cancelled',
  no_show: 'no_show',
};

export type CallEventShape = z.infer<typeof eventSchema>;

export const callShape = (call: Call, events: CallEventShape[]): z.infer<typeof callSchema> => ({
  call_id: callIdOf(call),
  metadata: {
    is_scheduled: isMovable(call.status),
    scheduled_timestamp: toSeconds(call.startsAt),
    execution_status: EXECUTION[call.status],
  },
  events,
});

const TITLES: Record<CallEvent['type'], string> = {
  created: 'Call scheduled',
  rescheduled: 'Scheduled call time updated',
  reminder_planned: 'Reminder added',
  reminder_due: 'Reminder due',
  reminder_skipped: 'Reminder skipped: too late',
  move_undone: 'Last move taken back',
  assigned: 'Scheduled call assigned to another agent',
  guest_updated: 'Guest details updated',
  intake_notes_updated: 'Intake notes updated',
  confirmed: 'Scheduled call confirmed',
  started: 'Call started',
  completed: 'Call completed',
  no_show: 'Guest did not show up',
  cancelled: 'Scheduled call cancelled - converted to regular call',
};

export function eventShape(event: CallEvent, call: Call): CallEventShape {
  const { at: timestamp, type, reason } = event;
  const here = event.source === SOURCE;
  const why = reason === null ? {} : { reason };
  if (type === 'rescheduled') {
    return {
      timestamp,
      event: here ? `${TITLES[type]} via dedicated endpoint` : TITLES[type],
      data: {
        previous_scheduled_timestamp: toSeconds(event.from.startsAt),
        new_scheduled_timestamp: toSeconds(event.to.startsAt),
        updated_at: timestamp,
        endpoint_used: here ? '/schedule' : event.source,
        ...why,
      },
    };
  }
  if (type === 'cancelled') {
    return {
      timestamp,
      event: TITLES[type],
      data: {
        previous_scheduled_timestamp: toSeconds(call.startsAt),
        cancelled_at: toSeconds(timestamp),
        endpoint_used: here ? '/schedule DELETE' : event.source,
        ...why,
      },
    };
  }
  return {
    timestamp,
    event: TITLES[type],
    data: { updated_at: timestamp, endpoint_used: event.source, ...why },
  };
}
