import type { Clock } from '@reslot/core';
import { ProblemError, problems } from './answers/problems.ts';

/** What a memory may hold, and for how long. */
export interface Bounds {
  /** Milliseconds for which an answer is believed, from when it was asked for. */
  readonly life: number;
  /** Answers that are kept; the oldest goes first. */
  readonly most: number;
  /** Questions under way about names that were not found before, and as many more about others; what comes on top is the problem of a crowd. */
  readonly mostAsked: number;
}

interface Found<Value> {
  readonly value: Value;
  readonly until: number;
}

const CROWD = problems.unavailable('too many credentials are being looked up; nothing was changed');

/**
 * Asks for a name at most once in the life of its answer, however many want to know. Only what was found is kept: what is
 * not there, or met an outage, drives nothing out, however many ask for it.
 */
export function remembering<Value>(
  ask: (name: string) => Promise<Value | undefined>,
  clock: Clock,
  { life, most, mostAsked }: Bounds,
): (name: string) => Promise<Value | undefined> {
  const found = new Map<string, Found<Value>>();
  const asked = new Map<string, Promise<Value | undefined>>();

  function keep(name: string, value: Value | undefined, until: number): Value | undefined {
    found.delete(name);
    if (value === undefined) return undefined;
    const [oldest] = found.keys();
    if (found.size >= most && oldest !== undefined) found.delete(oldest);
    found.set(name, { value, until });
    return value;
  }

  return async (name) => {
    const now = clock.now();
    const known = found.get(name);
    if (known && now < known.until) return known.value;
    const underWay = asked.get(name);
    if (underWay) return underWay;
    // Guesses must not shut out those whose answer has just run out.
    if (asked.size >= (known ? 2 * mostAsked : mostAsked)) throw new ProblemError(CROWD);
    const answer = ask(name)
      .then((value) => keep(name, value, now + life))
      .finally(() => asked.delete(name));
    asked.set(name, answer);
    return answer;
  };
}
