import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, MINUTE, type Instant, type Span } from './time.ts';
import { hoursIn, merged, type WorkingWindow } from './working-hours.ts';

const at = (iso: string): Instant => Date.parse(`${iso}Z`);
const span = (from: string, to: string): Span => ({ from: at(from), to: at(to) });
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** `Sun 09:00-17:00` in a zone. */
function hours(text: string, timezone: string): WorkingWindow {
  const weekday = WEEKDAYS.indexOf(text.slice(0, 3));
  return { weekday, start: text.slice(4, 9), end: text.slice(10), timezone };
}

/** Less than a week around noon of a UTC date, so that every weekday comes once at most. */
const around = (windows: WorkingWindow[], date: string): Span[] =>
  hoursIn(windows, at(`${date}T12:00`) - 3 * DAY, at(`${date}T12:00`) + 3 * DAY);

const SHOWN = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const formatters = new Map<string, Intl.DateTimeFormat>();
/** What the clocks of a zone show by Intl: weekday, time, and milliseconds ahead of UTC. */
function clock(timeZone: string, instant: Instant): { weekday: number; time: string; offset: number } {
  let formatter = formatters.get(timeZone);
  formatter ??= new Intl.DateTimeFormat('en-US', { ...SHOWN, timeZone, timeZoneName: 'longOffset' });
  formatters.set(timeZone, formatter);
  // For example `Sun, 02:30 GMT+05:45`, or `GMT` alone for UTC.
  const [, day = '', time = '', sign, hh = '0', mm = '0'] =
    /^(\w+),? (\d\d:\d\d) GMT(?:([+-])(\d\d):(\d\d))?$/.exec(formatter.format(instant)) ?? [];
  const offset = (Number(hh) * 60 + Number(mm)) * MINUTE * (sign === '-' ? -1 : 1);
  return { weekday: WEEKDAYS.indexOf(day), time, offset };
}

describe('working hours across a change of the clocks', () => {
  test.each([
    // 02:00 becomes 03:00 at 01:00 UTC.
    ['Europe/Paris', '2026-03-29', 'Sun 02:30-04:00', '2026-03-29T01:00', '2026-03-29T02:00'],
    ['Europe/Paris', '2026-03-29', 'Sun 01:00-02:30', '2026-03-29T00:00', '2026-03-29T01:00'],
    ['Europe/Paris', '2026-03-29', 'Sun 00:00-24:00', '2026-03-28T23:00', '2026-03-29T22:00'],
    // 03:00 becomes 02:00 at 01:00 UTC.
    ['Europe/Paris', '2026-10-25', 'Sun 02:30-04:00', '2026-10-25T00:30', '2026-10-25T03:00'],
    ['Europe/Paris', '2026-10-25', 'Sun 01:00-02:30', '2026-10-24T23:00', '2026-10-25T01:30'],
    ['Europe/Paris', '2026-10-25', 'Sun 02:15-02:45', '2026-10-25T00:15', '2026-10-25T01:45'],
    ['Europe/Paris', '2026-10-25', 'Sun 00:00-24:00', '2026-10-24T22:00', '2026-10-25T23:00'],
    // 02:00 becomes 03:00 at 07:00 UTC, and 01:00 at 06:00 UTC.
    ['America/New_York', '2026-03-08', 'Sun 02:30-09:00', '2026-03-08T07:00', '2026-03-08T13:00'],
    ['America/New_York', '2026-11-01', 'Sun 01:30-09:00', '2026-11-01T05:30', '2026-11-01T14:00'],
    ['America/New_York', '2026-11-01', 'Sun 00:00-01:30', '2026-11-01T04:00', '2026-11-01T06:30'],
    // 02:00 becomes 01:30 at 15:00 UTC of the day before.
    ['Australia/Lord_Howe', '2026-04-05', 'Sun 01:45-09:00', '2026-04-04T14:45', '2026-04-04T22:30'],
    ['Australia/Lord_Howe', '2026-04-05', 'Sun 01:00-01:45', '2026-04-04T14:00', '2026-04-04T15:15'],
    // Midnight becomes 01:00 at 04:00 UTC.
    ['America/Santiago', '2026-09-06', 'Sun 00:00-08:00', '2026-09-06T04:00', '2026-09-06T11:00'],
    ['America/Santiago', '2026-09-06', 'Sat 20:00-24:00', '2026-09-06T00:00', '2026-09-06T04:00'],
    // 01:00 becomes midnight, for the second time, at 05:00 UTC.
    ['America/Havana', '2026-11-01', 'Sun 00:00-08:00', '2026-11-01T04:00', '2026-11-01T13:00'],
    ['America/Havana', '2026-11-01', 'Sat 20:00-24:00', '2026-11-01T00:00', '2026-11-01T05:00'],
    // The Thursday ends at 10:00 UTC; then it is Saturday.
    ['Pacific/Apia', '2011-12-30', 'Thu 22:00-24:00', '2011-12-30T08:00', '2011-12-30T10:00'],
    ['Pacific/Apia', '2011-12-30', 'Sat 00:00-02:00', '2011-12-30T10:00', '2011-12-30T12:00'],
    // One hour less during Ramadan: 03:00 becomes 02:00 at 02:00 UTC, and 02:00 becomes 03:00 at 02:00 UTC.
    ['Africa/Casablanca', '2026-02-10', 'Mon 09:00-17:00', '2026-02-09T08:00', '2026-02-09T16:00'],
    ['Africa/Casablanca', '2026-02-15', 'Sun 02:30-09:00', '2026-02-15T01:30', '2026-02-15T09:00'],
    ['Africa/Casablanca', '2026-02-15', 'Mon 09:00-17:00', '2026-02-16T09:00', '2026-02-16T17:00'],
    ['Africa/Casablanca', '2026-03-22', 'Sun 02:30-09:00', '2026-03-22T02:00', '2026-03-22T08:00'],
    ['Africa/Casablanca', '2026-03-22', 'Mon 09:00-17:00', '2026-03-23T08:00', '2026-03-23T16:00'],
  ])('%s around %s: %s', (zone, date, text, from, to) => {
    expect(around([hours(text, zone)], date)).toEqual([span(from, to)]);
  });

  test.each([
    ['Europe/Paris', '2026-03-29', 'Sun 02:15-02:45'],
    ['Europe/Paris', '2026-03-29', 'Sun 02:00-03:00'],
    ['Pacific/Apia', '2011-12-30', 'Fri 09:00-17:00'],
    ['Pacific/Apia', '2011-12-30', 'Fri 00:00-24:00'],
  ])('%s around %s: %s is skipped and gives nothing', (zone, date, text) => {
    expect(around([hours(text, zone)], date)).toEqual([]);
  });

  test(`America/Vancouver on 2026-11-01 follows tz ${process.versions.tz}`, () => {
    const nine = at('2026-11-01T09:00') - clock('America/Vancouver', at('2026-11-01T20:00')).offset;
    const windows = [hours('Sun 01:30-09:00', 'America/Vancouver')];
    expect(around(windows, '2026-11-01')).toEqual([{ from: at('2026-11-01T08:30'), to: nine }]);
  });
});

