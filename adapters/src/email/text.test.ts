import type { CallSummary, Host } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { wordsOfReminder } from './text.ts';

const CALL: CallSummary = {
  appId: 'app',
  id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  status: 'scheduled',
  agentId: 'ana',
  startsAt: Date.UTC(2026, 4, 2, 16),
  durationMinutes: 45,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  guestName: 'Zoë O’Brien',
  guestPhone: null,
  guestEmail: 'zoe@example.com',
  guestTimezone: 'America/New_York',
  series: null,
  appTimezone: 'Europe/Paris',
  bookingSource: 'api',
  assignmentMethod: 'manual',
  reminders: [],
  moves: { count: 0, firstStartsAt: 0, last: null },
  cancelledAt: null,
  cancellationReason: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  lastSeq: 1,
};
const ANA: Host = { name: 'Ana Ruiz', email: 'ana@example.com' };
const words = (over: Partial<CallSummary>, agent: Host | undefined = ANA) =>
  wordsOfReminder({ call: { ...CALL, ...over }, agent });
const when = (timezone: string, startsAt: number) =>
  words({ guestTimezone: timezone, startsAt }).text.match(/^When: (.*)$/m)?.[1];

describe('the words of a reminder', () => {
  test('with an agent, in the time of the guest', () => {
    expect(words({})).toEqual({
      subject: 'Reminder: your call with Ana Ruiz, Saturday, 2 May 2026, 12:00 (America/New_York, GMT-04:00)',
      text: `Hello Zoë O’Brien,

this is a reminder of your call with Ana Ruiz.

When: Saturday, 2 May 2026, 12:00 (America/New_York, GMT-04:00)
Length: 45 min
Reference: 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b

The attached file has it for your calendar.
`,
    });
  });

  test('without an agent, in the time of the app where that of the guest is not known', () => {
    const { subject, text } = wordsOfReminder({ call: { ...CALL, guestTimezone: null }, agent: undefined });
    expect(subject).toBe('Reminder: your call, Saturday, 2 May 2026, 18:00 (Europe/Paris, GMT+02:00)');
    expect(text).toContain('\nthis is a reminder of your call.\n');
    expect(text).toContain('\nWhen: Saturday, 2 May 2026, 18:00 (Europe/Paris, GMT+02:00)\n');
  });

  test.each([
    ['Europe/Paris', '2026-03-29T00:59:00Z', 'Sunday, 29 March 2026, 01:59 (Europe/Paris, GMT+01:00)'],
    ['Europe/Paris', '2026-03-29T01:00:00Z', 'Sunday, 29 March 2026, 03:00 (Europe/Paris, GMT+02:00)'],
    ['Europe/Paris', '2026-10-25T00:30:00Z', 'Sunday, 25 October 2026, 02:30 (Europe/Paris, GMT+02:00)'],
    ['Europe/Paris', '2026-10-25T01:30:00Z', 'Sunday, 25 October 2026, 02:30 (Europe/Paris, GMT+01:00)'],
    ['Asia/Kathmandu', '2026-01-01T18:15:00Z', 'Friday, 2 January 2026, 00:00 (Asia/Kathmandu, GMT+05:45)'],
    ['UTC', '2026-12-31T23:59:00Z', 'Thursday, 31 December 2026, 23:59 (UTC, GMT+00:00)'],
    [
      'Pacific/Kiritimati',
      '2026-12-31T10:00:00Z',
      'Friday, 1 January 2027, 00:00 (Pacific/Kiritimati, GMT+14:00)',
    ],
    ['Asia/Tehran', '2026-03-21T08:00:00Z', 'Saturday, 21 March 2026, 11:30 (Asia/Tehran, GMT+03:30)'],
    ['Etc/GMT+5', '9999-12-31T23:00:00Z', 'Friday, 31 December 9999, 18:00 (Etc/GMT+5, GMT-05:00)'],
  ])('in %s at %s', (timezone, instant, time) => {
    expect(when(timezone, Date.parse(instant))).toBe(time);
  });

  test('names keep to their line, even those that no rule has seen', () => {
    const hostile = 'A\r\n\r\nWhen: never\u2028\u0085B\ud83d';
    const { subject, text } = words({ guestName: hostile }, { name: hostile, email: null });
    const kept = 'A    When: never  B\ufffd';
    expect(subject.startsWith(`Reminder: your call with ${kept}, Saturday`)).toBe(true);
    expect(text.split('\n').slice(0, 3)).toEqual([
      `Hello ${kept},`,
      '',
      `this is a reminder of your call with ${kept}.`,
    ]);
    expect(text.split('\n')).toHaveLength(10);
  });
});
