/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A stretch of time: half-open, so that touching is not overlapping. */
export interface Span {
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
}

export const overlaps = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
