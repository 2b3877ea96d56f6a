import { Temporal } from 'temporal-polyfill';
import { DAY, type Instant, type Span } from './time.ts';

/** Days as a zone has them. */

/** Finding a day takes some 20 microseconds, and the same few days are asked for again and again. */
const known = new Map<string, Span>();
const KNOWN_MAX = 1000;

/**
 * The day of `at` in the zone, which must be one that Temporal knows; never empty, and `at` lies in it. As long as that
 * day is there: 23 or 25 hours when clocks change, and from 01:00 where they skip midnight.
 */
export function dayOf(at: Instant, timezone: string): Span {
  const key = `${timezone} ${Math.floor(at / DAY)}`;
  const last = known.get(key);
  if (last && last.from <= at && at < last.to) return last;
  const day = findDay(at, timezone);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, day);
  return day;
}

function findDay(at: Instant, timezone: string): Span {
  const start = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).startOfDay();
  const from = start.epochMilliseconds;
  // From a day that begins at 01:00, the same time a day later is 01:00 too.
  const to = start.add({ days: 1 }).startOfDay().epochMilliseconds;
  // Clocks set back over midnight repeat the end of a day; by then the next one has begun, and days must not overlap.
  return at < to ? { from, to } : findDay(to, timezone);
}
