import { describe, expect, test } from 'vitest';
import * as fields from './fields.ts';

const long = (length: number) => 'x'.repeat(length);
const emoji = (length: number) => '😀'.repeat(length);

const TEXTS: Record<string, { rule: fields.FieldRule; good: string[]; bad: string[] }> = {
  guestName: {
    rule: fields.guestName,
    good: ['Amina', "O'Brien; DROP TABLE", '<script>', 'שלום', 'Zoë 😀', ',;\\', long(200), emoji(200)],
    bad: [
      '',
      '   ',
      '\u200b\u200b',
      '\u00ad',
      '\u3164',
      '\u2003\u00a0',
      long(201),
      emoji(201),
      'a\r\nATTENDEE:x',
      'a\rb',
      'a\tb',
      'a\u0000b',
      'a\u2028b',
      'a\u202Eb',
      'a\u2066b',
      '\ud800',
    ],
  },
  intakeNotes: {
    rule: fields.intakeNotes,
    good: ['', 'two\r\nlines\tand a tab', long(10_000), emoji(5_000), emoji(10_000)],
    bad: [long(10_001), 'a\u0000b', 'a\u001bb', 'a\u007fb', 'a\u202eb', 'a\udfff'],
  },
  reason: {
    rule: fields.reason,
    good: ['', 'Customer requested new time', long(500)],
    bad: [long(501), 'a\r\nX-Header: 1', 'a\nb', '\udc00'],
  },
  guestPhone: {
    rule: fields.guestPhone,
    good: ['+33 1 23 45 67 89', '(030) 123-4567', '1234567', '+123456789012345', '030.123.4567'],
    bad: [
      '',
      '123',
      '123456',
      long(40),
      '1'.repeat(40),
      '+1234567890123456',
      '+33\r\n123456789',
      '１２３４５６７８',
      'abc1234567',
    ],
  },
  guestEmail: {
    rule: fields.guestEmail,
    good: ['a@b.org', 'first.last+tag@sub.example.com', 'é@exämple.org', `${long(64)}@${long(60)}.org`],
    bad: [
      '',
      'a',
      '@b.org',
      'a@',
      'a@b',
      'a@b@c.org',
      'a b@c.org',
      'a@b.org\r\nBcc: x@y.org',
      'a@.org',
      'a@b.',
      'Name <a@b.org>',
      `${long(250)}@b.org`,
      `${'a'.repeat(29)}!`,
      `${'a.'.repeat(120)}!`,
      'a..b@c.co',
      '.a@b.co',
      'a.@b.co',
      'a@b..co',
      'a@b.co/',
      'a\u200b@b.co',
      'a@b\u00ad.co',
      '\ud800@b.co',
      'a\u0000@b.org',
    ],
  },
  timezone: {
    rule: fields.timezone,
    good: ['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'CET', 'Asia/Kathmandu'],
    bad: [
      '',
      'Z',
      '+02:00',
      'Mars/Phobos',
      '../../etc/passwd',
      'Europe/Paris\u0000',
      'Europe/Paris ',
      long(65),
    ],
  },
  uuid: {
    rule: fields.uuid,
    good: ['018f3c1e-9d2b-7c3a-8f00-000000000001', '018F3C1E-9D2B-7C3A-8F00-00000000000A'],
    bad: [
      '',
      'x',
      '018f3c1e9d2b7c3a8f00000000000001',
      '018f3c1e-9d2b-7c3a-8f00-00000000000g',
      ' 018f3c1e-9d2b-7c3a-8f00-000000000001',
    ],
  },
  id: {
    rule: fields.id,
    good: ['ana', 'A-1', 'user@example.com', '018f3c1e-9d2b-7c3a-8f00-000000000001', long(128)],
    bad: ['', ' ', 'a b', 'a ', 'a/b', 'é', 'a\u0000', '.', '..', long(129)],
  },
};

describe.each(Object.entries(TEXTS))('%s', (_, { rule, good, bad }) => {
  test.each(good)('takes %j', (value) => {
    expect(rule(value)).toBeUndefined();
  });
  test.each(bad)('refuses %j', (value) => {
    expect(rule(value)).toEqual(expect.stringMatching(/^must /));
  });
});

test.each<[string, fields.FieldRule, number[], number[]]>([
  ['durationMinutes', fields.durationMinutes, [1, 30, 1440], [0, -1, 1441, 1.5, Number.NaN, Infinity]],
  ['bufferMinutes', fields.bufferMinutes, [0, 240], [-1, 241, 0.5, Number.NaN]],
  ['instant', fields.instant, [0, 1_748_460_000_000], [-1, 0.5, Number.NaN, Infinity, 253_402_300_800_000]],
])('%s', (_, rule, good, bad) => {
  for (const value of good) expect(rule(value)).toBeUndefined();
  for (const value of bad) expect(rule(value)).toEqual(expect.stringMatching(/^must /));
});
