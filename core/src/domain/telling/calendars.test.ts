import { describe, expect, test } from 'vitest';
import { bringsIn, isForCalendars, leaverOf } from './calendars.ts';
import type { CallEvent, ChangeBody } from '../events.ts';

const HEAD = {
  appId: 'app',
  callId: 'call',
  seq: 2,
  version: 2,
  at: 0,
  actor: { type: 'api', id: 'key' },
  source: 'test',
  reason: null,
} as const;

const eventOf = (body: ChangeBody): CallEvent => ({ ...HEAD, ...body });

const time = { from: { startsAt: 1 }, to: { startsAt: 2 }, reminders: [] } as const;
const agent = { from: { agentId: 'ana' }, to: { agentId: 'ben' }, reminders: [] } as const;
const first = { from: { agentId: null }, to: { agentId: 'ben' }, reminders: [] } as const;
const nothing = { from: {}, to: {}, reminders: [] } as const;
const series = { id: 's', wallTime: '2026-05-04T10:00:00' };
const ANA = { kind: 'agent', id: 'ana' };

type Row = [what: string, body: ChangeBody, shown: boolean, brought: string[], leaver: unknown];

const ROWS: Row[] = [
  ['another time', { type: 'rescheduled', ...time }, true, [], undefined],
  [
    'another wall time alone',
    {
      type: 'rescheduled',
      from: { startsAt: 1, series },
      to: { startsAt: 1, series: { ...series, wallTime: '2026-05-04T11:00:00' } },
      reminders: [],
    },
    false,
    [],
    undefined,
  ],
  ['another agent', { type: 'assigned', ...agent }, true, ['agent'], ANA],
  ['a first agent', { type: 'assigned', ...first }, true, ['agent'], undefined],
  ['a time taken back', { type: 'move_undone', ...time }, true, [], undefined],
  ['an agent taken back', { type: 'move_undone', ...agent }, true, ['agent'], ANA],
  [
    'another name',
    { type: 'guest_updated', from: { guestName: 'A' }, to: { guestName: 'B' }, reminders: [] },
    true,
    [],
    undefined,
  ],
  [
    'another address',
    {
      type: 'guest_updated',
      from: { guestName: 'A', guestEmail: 'a@b.example' },
      to: { guestName: 'B', guestEmail: null },
      reminders: [],
    },
    true,
    ['guest'],
    { kind: 'guest', email: 'a@b.example', name: 'A' },
  ],
  [
    'a first address',
    {
      type: 'guest_updated',
      from: { guestEmail: null },
      to: { guestEmail: 'a@b.example' },
      reminders: [],
    },
    true,
    ['guest'],
    undefined,
  ],
  [
    'another phone and zone',
    {
      type: 'guest_updated',
      from: { guestPhone: null, guestTimezone: null },
      to: { guestPhone: '+33 1 23 45 67 89', guestTimezone: 'UTC' },
      reminders: [],
    },
    false,
    [],
    undefined,
  ],
  [
    'notes',
    { type: 'intake_notes_updated', from: { intakeNotes: null }, to: { intakeNotes: 'x' } },
    false,
    [],
    undefined,
  ],
  [
    'a confirmation that was waited for',
    { type: 'confirmed', from: { status: 'pending_confirmation' }, to: { status: 'confirmed' } },
    true,
    [],
    undefined,
  ],
  [
    'a confirmation that was not',
    { type: 'confirmed', from: { status: 'scheduled' }, to: { status: 'confirmed' } },
    false,
    [],
    undefined,
  ],
  [
    'a cancellation',
    {
      type: 'cancelled',
      from: { status: 'scheduled', cancelledAt: null, cancellationReason: null },
      to: { status: 'cancelled', cancelledAt: 1, cancellationReason: null },
      reminders: [],
    },
    true,
    [],
    undefined,
  ],
  ...(['started', 'completed', 'no_show'] as const).map((type): Row => [
    type,
    { type, from: { status: 'scheduled' }, to: { status: type }, reminders: [] },
    false,
    [],
    undefined,
  ]),
  ...(['reminder_planned', 'reminder_due', 'reminder_skipped'] as const).map((type): Row => [
    type,
    { type, ...nothing },
    false,
    [],
    undefined,
  ]),
];

describe('to calendars', () => {
  test.each(ROWS)('%s', (_, body, shown, brought, leaver) => {
    const event = eventOf(body);
    expect(isForCalendars(event)).toBe(shown);
    expect((['guest', 'agent'] as const).filter((who) => bringsIn(event, who))).toEqual(brought);
    expect(leaverOf(event)).toEqual(leaver);
  });
});
