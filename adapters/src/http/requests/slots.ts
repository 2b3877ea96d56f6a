import type { Offer } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from './time.ts';

/** A place for a call, without its buffers: sent at once, it is accepted. */
export const slotSchema = z
  .object({
    startUtc: z.string().openapi({ format: 'date-time' }),
    endUtc: z.string().openapi({ format: 'date-time' }),
    agentId: z.string(),
  })
  .openapi('Slot');

export const slotShape = ({ from, to, agentId }: Offer): z.infer<typeof slotSchema> => ({
  startUtc: toIso(from),
  endUtc: toIso(to),
  agentId,
});
