/** Counts what each name does, and says when it has done too much. Never rejects: without its counters it counts as well as it can. */
export interface RateLimiter {
  /** Takes one of those that `name` has left. Gives undefined, or, when none is left, the milliseconds until there is one. */
  take(name: string): Promise<number | undefined>;
  /** What `take` would give. Nothing is taken. */
  look(name: string): Promise<number | undefined>;
  /**
   * Takes `many` more for what `take` has let in, also those that are not left: they are missing until the time is over.
   * Gives the milliseconds, as `take`, if more were taken before than there are.
   */
  charge(name: string, many: number): Promise<number | undefined>;
}