describe('working hours', () => {
  const kathmandu = hours('Mon 09:00-17:00', 'Asia/Kathmandu');

  test('are none without windows, in no time, and on other days', () => {
    const noon = at('2026-06-01T08:00');
    expect(hoursIn([], noon, noon + DAY)).toEqual([]);
    expect(hoursIn([kathmandu], noon, noon)).toEqual([]);
    expect(hoursIn([kathmandu], noon, noon - DAY)).toEqual([]);
    expect(hoursIn([kathmandu], noon + DAY, noon + 2 * DAY)).toEqual([]);
  });

  test('come every week, in zones of quarter hours too', () => {
    expect(hoursIn([kathmandu], at('2026-06-01T00:00'), at('2026-06-15T00:00'))).toEqual([
      span('2026-06-01T03:15', '2026-06-01T11:15'),
      span('2026-06-08T03:15', '2026-06-08T11:15'),
    ]);
  });

  test('are clipped to a range that begins or ends within a window', () => {
    const [from, to] = [at('2026-06-01T05:00'), at('2026-06-01T06:00')];
    expect(hoursIn([kathmandu], from, to)).toEqual([{ from, to }]);
    expect(hoursIn([kathmandu], from, to + DAY)).toEqual([{ from, to: at('2026-06-01T11:15') }]);
    expect(hoursIn([kathmandu], from - DAY, to)).toEqual([{ from: at('2026-06-01T03:15'), to }]);
  });

  test.each([
    ['Mon 09:00-10:00', 'Pacific/Auckland', '2026-05-31T21:00', '2026-05-31T22:00'],
    ['Mon 00:00-01:00', 'Pacific/Kiritimati', '2026-05-31T10:00', '2026-05-31T11:00'],
    ['Sun 20:00-21:00', 'Pacific/Honolulu', '2026-06-01T06:00', '2026-06-01T07:00'],
    ['Sun 23:00-24:00', 'Etc/GMT+12', '2026-06-01T11:00', '2026-06-01T12:00'],
    ['Thu 09:00-10:00', 'UTC', '1969-12-25T09:00', '1969-12-25T10:00'],
  ])('follow the local weekday, not that of UTC: %s in %s', (text, zone, from, to) => {
    expect(hoursIn([hours(text, zone)], at(from), at(to))).toEqual([span(from, to)]);
  });

  test('of one day stay apart, in order, and merge where they touch or overlap', () => {
    const utc = (text: string): WorkingWindow => hours(text, 'UTC');
    const day = (...texts: string[]): Span[] => around(texts.map(utc), '2026-06-01');
    const [morning, afternoon] = ['Mon 09:00-12:00', 'Mon 13:00-17:00'];
    const early = span('2026-06-01T09:00', '2026-06-01T12:00');
    const apart = [early, span('2026-06-01T13:00', '2026-06-01T17:00')];
    const whole = [span('2026-06-01T09:00', '2026-06-01T17:00')];
    expect(day(afternoon, morning)).toEqual(apart);
    expect(day(afternoon, morning, 'Mon 12:00-13:00')).toEqual(whole);
    expect(day('Mon 11:00-14:00', afternoon, morning, 'Mon 10:00-11:00')).toEqual(whole);
    expect(day('Sun 20:00-24:00', 'Mon 00:00-01:00')).toEqual([span('2026-05-31T20:00', '2026-06-01T01:00')]);
  });

  test('of different zones merge', () => {
    const windows = [hours('Mon 09:00-13:00', 'America/New_York'), hours('Mon 09:00-17:00', 'Europe/Paris')];
    expect(around(windows, '2026-06-01')).toEqual([span('2026-06-01T07:00', '2026-06-01T17:00')]);
  });

  test('are the same again after more changes of the clocks than are remembered', () => {
    const daily = WEEKDAYS.map((day) => hours(`${day} 09:00-17:00`, 'Europe/Paris'));
    const week = around(daily, '2026-03-29');
    expect(hoursIn(daily, at('2000-01-01T00:00'), at('2020-01-01T00:00'))).toHaveLength(20 * 365 + 5);
    expect(around(daily, '2026-03-29')).toEqual(week);
  });
});

