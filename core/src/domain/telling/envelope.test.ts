import { describe, expect, test } from 'vitest';
import { bodyOf, envelopeOf, type EnvelopeData } from './envelope.ts';
import type { CallEvent, EventType } from '../events.ts';
import { MESSAGE_TYPES, SUBSCRIBABLE } from './telling.ts';

const AT = Date.UTC(2026, 4, 1, 12);
const A = Date.UTC(2026, 4, 2, 16);
const B = Date.UTC(2026, 4, 3, 9, 30);
const told = {
  appId: 'app.one',
  callId: 'call:7',
  seq: 3,
  version: 2,
  at: AT,
  actor: { type: 'guest', id: 'amina' },
  source: 'scheduled-calls',
  reason: null,
} as const;
const booking = {
  status: 'scheduled',
  agentId: 'ana',
  startsAt: A,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 5,
  guestName: 'Zoë',
  guestPhone: null,
  guestEmail: 'zoe@example.com',
  guestTimezone: 'Europe/Paris',
  intakeNotes: 'a secret',
  appTimezone: 'UTC',
  bookingSource: 'api',
  assignmentMethod: 'manual',
} as const;
const at1 = A - 60 * 60_000;

/** One of each, and what it tells that is its own. */
const EVENTS: {
  [Type in EventType]: [event: Extract<CallEvent, { type: Type }>, own: Partial<EnvelopeData>];
} = {
  created: [
    {
      ...told,
      type: 'created',
      to: { ...booking, series: { id: 's', wallTime: '2026-05-02T16:00:00' } },
      reminders: [{ kind: '1h', from: null, to: at1, reason: null }],
    },
    {
      previous: {},
      current: {
        status: 'scheduled',
        assigned_agent_id: 'ana',
        scheduled_at: '2026-05-02T16:00:00.000Z',
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 5,
        guest_name: 'Zoë',
        guest_phone: null,
        guest_email: 'zoe@example.com',
        guest_timezone: 'Europe/Paris',
        guest_intake_notes: null,
        app_timezone: 'UTC',
        booking_source: 'api',
        assignment_method: 'manual',
        series: { id: 's', wall_time: '2026-05-02T16:00:00' },
      },
      changed: [
        'app_timezone',
        'assigned_agent_id',
        'assignment_method',
        'booking_source',
        'buffer_after_minutes',
        'buffer_before_minutes',
        'duration_minutes',
        'guest_email',
        'guest_intake_notes',
        'guest_name',
        'guest_timezone',
        'scheduled_at',
        'series',
        'status',
      ],
      withheld: ['guest_intake_notes'],
      reminders: [
        { reminder_kind: 'reminder_1h', previous: null, current: '2026-05-02T15:00:00.000Z', reason: null },
      ],
    },
  ],
  rescheduled: [
    {
      ...told,
      type: 'rescheduled',
      from: { startsAt: A, series: { id: 's', wallTime: '2026-05-02T16:00:00' } },
      to: { startsAt: A, series: { id: 's', wallTime: '2026-05-03T09:30:00' } },
      reminders: [],
    },
    {
      previous: {
        scheduled_at: '2026-05-02T16:00:00.000Z',
        series: { id: 's', wall_time: '2026-05-02T16:00:00' },
      },
      current: {
        scheduled_at: '2026-05-02T16:00:00.000Z',
        series: { id: 's', wall_time: '2026-05-03T09:30:00' },
      },
      changed: ['series'],
    },
  ],
  assigned: [
    { ...told, type: 'assigned', from: { agentId: null }, to: { agentId: 'ben' }, reminders: [] },
    {
      previous: { assigned_agent_id: null },
      current: { assigned_agent_id: 'ben' },
      changed: ['assigned_agent_id'],
    },
  ],
  move_undone: [
    {
      ...told,
      type: 'move_undone',
      from: { startsAt: B, agentId: 'ben' },
      to: { startsAt: A, agentId: 'ana' },
      reminders: [{ kind: '24h', from: AT, to: null, reason: 'already_past' }],
    },
    {
      previous: { scheduled_at: '2026-05-03T09:30:00.000Z', assigned_agent_id: 'ben' },
      current: { scheduled_at: '2026-05-02T16:00:00.000Z', assigned_agent_id: 'ana' },
      changed: ['assigned_agent_id', 'scheduled_at'],
      reminders: [
        {
          reminder_kind: 'reminder_24h',
          previous: '2026-05-01T12:00:00.000Z',
          current: null,
          reason: 'already_past',
        },
      ],
    },
  ],
  guest_updated: [
    {
      ...told,
      type: 'guest_updated',
      from: { guestPhone: null, guestName: 'Zoë' },
      to: { guestPhone: '+33 1 23 45 67 89', guestName: 'Zoé' },
      reminders: [],
    },
    {
      previous: { guest_phone: null, guest_name: 'Zoë' },
      current: { guest_phone: '+33 1 23 45 67 89', guest_name: 'Zoé' },
      changed: ['guest_name', 'guest_phone'],
    },
  ],
  reminder_planned: [
    {
      ...told,
      type: 'reminder_planned',
      from: {},
      to: {},
      reminders: [{ kind: 'custom_90', from: null, to: A - 90 * 60_000, reason: null }],
    },
    {
      previous: {},
      current: {},
      changed: [],
      reminders: [
        {
          reminder_kind: 'reminder_custom',
          minutes_before: 90,
          previous: null,
          current: '2026-05-02T14:30:00.000Z',
          reason: null,
        },
      ],
    },
  ],
  reminder_due: [
    {
      ...told,
      type: 'reminder_due',
      from: {},
      to: {},
      reminders: [{ kind: '1h', from: A - 60 * 60_000, to: null, reason: 'fired' }],
    },
    {
      previous: {},
      current: {},
      changed: [],
      reminders: [
        {
          reminder_kind: 'reminder_1h',
          previous: '2026-05-02T15:00:00.000Z',
          current: null,
          reason: 'fired',
        },
      ],
    },
  ],
  reminder_skipped: [
    {
      ...told,
      type: 'reminder_skipped',
      from: {},
      to: {},
      reminders: [{ kind: '1h', from: A - 60 * 60_000, to: null, reason: 'too_late' }],
    },
    {
      previous: {},
      current: {},
      changed: [],
      reminders: [
        {
          reminder_kind: 'reminder_1h',
          previous: '2026-05-02T15:00:00.000Z',
          current: null,
          reason: 'too_late',
        },
      ],
    },
  ],
  intake_notes_updated: [
    {
      ...told,
      type: 'intake_notes_updated',
      from: { intakeNotes: 'a secret' },
      to: { intakeNotes: 'another secret' },
    },
    {
      previous: { guest_intake_notes: null },
      current: { guest_intake_notes: null },
      changed: ['guest_intake_notes'],
      withheld: ['guest_intake_notes'],
    },
  ],
  confirmed: [
    { ...told, type: 'confirmed', from: { status: 'pending_confirmation' }, to: { status: 'confirmed' } },
    { previous: { status: 'pending_confirmation' }, current: { status: 'confirmed' }, changed: ['status'] },
  ],
  started: [
    { ...told, type: 'started', from: { status: 'confirmed' }, to: { status: 'started' }, reminders: [] },
    { previous: { status: 'confirmed' }, current: { status: 'started' }, changed: ['status'] },
  ],
  completed: [
    { ...told, type: 'completed', from: { status: 'started' }, to: { status: 'completed' }, reminders: [] },
    { previous: { status: 'started' }, current: { status: 'completed' }, changed: ['status'] },
  ],
  no_show: [
    { ...told, type: 'no_show', from: { status: 'scheduled' }, to: { status: 'no_show' }, reminders: [] },
    { previous: { status: 'scheduled' }, current: { status: 'no_show' }, changed: ['status'] },
  ],
  cancelled: [
    {
      ...told,
      type: 'cancelled',
      from: { status: 'scheduled', cancelledAt: null, cancellationReason: null },
      to: { status: 'cancelled', cancelledAt: AT, cancellationReason: null },
      reminders: [{ kind: '1h', from: at1, to: null, reason: 'call_over' }],
    },
    {
      previous: { status: 'scheduled', cancelled_at: null, cancellation_reason: null },
      current: { status: 'cancelled', cancelled_at: '2026-05-01T12:00:00.000Z', cancellation_reason: null },
      changed: ['cancelled_at', 'status'],
      reminders: [
        {
          reminder_kind: 'reminder_1h',
          previous: '2026-05-02T15:00:00.000Z',
          current: null,
          reason: 'call_over',
        },
      ],
    },
  ],
};

