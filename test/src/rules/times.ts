import { DAY, MINUTE, type Instant } from '@reslot/core';

/** Times as the page writes them. */

/** The week of the page. */
const MONDAY = Date.UTC(2026, 4, 4);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const UNITS: Record<string, number> = { second: 1_000, minute: MINUTE, hour: 60 * MINUTE, day: DAY };

export const NOW = MONDAY + 12 * 60 * MINUTE;
/** When what is there at the beginning is booked. */
export const BEFORE = NOW - 7 * DAY;

/** As a part of a pattern; what it finds is for `timeOf`. */
export const TIME =
  '((?:next )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \\d\\d:\\d\\d|\\d+ [A-Z][a-z]{2} \\d\\d:\\d\\d(?: in Paris)?|in \\d+ [a-z]+(?: and a minute)?)';

export function timeOf(text: string): Instant {
  const inParis = text.endsWith(' in Paris');
  const [, later, day = '', month, clock, count, unit = '', more] =
    /^(?:(next )?([A-Z][a-z]{2}|\d+)(?: ([A-Z][a-z]{2}))? (\d\d:\d\d)(?: in Paris)?|in (\d+) ([a-z]+?)s?( and a minute)?)$/.exec(
      text,
    ) ?? [];
  if (count !== undefined) return NOW + Number(count) * (UNITS[unit] ?? NaN) + (more ? MINUTE : 0);
  if (clock === undefined) throw new Error(`no time: ${text}`);
  const [hours, minutes] = clock.split(':').map(Number);
  const ofDay = ((hours ?? NaN) * 60 + (minutes ?? NaN)) * MINUTE;
  if (month === undefined) return MONDAY + (WEEKDAYS.indexOf(day) + (later ? 7 : 0)) * DAY + ofDay;
  const at = Date.UTC(2026, MONTHS.indexOf(month), Number(day)) + ofDay;
  return inParis ? fromParis(at) : at;
}

/** Paris is one or two hours ahead. Of a time that comes twice the first is meant. */
function fromParis(asIfUtc: Instant): Instant {
  const at = [2, 1]
    .map((hours) => asIfUtc - hours * 60 * MINUTE)
    .find((one) => told(one, 'Europe/Paris') === told(asIfUtc, 'UTC'));
  if (at === undefined) throw new Error('the clocks of Paris skip it');
  return at;
}

export const tellTime = (at: Instant): string => told(at, 'UTC');
export const tellParis = (at: Instant): string => told(at, 'Europe/Paris');

/** In the week of the page by the day's name; what is not on a minute is just before one. */
function told(at: Instant, timeZone: string): string {
  if (at % MINUTE !== 0) return `just before ${told(Math.ceil(at / MINUTE) * MINUTE, timeZone)}`;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const),
    ...({ hour: '2-digit', minute: '2-digit' } as const),
  }).formatToParts(at);
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.find(({ type }) => type === name)?.value ?? '';
  const clock = `${part('hour')}:${part('minute')}`;
  if (at >= MONDAY && at < MONDAY + 7 * DAY) return `${part('weekday')} ${clock}`;
  const year = part('year') === '2026' ? '' : ` ${part('year')}`;
  return `${part('day')} ${part('month')}${year} ${clock}`;
}
