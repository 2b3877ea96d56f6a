import type { FieldRule } from './fields.ts';

/** What is wrong with one field of a command. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export type Check = [path: string, rule: FieldRule, value: unknown];

/** As the rule says, or null. */
export const orNull =
  (rule: FieldRule): FieldRule =>
  (value) =>
    value === null ? undefined : rule(value);

/** Leaves out what is not said. */
export const optional = (checks: Check[]): Check[] => checks.filter(([, , value]) => value !== undefined);

export const issues = (checks: Check[]): Issue[] =>
  checks.flatMap(([path, rule, value]) => {
    const message = rule(value);
    return message === undefined ? [] : [{ path, message }];
  });