describe('an envelope', () => {
  test.each(Object.entries(EVENTS))('of %s tells what happened', (type, [event, own]) => {
    expect(envelopeOf(event, 'https://calls.example.com')).toStrictEqual({
      specversion: '1.0',
      id: 'app%2Eone:call%3A7:3',
      source: 'https://calls.example.com/apps/app%2Eone/calls/call%3A7',
      type: `scheduled.${type}`,
      time: '2026-05-01T12:00:00.000Z',
      subject: 'call:7',
      datacontenttype: 'application/json',
      data: {
        app_id: 'app.one',
        call_id: 'call:7',
        sequence: 3,
        call_version: 2,
        event: type,
        withheld: [],
        reason: null,
        actor: { type: 'guest', id: 'amina' },
        interface: 'scheduled-calls',
        reminders: [],
        overridden: [],
        ...own,
      },
    });
  });

  test('there is a type to subscribe to for every event', () => {
    expect(SUBSCRIBABLE.toSorted()).toEqual(
      Object.keys(EVENTS)
        .map((type) => `scheduled.${type}`)
        .toSorted(),
    );
    expect(MESSAGE_TYPES.no_show).toBe('scheduled.no_show');
  });

  test('names what was overridden by the words of the refusals, once each', () => {
    const [event] = EVENTS.confirmed;
    const { data } = envelopeOf({ ...event, overridden: ['day_full', 'outside_hours', 'limit_reached'] }, '');
    expect(data.overridden).toEqual(['limit_reached', 'outside_hours']);
  });

  test('does not say of a booking without notes that there are any', () => {
    const [event] = EVENTS.created;
    const { data } = envelopeOf({ ...event, to: { ...event.to, intakeNotes: null } }, '');
    expect(data.withheld).toEqual([]);
    expect(data.changed).not.toContain('guest_intake_notes');
  });

  test('says that notes were kept back that were removed', () => {
    const [event] = EVENTS.intake_notes_updated;
    const { data } = envelopeOf({ ...event, to: { intakeNotes: null } }, '');
    expect(data.withheld).toEqual(['guest_intake_notes']);
  });
});

