import { z } from 'zod';

/** The body of a move as a handler would check it. */
export const moveBody = z.strictObject({
  scheduledAtUtc: z.iso.datetime().transform((text) => Date.parse(text)),
  reason: z.string().max(500).optional(),
});
