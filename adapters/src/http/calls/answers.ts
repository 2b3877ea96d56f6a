import type { Call, Status } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { callIdOf, callSchema } from './shapes.ts';

/** The envelope of the calls family, and what its routes put into it. */

const success = <Data extends z.ZodType>(data: Data) =>
  z.object({ message: z.string(), status: z.literal('success'), error: z.null(), data });

export const succeeded = <Data>(message: string, data: Data) => ({
  message,
  status: 'success' as const,
  error: null,
  data,
});

const identity = { organization_id: z.string(), call_id: z.string() };

export const rescheduled = success(
  z.object({
    operation: z.literal('schedule_update'),
    ...identity,
    previous_scheduled_timestamp: z.int(),
    new_scheduled_timestamp: z.int(),
    scheduled_for_human: z.string().openapi({ format: 'date-time' }),
    call: callSchema,
  }),
);

export const cancelled = success(
  z.object({
    operation: z.literal('schedule_cancelled'),
    ...identity,
    cancelled_scheduled_timestamp: z.int(),
    call: callSchema,
  }),
);

export const shown = success(
  callSchema.extend({
    ...identity,
    call_status: z.enum(['SCHEDULED', 'ONGOING', 'ENDED']),
    agent_id: z.string().nullable(),
  }),
);

const CALL_STATUS: Record<Status, 'SCHEDULED' | 'ONGOING' | 'ENDED'> = {
  scheduled: 'SCHEDULED',
  pending_confirmation: 'SCHEDULED',
  confirmed: 'SCHEDULED',
  started: 'ONGOING',
  completed: 'ENDED',
  cancelled: 'ENDED',
  no_show: 'ENDED',
};

export const callStatus = ({ status }: Call) => CALL_STATUS[status];

export const identityOf = (call: Call) => ({ organization_id: call.appId, call_id: callIdOf(call) });
