import { MOST_TOLD, type Decision } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { problemOf } from '../answers/refusals.ts';
import { foreseen, foreseenShape } from './answers.ts';
import { summarySchema, summaryShape } from './shapes.ts';
import { eventSchema, eventShape } from './timeline.ts';
import { WORDS } from './words.ts';

/** What became of one of several calls. */

const refusalDetails = z.record(z.string(), z.unknown()).openapi({
  properties: {
    reason: { type: 'string' },
    alternatives: {
      description: `Where else the call could go. Told to the first ${MOST_TOLD} of many moves that are refused for their places. A series has them as a whole, in the details of its refusal.`,
      type: 'array',
      items: { $ref: '#/components/schemas/Slot' },
    },
  },
});

export const resultSchema = z.object({
  id: z.string(),
  status: z.int().openapi({ description: 'What the change alone would be answered with.' }),
  call: summarySchema.optional(),
  events: z.array(eventSchema).optional(),
  ...foreseenShape.partial().shape,
  error: z.object({ code: z.string(), message: z.string(), details: refusalDetails }).optional(),
});

export type Result = z.infer<typeof resultSchema>;

export function resultOf(id: string, decision: Decision, isPreview = false): Result {
  if (decision.kind === 'accepted') {
    const { call, events } = decision;
    const made = { id, status: 200, call: summaryShape(call), events: events.map(eventShape) };
    return isPreview ? { ...made, ...foreseen(decision) } : made;
  }
  const { status, code, message, details = {} } = problemOf(decision, WORDS);
  return { id, status, error: { code, message, details } };
}
