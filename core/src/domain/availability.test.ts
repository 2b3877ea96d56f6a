import { describe, expect, test } from 'vitest';
import { ALWAYS, closedTo, openingOf, type Availability, type Closed } from './availability.ts';
import type { Instant, Span } from './time.ts';
import type { WorkingWindow } from './working-hours.ts';

/** On Monday, 4 May 2026, unless a day is said. */
const at = (time: string, day = 4): Instant => Date.parse(`2026-05-${String(day).padStart(2, '0')}T${time}Z`);
const span = (from: string, to: string): Span => ({ from: at(from), to: at(to) });
const monday = (start: string, end: string, timezone = 'UTC'): WorkingWindow => ({
  weekday: 1,
  start,
  end,
  timezone,
});
const extra = (from: string, to: string) => ({ kind: 'available_extra' as const, ...span(from, to) });
const blocked = (from: string, to: string) => ({ kind: 'blocked' as const, ...span(from, to) });

/** Why a call is not taken, looked at as the rules do: for just its own time. */
function why(availability: Partial<Availability>, call: Span): Closed | undefined {
  return closedTo(openingOf({ ...ALWAYS, ...availability }, call.from, call.to), call);
}
const kind = (availability: Partial<Availability>, from: string, to: string): string =>
  why(availability, span(from, to))?.kind ?? 'open';

const NINE_TO_FIVE = { windows: [monday('09:00', '17:00')] };

describe('working hours', () => {
  test.each<[string, Partial<Availability>, string, string, string]>([
    ['that nobody gave', {}, '03:00', '03:30', 'open'],
    ['that begin with the call', NINE_TO_FIVE, '09:00', '09:30', 'open'],
    ['that end with the call', NINE_TO_FIVE, '16:30', '17:00', 'open'],
    ['that the call fills', NINE_TO_FIVE, '09:00', '17:00', 'open'],
    ['that begin a minute too late', NINE_TO_FIVE, '08:59', '09:29', 'outside_hours'],
    ['that end a minute too soon', NINE_TO_FIVE, '16:31', '17:01', 'outside_hours'],
    ['that the call surrounds', NINE_TO_FIVE, '08:00', '18:00', 'outside_hours'],
    ['long before the call', NINE_TO_FIVE, '22:00', '22:30', 'outside_hours'],
    [
      'that touch, across both',
      { windows: [monday('09:00', '12:00'), monday('12:00', '17:00')] },
      '11:45',
      '12:15',
      'open',
    ],
    [
      'that overlap, of two zones',
      { windows: [monday('09:00', '12:00'), monday('13:00', '17:00', 'Europe/Paris')] },
      '11:45',
      '12:15',
      'open',
    ],
    [
      'with a minute between',
      { windows: [monday('09:00', '12:00'), monday('12:01', '17:00')] },
      '11:45',
      '12:15',
      'outside_hours',
    ],
    [
      'in a zone of their own',
      { windows: [monday('09:00', '17:00', 'Asia/Tokyo')] },
      '00:00',
      '08:00',
      'open',
    ],
    [
      'that have ended in their zone',
      { windows: [monday('09:00', '17:00', 'Asia/Tokyo')] },
      '08:00',
      '08:01',
      'outside_hours',
    ],
  ])('%s', (_, availability, from, to, expected) => {
    expect(kind(availability, from, to)).toBe(expected);
  });

  test('go on over midnight', () => {
    const windows = [monday('20:00', '24:00'), { ...monday('00:00', '02:00'), weekday: 2 }];
    expect(why({ windows }, { from: at('23:45'), to: at('00:15', 5) })).toBeUndefined();
    expect(why({ windows }, { from: at('01:45', 5), to: at('02:15', 5) })).toEqual({ kind: 'outside_hours' });
  });

  test('are missed by a millisecond', () => {
    const { from, to } = span('09:00', '17:00');
    expect(why(NINE_TO_FIVE, { from, to })).toBeUndefined();
    expect(why(NINE_TO_FIVE, { from: from - 1, to })).toEqual({ kind: 'outside_hours' });
    expect(why(NINE_TO_FIVE, { from, to: to + 1 })).toEqual({ kind: 'outside_hours' });
  });
});

