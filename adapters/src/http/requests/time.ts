import { toIso, type Instant } from '@reslot/core';

export { toIso };

const GRAMMAR = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|\+00:00)$/;

/**
 * The instant that an ISO 8601 timestamp in UTC names; undefined for anything else. Seconds are required, a fraction
 * may not be finer than milliseconds, and the date must exist: nothing is rolled over or rounded.
 */
export function parseIso(text: string): Instant | undefined {
  const match = GRAMMAR.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  if (/[1-9]/.test(fraction.slice(3))) return undefined;
  const instant = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(millis),
  );
  const same = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`;
  return Number.isNaN(instant) || instant < 0 || toIso(instant) !== same ? undefined : instant;
}

/** ISO 8601, without the milliseconds. */
export const toIsoSeconds = (instant: Instant): string => toIso(instant).replace(/\.\d{3}Z$/, 'Z');

/** Whole Unix seconds; a fraction is cut off. */
export const toSeconds = (instant: Instant): number => Math.floor(instant / 1000);
