import { describe, expect, test } from 'vitest';
import { dayOf } from './days.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 60 * MINUTE;

/** Instants in UTC. */
type DayRow = [name: string, timezone: string, at: string, from: string, to: string, hours: number];

describe('the day', () => {
  test.each<DayRow>([
    [
      'of UTC begins at midnight',
      'UTC',
      '2026-05-01T00:00:00.000Z',
      '2026-05-01T00:00Z',
      '2026-05-02T00:00Z',
      24,
    ],
    [
      'of UTC lasts until midnight',
      'UTC',
      '2026-05-01T23:59:59.999Z',
      '2026-05-01T00:00Z',
      '2026-05-02T00:00Z',
      24,
    ],
    [
      'of UTC may be the first of all',
      'UTC',
      '1970-01-01T00:00Z',
      '1970-01-01T00:00Z',
      '1970-01-02T00:00Z',
      24,
    ],
    [
      'of UTC may end the year 9999',
      'UTC',
      '9999-12-31T23:59Z',
      '9999-12-31T00:00Z',
      '+010000-01-01T00:00Z',
      24,
    ],
    [
      'of Paris is not that of UTC',
      'Europe/Paris',
      '2026-05-01T22:30Z',
      '2026-05-01T22:00Z',
      '2026-05-02T22:00Z',
      24,
    ],
    [
      'has 23 hours in Paris in spring',
      'Europe/Paris',
      '2026-03-29T12:00Z',
      '2026-03-28T23:00Z',
      '2026-03-29T22:00Z',
      23,
    ],
    [
      'has 24 hours in Paris before spring',
      'Europe/Paris',
      '2026-03-28T22:59Z',
      '2026-03-27T23:00Z',
      '2026-03-28T23:00Z',
      24,
    ],
    [
      'has 24 hours in Paris after spring',
      'Europe/Paris',
      '2026-03-29T22:00Z',
      '2026-03-29T22:00Z',
      '2026-03-30T22:00Z',
      24,
    ],
    [
      'has 25 hours in Paris in autumn',
      'Europe/Paris',
      '2026-10-25T12:00Z',
      '2026-10-24T22:00Z',
      '2026-10-25T23:00Z',
      25,
    ],
    [
      'has 24 hours in Paris after autumn',
      'Europe/Paris',
      '2026-10-25T23:00Z',
      '2026-10-25T23:00Z',
      '2026-10-26T23:00Z',
      24,
    ],
    [
      'before the one that Apia skipped ends as usual',
      'Pacific/Apia',
      '2011-12-30T09:59Z',
      '2011-12-29T10:00Z',
      '2011-12-30T10:00Z',
      24,
    ],
    [
      'after the one that Apia skipped follows at once',
      'Pacific/Apia',
      '2011-12-30T10:00Z',
      '2011-12-30T10:00Z',
      '2011-12-31T10:00Z',
      24,
    ],
    [
      'begins at 01:00 in Santiago in spring',
      'America/Santiago',
      '2026-09-06T12:00Z',
      '2026-09-06T04:00Z',
      '2026-09-07T03:00Z',
      23,
    ],
    [
      'ends in Santiago where midnight is skipped',
      'America/Santiago',
      '2026-09-06T03:59Z',
      '2026-09-05T04:00Z',
      '2026-09-06T04:00Z',
      24,
    ],
    [
      'has 25 hours in Santiago in autumn',
      'America/Santiago',
      '2026-04-05T03:30Z',
      '2026-04-04T03:00Z',
      '2026-04-05T04:00Z',
      25,
    ],
    [
      'begins at the first of two midnights in the Azores',
      'Atlantic/Azores',
      '2026-10-25T00:30Z',
      '2026-10-25T00:00Z',
      '2026-10-26T01:00Z',
      25,
    ],
    [
      'in Kathmandu begins at a quarter past the hour of UTC',
      'Asia/Kathmandu',
      '2026-05-01T18:14Z',
      '2026-04-30T18:15Z',
      '2026-05-01T18:15Z',
      24,
    ],
  ])('%s', (_name, timezone, at, from, to, hours) => {
    expect(dayOf(Date.parse(at), timezone)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
    expect(Date.parse(to) - Date.parse(from)).toBe(hours * HOUR);
  });

  test('has begun and stays so where clocks fall back over midnight', () => {
    // St. John's set its clocks from 00:01 on 7 November back to 23:01 on the 6th.
    const next = { from: Date.UTC(2010, 10, 7, 2, 30), to: Date.UTC(2010, 10, 8, 3, 30) };
    expect(dayOf(Date.UTC(2010, 10, 7, 3), 'America/St_Johns')).toEqual(next);
    expect(dayOf(next.from, 'America/St_Johns')).toEqual(next);
    expect(dayOf(next.from - 1, 'America/St_Johns').to).toBe(next.from);
  });

  test('is found once for all its instants, its first among them', () => {
    const noon = dayOf(NOW, 'UTC');
    expect(dayOf(noon.from, 'UTC')).toBe(noon);
    expect(dayOf(noon.to - 1, 'UTC')).toBe(noon);
  });

  test('is forgotten after a thousand others', () => {
    const found = dayOf(NOW, 'UTC');
    for (let days = 1; days <= 1000; days += 1) dayOf(NOW + days * DAY, 'UTC');
    expect(dayOf(NOW, 'UTC')).toEqual(found);
    expect(dayOf(NOW, 'UTC')).not.toBe(found);
  });

  test('is the same however often, and in whatever order, it is asked for', () => {
    const zones = ['Europe/Paris', 'UTC', 'America/Santiago', 'Pacific/Apia'];
    // More days than are kept.
    const asked = zones.flatMap((zone) =>
      Array.from({ length: 1000 }, (_, index) => ({ zone, at: NOW + index * 7 * HOUR })),
    );
    const days = asked.map(({ zone, at }) => dayOf(at, zone));
    for (const [index, { zone, at }] of [...asked.entries()].toReversed())
      expect(dayOf(at, zone)).toEqual(days[index]);
    for (const [index, { at }] of asked.entries()) {
      expect(days[index]?.from).toBeLessThanOrEqual(at);
      expect(days[index]?.to).toBeGreaterThan(at);
    }
  });
});