describe('exceptions', () => {
  test.each<[string, Partial<Availability>, string, string, string]>([
    ['add hours', { ...NINE_TO_FIVE, exceptions: [extra('20:00', '21:00')] }, '20:00', '21:00', 'open'],
    [
      'add no more than they say',
      { ...NINE_TO_FIVE, exceptions: [extra('20:00', '21:00')] },
      '20:31',
      '21:01',
      'outside_hours',
    ],
    [
      'that add hours join those that they touch',
      { ...NINE_TO_FIVE, exceptions: [extra('17:00', '18:00')] },
      '16:45',
      '17:15',
      'open',
    ],
    [
      'that add hours make none where there were none',
      { exceptions: [extra('20:00', '21:00')] },
      '03:00',
      '04:00',
      'open',
    ],
    [
      'take hours away',
      { ...NINE_TO_FIVE, exceptions: [blocked('12:00', '13:00')] },
      '12:30',
      '13:30',
      'time_off',
    ],
    ['take hours from any hour', { exceptions: [blocked('12:00', '13:00')] }, '11:45', '12:01', 'time_off'],
    ['that end with the beginning', { exceptions: [blocked('12:00', '13:00')] }, '13:00', '13:30', 'open'],
    ['that begin with the end', { exceptions: [blocked('12:00', '13:00')] }, '11:30', '12:00', 'open'],
    [
      'that take go before those that add',
      { ...NINE_TO_FIVE, exceptions: [extra('20:00', '22:00'), blocked('21:00', '21:30')] },
      '20:45',
      '21:15',
      'time_off',
    ],
  ])('%s', (_, availability, from, to, expected) => {
    expect(kind(availability, from, to)).toBe(expected);
  });

  test('are named by their time, without more of what is known of them', () => {
    const exceptions = [blocked('12:00', '13:00')];
    expect(why({ exceptions }, span('12:30', '13:30'))).toEqual({
      kind: 'time_off',
      taken: span('12:00', '13:00'),
    });
  });
});

describe('time to be left alone in', () => {
  const doNotDisturb = [span('12:00', '13:00')];

  test('is named by its time', () => {
    expect(why({ doNotDisturb }, span('12:59', '13:29'))).toEqual({
      kind: 'do_not_disturb',
      taken: span('12:00', '13:00'),
    });
    expect(why({ doNotDisturb }, span('13:00', '13:30'))).toBeUndefined();
    expect(why({ doNotDisturb }, span('11:30', '12:00'))).toBeUndefined();
  });

  test('comes after time off and before the hours', () => {
    const exceptions = [blocked('12:30', '14:00')];
    expect(kind({ exceptions, doNotDisturb }, '12:00', '12:45')).toBe('time_off');
    expect(kind({ ...NINE_TO_FIVE, doNotDisturb: [span('20:00', '21:00')] }, '20:00', '20:30')).toBe(
      'do_not_disturb',
    );
  });
});

describe('the opening of a longer stretch', () => {
  const all: Availability = {
    windows: [monday('09:00', '17:00')],
    exceptions: [extra('16:00', '18:00'), blocked('10:00', '11:00'), blocked('22:00', '23:00')],
    doNotDisturb: [span('12:00', '12:30'), span('22:00', '23:00')],
  };

  test('holds what is near it, the hours merged', () => {
    expect(openingOf(all, at('08:00'), at('20:00'))).toEqual({
      hours: [span('09:00', '18:00')],
      off: [blocked('10:00', '11:00')],
      doNotDisturb: [span('12:00', '12:30')],
    });
  });

  test('says the same of each call in it as the opening of that call alone', () => {
    const opening = openingOf(all, at('00:00'), at('24:00'));
    for (let quarter = 0; quarter < 94; quarter += 1) {
      const from = at('00:00') + quarter * 15 * 60_000;
      const call = { from, to: from + 30 * 60_000 };
      expect(closedTo(opening, call)).toEqual(why(all, call));
    }
  });
});
