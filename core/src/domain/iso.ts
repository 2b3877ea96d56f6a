import { DAY, type Instant } from './time.ts';

const MAX_DATES = 4_096;
/** Days since 1970, and how they are written: an answer names a few of them many times. */
const dates = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY).toISOString().slice(0, 'YYYY-MM-DD'.length);
  if (dates.size >= MAX_DATES) dates.clear();
  dates.set(day, date);
  return date;
}

/** ISO 8601 in UTC with milliseconds and `Z`: what `Date` writes, in a third of the time. Decision 11. */
export function toIso(instant: Instant): string {
  const day = Math.floor(instant / DAY);
  const millis = (instant - day * DAY) % 1000;
  const seconds = (instant - day * DAY - millis) / 1000;
  const hour = TWO_DIGITS[Math.floor(seconds / 3600)];
  const minute = TWO_DIGITS[Math.floor(seconds / 60) % 60];
  const second = TWO_DIGITS[seconds % 60];
  return `${dateOf(day)}T${hour}:${minute}:${second}.${String(millis).padStart(3, '0')}Z`;
}
