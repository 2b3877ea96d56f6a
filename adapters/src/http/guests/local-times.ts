import type { Instant } from '@reslot/core';

/** Times as a guest reads them, on the clocks of a zone. The offset tells the two hours apart that a clock shows twice. */

const PLAIN = { calendar: 'gregory', numberingSystem: 'latn' } as const;
const DAY = { ...PLAIN, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const HOUR = {
  ...PLAIN,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'shortOffset',
} as const;

export interface LocalTimes {
  /** `Saturday 2 May 2026`. */
  day(instant: Instant): string;
  /** `18:00 GMT+2`. */
  hour(instant: Instant): string;
}

export function localTimes(timeZone: string): LocalTimes {
  const day = new Intl.DateTimeFormat('en-GB', { ...DAY, timeZone });
  const hour = new Intl.DateTimeFormat('en-GB', { ...HOUR, timeZone });
  return {
    day(instant) {
      const parts = partsOf(day, instant);
      return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}`;
    },
    hour(instant) {
      const parts = partsOf(hour, instant);
      return `${parts.hour}:${parts.minute} ${parts.timeZoneName}`;
    },
  };
}

/** How they are put together differs from one version of the runtime's data to the next. */
const partsOf = (format: Intl.DateTimeFormat, instant: Instant): Record<string, string> =>
  Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
