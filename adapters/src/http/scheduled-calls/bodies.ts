import { ASSIGNMENT_METHODS, ASSIGNMENTS, type Edits } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import * as fields from '../requests/fields.ts';

/** What the scheduled-calls family takes in a body. */

export const updateBody = z
  .strictObject({
    scheduledAtUtc: fields.utc,
    assignedAgentId: fields.agentId,
    guestName: fields.guestName,
    guestPhone: fields.guestPhone.nullable(),
    guestEmail: fields.guestEmail.nullable(),
    guestTimezone: fields.timezone,
    guestIntakeNotes: fields.intakeNotes,
    assignment: z.union([z.enum(ASSIGNMENTS), z.strictObject({ agentId: fields.agentId })]).openapi({
      description: 'Who takes the call, when it is not `assignedAgentId`. `keep` is the default.',
    }),
    reason: fields.reason,
  })
  .partial()
  .refine(
    (edits) => Object.keys(edits).some((field) => field !== 'reason'),
    'at least one editable field is required',
  )
  .refine(({ assignedAgentId, assignment }) => assignedAgentId === undefined || assignment === undefined, {
    message: 'stands beside assignedAgentId',
    path: ['assignment'],
  })
  .openapi('UpdateScheduledCall', { minProperties: 1 });

/** What the command calls it. */
export function editsOf(body: z.output<typeof updateBody>): Edits {
  const { assignment, assignedAgentId } = body;
  const named = typeof assignment === 'object' ? assignment.agentId : assignedAgentId;
  return {
    startsAt: body.scheduledAtUtc,
    agentId: named,
    assignment: typeof assignment === 'string' ? assignment : undefined,
    guestName: body.guestName,
    guestPhone: body.guestPhone,
    guestEmail: body.guestEmail,
    guestTimezone: body.guestTimezone,
    intakeNotes: body.guestIntakeNotes,
  };
}

export const creationBody = z
  .strictObject({
    scheduledAtUtc: fields.utc,
    appTimezone: fields.timezone,
    guestName: fields.guestName,
    guestPhone: fields.guestPhone.nullish(),
    guestEmail: fields.guestEmail.nullish(),
    guestTimezone: fields.timezone.nullish(),
    guestIntakeNotes: fields.intakeNotes.nullish(),
    assignedAgentId: fields.agentId.nullish(),
    assignmentMethod: z.enum(ASSIGNMENT_METHODS).default('manual'),
    durationMinutes: fields.durationMinutes.default(30),
    bufferBeforeMinutes: fields.bufferMinutes.default(0),
    bufferAfterMinutes: fields.bufferMinutes.default(0),
    requireConfirmation: z.boolean().default(false),
    recurrence: z.string().optional().openapi({
      description:
        'A recurrence rule (RFC 5545): the call is booked several times, at the same time of the day in `appTimezone`.',
      example: 'FREQ=WEEKLY;COUNT=8',
    }),
  })
  .refine(({ guestPhone, guestEmail }) => Boolean(guestPhone ?? guestEmail), {
    message: 'a phone or an e-mail address is required',
    path: ['guestPhone'],
  })
  .openapi('CreateScheduledCall');
