import { hash } from 'node:crypto';
import type { Clock } from '@reslot/core';

/** Names that have a counter of their own in one window. */
const MOST_NAMES = 20_000;
/** Hexadecimal digits of the names that all others share: 4,096 of them. */
const SHARED_DIGITS = 3;

/**
 * Bounds the names that are counted: in a flood of addresses those that come later share counters, and no name is
 * forgotten before its window of `window` milliseconds is over.
 */
export function boundedNames(clock: Clock, window: number): (name: string) => string {
  const known = new Set<string>();
  let until = 0;

  return (name) => {
    const now = clock.now();
    if (now >= until) {
      known.clear();
      until = now + window;
    }
    if (known.has(name)) return name;
    if (known.size >= MOST_NAMES) return `shared-${hash('sha256', name).slice(0, SHARED_DIGITS)}`;
    known.add(name);
    return name;
  };
}
