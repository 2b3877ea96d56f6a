/** How what was looked at is: `warning`, it may be meant so; `problem`, it has to be mended. */
export type State = 'ok' | 'warning' | 'problem';

/** What one look has found. No secret is in it. */
export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly found: string;
  /** What to do; null where nothing is. */
  readonly todo: string | null;
}

/** A look at one subject. */
export interface Check {
  readonly name: string;
  /** Another check, that comes before it: while that has a problem, this one would find the same. */
  readonly needs?: string;
  readonly look: () => readonly Finding[] | Promise<readonly Finding[]>;
}

export const ok = (name: string, found: string): Finding => ({ name, state: 'ok', found, todo: null });
export const warning = (name: string, found: string, todo: string): Finding => ({
  name,
  state: 'warning',
  found,
  todo,
});
export const problem = (name: string, found: string, todo: string): Finding => ({
  name,
  state: 'problem',
  found,
  todo,
});
