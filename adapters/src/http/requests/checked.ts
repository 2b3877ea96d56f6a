import type { z } from '@hono/zod-openapi';
import { ProblemError, problems, type FieldIssue } from '../answers/problems.ts';

/** What the schema makes of the value; throws the problem that lists everything that is wrong with it. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { error: missing });
  if (result.success) return result.data;
  throw new ProblemError(problems.invalid(result.error.issues.flatMap(fieldIssues)));
}

/** As `checked`, for what is empty most of the time: what the schema makes of nothing is known once. */
export function checkedOf<Schema extends z.ZodObject>(schema: Schema): (value: object) => z.output<Schema> {
  const ofNothing = schema.safeParse({});
  if (!ofNothing.success) return (value) => checked(schema, value);
  const { data } = ofNothing;
  // Every such request gets this one.
  Object.freeze(data);
  return (value) => (isEmpty(value) ? data : checked(schema, value));
}

function isEmpty(value: object): boolean {
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}

/** In words of ours; every other fault has its own. */
const missing = ({ input }: z.core.$ZodRawIssue): string | undefined =>
  input === undefined ? 'is missing' : undefined;

function fieldIssues(issue: z.core.$ZodIssue): FieldIssue[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'unknown field' }));
  }
  return [{ path: at.join('.'), message: issue.message }];
}