describe('working hours of any windows', () => {
  const zones =
    'UTC Europe/Paris America/New_York Australia/Lord_Howe America/Santiago America/Havana Pacific/Apia ' +
    'Asia/Kathmandu Africa/Casablanca America/Vancouver Pacific/Kiritimati Etc/GMT+12';
  const changes = '2011-12-30 2026-02-15 2026-03-08 2026-03-29 2026-04-05 2026-09-06 2026-10-25 2026-11-01';
  const time = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  // Clocks change on Sundays and before four, as a rule.
  const weekdays = fc.oneof(fc.constant(0), fc.nat(6));
  const times = fc.uniqueArray(fc.oneof(fc.nat(4 * 60), fc.nat(24 * 60)), { minLength: 2, maxLength: 2 });
  const window = fc
    .tuple(weekdays, times, fc.constantFrom(...zones.split(' ')))
    .map(([weekday, pair, timezone]): WorkingWindow => {
      const [start = '', end = ''] = pair.map(time).toSorted();
      return { weekday, start, end, timezone };
    });
  const windows = fc.array(window, { maxLength: 10 });
  const anyDay = fc.integer({ min: at('2011-01-01T00:00') / DAY, max: at('2030-01-01T00:00') / DAY });
  const dayOfChange = fc.constantFrom(...changes.split(' ')).map((date) => at(`${date}T00:00`) / DAY - 1);
  const minute = fc
    .tuple(fc.oneof(anyDay, dayOfChange), fc.nat(2 * 24 * 60))
    .map(([day, minutes]) => day * DAY + minutes * MINUTE);

  test('are the minutes at which Intl shows a time within a window', () => {
    const shows = ({ timezone, weekday, start, end }: WorkingWindow, instant: Instant): boolean => {
      const shown = clock(timezone, instant);
      return shown.weekday === weekday && start <= shown.time && shown.time < end;
    };
    // Where the clocks go back, a window goes on through times that its clock has already left behind.
    const goesBack = ({ timezone }: WorkingWindow, instant: Instant): boolean =>
      clock(timezone, instant - 2 * 60 * MINUTE).offset > clock(timezone, instant + 2 * 60 * MINUTE).offset;
    const property = fc.property(windows, minute, fc.nat(1800), (some, from, length) => {
      const spans = hoursIn(some, from, from + length * MINUTE);
      const wrong = Array.from({ length }, (_, index) => from + index * MINUTE).filter((now) => {
        const included = spans.some((one) => one.from <= now && now < one.to);
        if (included === some.some((one) => shows(one, now))) return false;
        return !included || !some.some((one) => goesBack(one, now));
      });
      expect(wrong).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('are those of the two parts of any split range', () => {
    const lengths = fc.tuple(fc.nat(28 * DAY), fc.nat(28 * DAY));
    const property = fc.property(windows, minute, lengths, (some, from, [first, second]) => {
      const [middle, to] = [from + first, from + first + second];
      const parts = [...hoursIn(some, middle, to), ...hoursIn(some, from, middle)];
      expect(merged(parts)).toEqual(hoursIn(some, from, to));
    });
    fc.assert(property);
  });
});
