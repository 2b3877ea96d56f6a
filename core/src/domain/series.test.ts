import { describe, expect, test } from 'vitest';
import type { Call } from './call.ts';
import type { RescheduleCall } from './commands.ts';
import { neverMoved } from './moves.ts';
import { decide } from './decide.ts';
import { Schedule } from './schedule.ts';
import { inScope, instantOf, isInPlace, wallTimeOf, type SeriesCommand } from './series.ts';

const PARIS = 'Europe/Paris';
const utc = (text: string): number => Date.parse(`${text}:00Z`);
const NOW = utc('2026-03-01T12:00');

/** A call of a series in Paris that is in place, unless `over` says otherwise. */
const call = (id: string, startsAt: number, over: Partial<Call> = {}): Call => ({
  appId: 'app',
  id,
  status: 'scheduled',
  agentId: 'ana',
  startsAt,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  guestName: 'Amina',
  guestPhone: null,
  guestEmail: 'amina@example.com',
  guestTimezone: null,
  intakeNotes: null,
  appTimezone: PARIS,
  bookingSource: 'api',
  assignmentMethod: 'manual',
  series: { id: 'series', wallTime: wallTimeOf(startsAt, PARIS) },
  reminders: [],
  moves: neverMoved(startsAt),
  cancelledAt: null,
  cancellationReason: null,
  createdAt: 0,
  updatedAt: 0,
  version: 1,
  lastSeq: 1,
  ...over,
});

const move = (callId: string, edits: RescheduleCall['edits']): RescheduleCall => ({
  type: 'reschedule',
  appId: 'app',
  callId,
  actor: { type: 'api', id: 'key' },
  source: 'test',
  versions: [1],
  edits,
});

test.each([
  ['as any other', '2026-05-04T10:00:00', PARIS, '2026-05-04T08:00'],
  ['that clocks skip by the offset before the gap', '2026-03-29T02:30:00', PARIS, '2026-03-29T01:30'],
  ['that comes twice the first time', '2026-10-25T02:30:00', PARIS, '2026-10-25T00:30'],
  ['in a gap of half an hour', '2026-10-04T02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:45'],
  ['on a day that is not there', '2011-12-30T10:00:00', 'Pacific/Apia', '2011-12-30T20:00'],
])('a time of a series is meant %s', (_, wallTime, zone, at) => {
  expect(instantOf(wallTime, zone)).toBe(utc(at));
});

test.each([
  ['at its time', call('a', utc('2026-05-04T08:00')), true],
  [
    'elsewhere',
    call('a', utc('2026-05-04T09:00'), { series: { id: 's', wallTime: '2026-05-04T10:00:00' } }),
    false,
  ],
  [
    'in a gap',
    call('a', utc('2026-03-29T01:30'), { series: { id: 's', wallTime: '2026-03-29T02:30:00' } }),
    true,
  ],
  ['the second time round', call('a', utc('2026-10-25T01:30')), true],
  ['in no series', call('a', utc('2026-05-04T08:00'), { series: null }), false],
])('whether a call is in place: %s', (_, one, is) => {
  expect(isInPlace(one)).toBe(is);
});

