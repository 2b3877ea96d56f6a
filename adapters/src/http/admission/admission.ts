import { ProblemError, problems } from '../answers/problems.ts';

export const MOST_REQUESTS = 320;

export const FULL = problems.unavailable('too many requests are under way; nothing was changed');

/** Bounds what is done at once. */
export interface Admission {
  isFull(): boolean;
  /** Does the work if there is room; throws the problem of a full house if there is none. */
  within<Result>(work: () => Promise<Result>): Promise<Result>;
}

/**
 * A request takes its place when it is known to be sound: neither a slow body nor a guessed credential holds one. Throws
 * a RangeError when `most` is not a whole number above zero.
 */
export function createAdmission(most: number): Admission {
  if (!Number.isInteger(most) || most < 1)
    throw new RangeError('mostRequests must be a whole number above zero');
  let underWay = 0;

  const isFull = () => underWay >= most;

  return {
    isFull,
    async within(work) {
      if (isFull()) throw new ProblemError(FULL);
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
  };
}
