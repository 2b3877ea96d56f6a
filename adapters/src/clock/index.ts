import type { Clock, Instant } from '@reslot/core';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is set. */
export interface FixedClock extends Clock {
  set(instant: Instant): void;
  advance(milliseconds: number): void;
}

export function fixedClock(start: Instant): FixedClock {
  let instant = start;
  return {
    now: () => instant,
    set(next) {
      instant = next;
    },
    advance(milliseconds) {
      instant += milliseconds;
    },
  };
}
