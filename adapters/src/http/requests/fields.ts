import { fields, LONGEST_DESCRIPTION, type Instant } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { parseIso } from './time.ts';

/** Schemas of the fields that routes share. What a value may be is the core's rule; here it gets its place. */

const judged = (rule: fields.FieldRule) =>
  z.string().superRefine((value, context) => {
    const message = rule(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export const whole = ({ min, max }: { min: number; max: number }) => z.int().min(min).max(max);

const { LIMITS } = fields;

export const guestName = judged(fields.guestName).openapi({ minLength: 1, maxLength: LIMITS.guestName });
export const guestPhone = judged(fields.guestPhone).openapi({ example: '+33 1 23 45 67 89' });
export const guestEmail = judged(fields.guestEmail).openapi({
  format: 'email',
  maxLength: LIMITS.guestEmail,
});
export const agentEmail = judged(fields.agentEmail).openapi({
  format: 'email',
  maxLength: LIMITS.guestEmail,
});
export const timezone = judged(fields.timezone).openapi({ example: 'Europe/Paris' });
/** `HH:MM`. */
export const localTime = z.string().openapi({ example: '09:00' });
export const intakeNotes = judged(fields.intakeNotes).openapi({ maxLength: LIMITS.intakeNotes });
export const reason = judged(fields.reason).openapi({ maxLength: LIMITS.reason });
export const agentName = judged(fields.agentName).openapi({ minLength: 1, maxLength: LIMITS.agentName });
export const search = judged(fields.line(100)).openapi({ minLength: 1, maxLength: 100 });
export const description = judged(fields.line(LONGEST_DESCRIPTION)).openapi({
  minLength: 1,
  maxLength: LONGEST_DESCRIPTION,
});
export const agentId = judged(fields.id).openapi({ example: 'ana' });
export const durationMinutes = whole(LIMITS.durationMinutes);
export const bufferMinutes = whole(LIMITS.bufferMinutes);

/** A UUID in either case, in lower case from here on. */
export const uuid = judged(fields.uuid)
  .transform((value) => value.toLowerCase())
  .openapi({ format: 'uuid' });

/** A timestamp in UTC; an instant from here on. */
export const utc = z
  .string()
  .transform((text, context): Instant => {
    const instant = parseIso(text);
    if (instant !== undefined) return instant;
    context.addIssue({ code: 'custom', message: 'must be a UTC timestamp such as 2026-05-02T16:00:00.000Z' });
    return z.NEVER;
  })
  .openapi({ format: 'date-time', example: '2026-05-02T16:00:00.000Z' });

/** Where a page begins, as the page before has told it. */
export const cursor = <Position>(parse: (text: string) => Position | undefined) =>
  z
    .string()
    .transform((text, context): Position => {
      const position = parse(Buffer.from(text, 'base64url').toString());
      if (position !== undefined) return position;
      context.addIssue({ code: 'custom', message: 'must be the nextCursor of another page' });
      return z.NEVER;
    })
    .openapi({ type: 'string' });

export const cursorOf = (...parts: readonly (string | number)[]): string =>
  Buffer.from(parts.join(' ')).toString('base64url');

/** A whole number as a query string writes it. */
export const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .openapi({ type: 'integer', minimum: min, maximum: max });

/** A switch as a query string writes it. */
export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .openapi({ type: 'boolean' });

/** Routes without a query refuse one: a parameter that is ignored is a wish that is lost. */
export const noQuery = z.strictObject({});

/** Of routes that look at no header but those of every request. */
export const noHeaders = z.object({});

export const why = z.strictObject({ reason: reason.optional() });
