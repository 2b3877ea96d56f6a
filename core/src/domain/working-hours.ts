import { DAY, MINUTE, type Instant, type Span } from './time.ts';
import { firstInstantOf, lastInstantOf } from './zones.ts';

/** Hours that repeat every week, in local time. */
export interface WorkingWindow {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** `HH:MM`. */
  readonly start: string;
  /** `HH:MM`, after `start`; `24:00` is the end of the day. */
  readonly end: string;
  /** An IANA name. */
  readonly timezone: string;
}

/** Days since 1970-01-01, as a date without a zone. */
type DayNumber = number;

/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_DAY_0 = 4;

/**
 * The hours that the windows give between `from` and `to`, clipped to [from, to): merged where they touch or overlap, by
 * start. A window belongs to the dates of its own zone. Where the clocks go forward, a boundary that does not exist is
 * the moment of the change; where they go back, a start is the first of the two instants and an end the second.
 */
export function hoursIn(windows: readonly WorkingWindow[], from: Instant, to: Instant): Span[] {
  // Zones are from 12 hours behind UTC to 14 ahead, so that a local date is at most one day off.
  const firstDay = Math.floor(from / DAY) - 1;
  const lastDay = Math.floor(to / DAY) + 1;
  const spans: Span[] = [];
  for (const window of windows) {
    for (let day = weekdayFrom(firstDay, window.weekday); day <= lastDay; day += 7) {
      const start = Math.max(from, firstInstantOf(window.timezone, day * DAY + sinceMidnight(window.start)));
      const end = Math.min(to, lastInstantOf(window.timezone, day * DAY + sinceMidnight(window.end)));
      if (start < end) spans.push({ from: start, to: end });
    }
  }
  return merged(spans);
}

/** `spans` merged where they touch or overlap, by start. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  let last: Span | undefined;
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    if (last === undefined || span.from > last.to) {
      result.push(span);
      last = span;
    } else if (span.to > last.to) {
      last = { from: last.from, to: span.to };
      result[result.length - 1] = last;
    }
  }
  return result;
}

/** The first day from `day` on that is a `weekday`. */
function weekdayFrom(day: DayNumber, weekday: number): DayNumber {
  const ahead = (weekday - day - WEEKDAY_OF_DAY_0) % 7;
  return day + (ahead < 0 ? ahead + 7 : ahead);
}

/** `HH:MM` as milliseconds; 24:00 is the midnight of the next date. */
const sinceMidnight = (time: string): number =>
  (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE;
