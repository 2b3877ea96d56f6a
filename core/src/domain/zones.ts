import { Temporal } from 'temporal-polyfill';
import { DAY, type Instant, type Span } from './time.ts';

/** Milliseconds that the clocks of a zone show, counted as if they were in UTC. */
export type LocalTime = number;

/** Time in which the clocks of a zone are equally far ahead of UTC. It may begin earlier than is known, and end never. */
interface Stretch extends Span {
  /** Milliseconds. */
  readonly ahead: number;
}

/**
 * The first instant at which the clocks of the zone show a time that comes twice. One that does not exist is the moment
 * of the change that leaves it out.
 */
export function firstInstantOf(zone: string, local: LocalTime): Instant {
  let stretch = stretchBefore(zone, local);
  while (local - stretch.ahead >= stretch.to) stretch = stretchAt(zone, stretch.to);
  return Math.max(local - stretch.ahead, stretch.from);
}

/** As `firstInstantOf`, but the last of the instants. */
export function lastInstantOf(zone: string, local: LocalTime): Instant {
  let stretch = stretchBefore(zone, local);
  while (stretch.to < local + DAY) {
    const next = stretchAt(zone, stretch.to);
    if (local - next.ahead < next.from) break;
    stretch = next;
  }
  return Math.min(local - stretch.ahead, stretch.to);
}

/** No zone is a day ahead of UTC, or behind it. */
const stretchBefore = (zone: string, local: LocalTime): Stretch => stretchAt(zone, local - DAY);

const MOST_ZONES = 1_000;
const MOST_STRETCHES = 32;
/** Finding a stretch takes the time of thousands of look-ups. None ever changes, so this does not show outside. */
const memo = new Map<string, readonly Stretch[]>();

function stretchAt(zone: string, instant: Instant): Stretch {
  const known = memo.get(zone) ?? [];
  const found = known.find(({ from, to }) => from <= instant && instant < to);
  if (found) return found;
  const there = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  const to = there.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
  const stretch = { from: instant, to, ahead: there.offsetNanoseconds / 1e6 };
  if (memo.size >= MOST_ZONES) memo.clear();
  // What is known of the same stretch, from later on, is a part of this.
  const others = known.length < MOST_STRETCHES ? known.filter((other) => other.to !== to) : [];
  memo.set(zone, [...others, stretch]);
  return stretch;
}