describe('what a command is for each of a series', () => {
  /** Daily at 02:30 in Paris over the change of 29 March, which has no 02:30. */
  const a = call('a', utc('2026-03-27T01:30'));
  const b = call('b', utc('2026-03-28T01:30'));
  const c = call('c', utc('2026-03-30T00:30'));
  const d = call('d', utc('2026-03-31T00:30'));
  const series = [d, b, a, c];

  const said = (commands: SeriesCommand[]) =>
    commands.map((one) => {
      const { callId, type, versions } = one;
      if (type !== 'reschedule') return [callId, type, versions];
      return [callId, one.edits.startsAt ?? null, one.wallTime ?? null, versions];
    });
  const shifted = (startsAt: string, scope: 'all' | 'this_and_following' = 'all', named = a, of = series) =>
    said(inScope(move(named.id, { startsAt: utc(startsAt) }), scope, named, of, NOW));

  test('the same time of the day, whatever the offset; the version is that of the named call', () => {
    expect(shifted('2026-03-27T08:00')).toEqual([
      ['a', utc('2026-03-27T08:00'), '2026-03-27T09:00:00', [1]],
      ['b', utc('2026-03-28T08:00'), '2026-03-28T09:00:00', 'any'],
      ['c', utc('2026-03-30T07:00'), '2026-03-30T09:00:00', 'any'],
      ['d', utc('2026-03-31T07:00'), '2026-03-31T09:00:00', 'any'],
    ]);
  });

  test('into a gap and out of it again', () => {
    const [, into] = shifted('2026-03-28T01:30');
    expect(into).toEqual(['b', utc('2026-03-29T01:30'), '2026-03-29T02:30:00', 'any']);
    const there = call('b', utc('2026-03-29T01:30'), {
      series: { id: 'series', wallTime: '2026-03-29T02:30:00' },
    });
    expect(shifted('2026-03-28T00:30', 'all', a, [a, there])[1]).toEqual([
      'b',
      utc('2026-03-29T23:30'),
      '2026-03-30T01:30:00',
      'any',
    ]);
    // From 03:30, where the named call is for want of 02:30, to 04:30.
    expect(shifted('2026-03-29T02:30', 'all', there, [a, there])).toEqual([
      ['a', utc('2026-03-27T03:30'), '2026-03-27T04:30:00', 'any'],
      ['b', utc('2026-03-29T02:30'), '2026-03-29T04:30:00', [1]],
    ]);
  });

  test('an exception moves from where it is, and the others by as much', () => {
    const away = call('b', utc('2026-03-28T11:00'), {
      series: { id: 'series', wallTime: '2026-03-28T02:30:00' },
    });
    expect(shifted('2026-03-28T12:00', 'all', away, [a, away])).toEqual([
      ['a', utc('2026-03-27T02:30'), '2026-03-27T03:30:00', 'any'],
      ['b', utc('2026-03-28T12:00'), '2026-03-28T03:30:00', [1]],
    ]);
    expect(shifted('2026-03-27T02:30', 'all', a, [a, away])[1]).toEqual(['b', null, null, 'any']);
  });

  test('nothing about time where the named call stays', () => {
    expect(shifted('2026-03-27T01:30').map(([, at, wallTime]) => [at, wallTime])).toEqual([
      [utc('2026-03-27T01:30'), null],
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  test('this and following go by the order in which they were booked', () => {
    const early = call('c', utc('2026-03-02T00:30'), { moves: neverMoved(c.startsAt) });
    const ids = (scope: 'all' | 'this_and_following') =>
      inScope(move('b', { guestName: 'B' }), scope, b, [a, b, early, d], NOW).map(({ callId }) => callId);
    expect(ids('this_and_following')).toEqual(['b', 'c', 'd']);
    expect(ids('all')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('of two that were booked for one time, the first by id comes first, and each is among those that follow the other', () => {
    const twin = call('bb', b.startsAt);
    const ids = (...of: Call[]) =>
      inScope(move('b', { guestName: 'B' }), 'this_and_following', b, of, NOW).map(({ callId }) => callId);
    expect(ids(twin, c, b)).toEqual(['b', 'bb', 'c']);
    expect(ids(b, twin, c)).toEqual(['b', 'bb', 'c']);
  });

  test('what is edited beside the time, for an exception too', () => {
    const away = call('b', utc('2026-03-28T11:00'), {
      series: { id: 'series', wallTime: '2026-03-28T02:30:00' },
    });
    const edits = { startsAt: utc('2026-03-27T02:30'), agentId: 'ben', guestName: 'B' };
    const [, ofAway] = inScope(move('a', edits), 'all', a, [a, away], NOW);
    expect(ofAway).toMatchObject({ callId: 'b', edits: { agentId: 'ben', guestName: 'B' } });
  });

  test('not for those that are over or have begun, but always for the named one', () => {
    const over = [
      call('b', b.startsAt, { status: 'cancelled' }),
      call('c', c.startsAt, { status: 'started' }),
      call('e', NOW),
      call('f', NOW + 1),
    ];
    const named = call('a', a.startsAt, { status: 'completed' });
    const cancel = { ...move('a', {}), type: 'cancel' as const };
    expect(said(inScope(cancel, 'all', named, [named, ...over], NOW))).toEqual([
      ['f', 'cancel', 'any'],
      ['a', 'cancel', [1]],
    ]);
  });
});

test('a call whose series moves, and which stays where it is for want of that time, is in its new place', () => {
  const there = call('b', utc('2026-03-29T01:30'), {
    series: { id: 'series', wallTime: '2026-03-29T02:30:00' },
  });
  const schedule = new Schedule({ calls: [there] });
  const command = { ...move('b', { startsAt: there.startsAt }), wallTime: '2026-03-29T03:30:00' };
  const decided = decide(command, schedule, NOW);
  expect(decided).toMatchObject({ kind: 'accepted', call: { startsAt: there.startsAt, version: 2 } });
  expect(decided.kind === 'accepted' && decided.events).toMatchObject([
    {
      type: 'rescheduled',
      from: { startsAt: there.startsAt, series: { wallTime: '2026-03-29T02:30:00' } },
      to: { startsAt: there.startsAt, series: { wallTime: '2026-03-29T03:30:00' } },
      reminders: [],
    },
  ]);
});
