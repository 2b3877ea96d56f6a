import { z } from '@hono/zod-openapi';

/** Answers that many routes have in common, as the OpenAPI document describes them. */

const envelope = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()),
      requestId: z.string(),
    }),
  })
  .openapi('Error');

const failure = z
  .object({ message: z.string(), status: z.literal('error'), error: z.string(), data: z.null() })
  .openapi('Failure');

const MEANINGS = {
  400: 'The request is not acceptable: a field, the JSON, a time in the past.',
  401: 'No valid credential.',
  403: 'The credential belongs to another app or lacks the scope, the link is for something else, or the policy forbids it.',
  404: 'No such thing in this app.',
  409: 'A rule is in the way; the reason says which.',
  412: 'The call is not at the version that If-Match names.',
  413: 'The body is too large.',
  415: 'The body is not JSON in UTF-8.',
  422: 'The Idempotency-Key was used for another request.',
  428: 'The policy of the app wants If-Match.',
  429: 'Too many requests. Try again at details.nextAllowedAt, or after the time in Retry-After.',
  500: 'Our fault; it has been noted.',
  503: 'Overloaded, or the database is away. Try again after the time in Retry-After.',
} as const;

type ErrorStatus = keyof typeof MEANINGS;

const COMMON = [400, 403, 429, 500, 503] as const satisfies ErrorStatus[];

/** Content in JSON. */
export const json = <Schema>(schema: Schema) => ({ 'application/json': { schema } });

/** A successful answer; in JSON, unless it says otherwise. */
export const answer = <Schema>(description: string, schema: Schema, media = 'application/json') => ({
  description,
  content: { [media]: { schema } },
});

/** For somebody in front of a browser. */
export const PAGE = { 'text/html': { schema: z.string() } };

const described = (schema: z.ZodType, statuses: readonly ErrorStatus[]) =>
  Object.fromEntries([...COMMON, ...statuses].map((status) => [status, answer(MEANINGS[status], schema)]));

/** The errors of an endpoint of the scheduled-calls family: the common ones and `statuses`. */
export const errors = (...statuses: ErrorStatus[]) => described(envelope, [401, ...statuses]);

/** The errors of what a guest's link leads to, as JSON or as a page. */
export const guestErrors = (...statuses: ErrorStatus[]) =>
  Object.fromEntries(
    Object.entries(described(envelope, statuses)).map(([status, { description, content }]) => [
      status,
      { description, content: { ...content, ...PAGE } },
    ]),
  );

/** The errors of an endpoint of the calls family. */
export const failures = (...statuses: ErrorStatus[]) => described(failure, [401, ...statuses]);