/** The rest of a body, whose keys are in order. */
const around = (own: {
  changed: string;
  current: string;
  event: string;
  previous: string;
  reminders?: string;
}) =>
  `{"data":{"actor":{"id":"amina","type":"guest"},"app_id":"app.one","call_id":"call:7","call_version":2,"changed":${own.changed},` +
  `"current":${own.current},"event":"${own.event}","interface":"scheduled-calls","overridden":[],"previous":${own.previous},` +
  `"reason":null,"reminders":${own.reminders ?? '[]'},"sequence":3,"withheld":[]},"datacontenttype":"application/json",` +
  `"id":"app%2Eone:call%3A7:3","source":"/apps/app%2Eone/calls/call%3A7","specversion":"1.0","subject":"call:7",` +
  `"time":"2026-05-01T12:00:00.000Z","type":"scheduled.${own.event}"}`;

describe('a body', () => {
  test.each<[EventType, Parameters<typeof around>[0]]>([
    [
      'rescheduled',
      {
        event: 'rescheduled',
        changed: '["series"]',
        previous:
          '{"scheduled_at":"2026-05-02T16:00:00.000Z","series":{"id":"s","wall_time":"2026-05-02T16:00:00"}}',
        current:
          '{"scheduled_at":"2026-05-02T16:00:00.000Z","series":{"id":"s","wall_time":"2026-05-03T09:30:00"}}',
      },
    ],
    [
      'assigned',
      {
        event: 'assigned',
        changed: '["assigned_agent_id"]',
        previous: '{"assigned_agent_id":null}',
        current: '{"assigned_agent_id":"ben"}',
      },
    ],
    [
      'cancelled',
      {
        event: 'cancelled',
        changed: '["cancelled_at","status"]',
        previous: '{"cancellation_reason":null,"cancelled_at":null,"status":"scheduled"}',
        current:
          '{"cancellation_reason":null,"cancelled_at":"2026-05-01T12:00:00.000Z","status":"cancelled"}',
        reminders:
          '[{"current":null,"previous":"2026-05-02T15:00:00.000Z","reason":"call_over","reminder_kind":"reminder_1h"}]',
      },
    ],
  ])('of %s is these bytes', (type, own) => {
    expect(bodyOf(envelopeOf(EVENTS[type][0], ''))).toBe(around(own));
  });
});

test.each([
  [
    ['a:b', 'c', 1],
    ['a', 'b:c', 1],
  ],
  [
    ['a.b', 'c', 1],
    ['a%2Eb', 'c', 1],
  ],
  [
    ['a', 'b', 11],
    ['a', 'b:1', 1],
  ],
] as const)('%j and %j do not share an id', ([app, call, seq], [otherApp, otherCall, otherSeq]) => {
  const idOf = (appId: string, callId: string, number: number) =>
    envelopeOf({ ...EVENTS.assigned[0], appId, callId, seq: number }, '').id;
  expect(idOf(app, call, seq)).not.toBe(idOf(otherApp, otherCall, otherSeq));
});
