import { describe, expect, test } from 'vitest';
import { STATUSES, TRANSITIONS, type Call, type Status, type Transition } from './call.ts';
import type { CallCommand, CreateCall, Edits } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import { neverMoved } from './moves.ts';
import { HORIZON_DAYS } from './policy.ts';
import { newAgent } from './agents.ts';
import { Schedule } from './schedule.ts';
import { occupancy } from './slots.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const TOMORROW = NOW + DAY;
const told = { appId: 'app', actor: { type: 'api', id: 'key' }, source: 'test' } as const;

const call = (over: Partial<Call> = {}): Call => ({
  appId: 'app',
  id: 'call',
  status: 'scheduled',
  agentId: 'ana',
  startsAt: TOMORROW,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  guestName: 'Amina',
  guestPhone: null,
  guestEmail: 'amina@example.com',
  guestTimezone: null,
  series: null,
  intakeNotes: null,
  appTimezone: 'Europe/Paris',
  bookingSource: 'api',
  assignmentMethod: 'manual',
  reminders: [],
  moves: neverMoved(TOMORROW),
  cancelledAt: null,
  cancellationReason: null,
  createdAt: NOW - DAY,
  updatedAt: NOW - DAY,
  version: 3,
  lastSeq: 5,
  ...over,
});

const scheduleOf = (...calls: Call[]): Schedule =>
  new Schedule({
    calls,
    agents: ['ana', 'ben', 'idle'].map((id) =>
      newAgent({ appId: 'app', id, name: id, active: id !== 'idle' }),
    ),
    occupied: calls.flatMap((one) => {
      const slot = occupancy(one);
      return slot ? [{ ...slot, appId: one.appId, callId: one.id }] : [];
    }),
  });

const reschedule = (edits: Edits, over: { callId?: string; reason?: string } = {}): CallCommand => ({
  ...told,
  type: 'reschedule',
  callId: 'call',
  edits,
  ...over,
});
const create = (over: Partial<CreateCall> = {}): CallCommand => ({
  ...told,
  type: 'create',
  callId: 'new',
  guestName: 'Bruno',
  appTimezone: 'UTC',
  startsAt: TOMORROW,
  ...over,
});

/** What a decision comes to, short enough for a table. */
const verdict = (decision: Decision): string =>
  decision.kind === 'accepted'
    ? decision.events.map(({ type }) => type).join('+') || 'nothing'
    : decision.kind;

const judge = (command: CallCommand, ...calls: Call[]): string =>
  verdict(decide(command, scheduleOf(...calls), NOW));

describe('reschedule', () => {
  test.each<[string, Edits, string]>([
    ['a new time', { startsAt: TOMORROW + DAY }, 'rescheduled'],
    ['a new agent', { agentId: 'ben' }, 'assigned'],
    ['a new name', { guestName: 'Bo' }, 'guest_updated'],
    [
      'several guest fields',
      { guestName: 'Bo', guestPhone: '+33123456789', guestEmail: null },
      'guest_updated',
    ],
    ['new notes', { intakeNotes: 'new' }, 'intake_notes_updated'],
    [
      'everything at once',
      { startsAt: TOMORROW + DAY, agentId: 'ben', guestTimezone: 'UTC', intakeNotes: 'new' },
      'rescheduled+assigned+guest_updated+intake_notes_updated',
    ],
    ['nothing', {}, 'nothing'],
    [
      'what is so already',
      { startsAt: TOMORROW, agentId: 'ana', guestName: 'Amina', guestPhone: null },
      'nothing',
    ],
    ['over its own old time', { startsAt: TOMORROW + 15 * MINUTE }, 'rescheduled'],
    ['one millisecond after now', { startsAt: NOW + 1 }, 'rescheduled'],
    ['now', { startsAt: NOW }, 'in_past'],
    ['the last millisecond that can be booked', { startsAt: NOW + HORIZON_DAYS * DAY }, 'rescheduled'],
    ['the first that cannot', { startsAt: NOW + HORIZON_DAYS * DAY + 1 }, 'beyond_horizon'],
    ['an unknown agent', { agentId: 'nobody' }, 'agent_unavailable'],
    ['an inactive agent', { agentId: 'idle' }, 'agent_unavailable'],
  ])('%s', (_, edits, expected) => {
    expect(judge(reschedule(edits), call())).toBe(expected);
  });

  test.each<[Status, string]>([
    ['scheduled', 'rescheduled'],
    ['pending_confirmation', 'rescheduled'],
    ['confirmed', 'rescheduled'],
    ['started', 'already_started'],
    ['completed', 'final_state'],
    ['cancelled', 'final_state'],
    ['no_show', 'final_state'],
  ])('a %s call', (status, expected) => {
    expect(judge(reschedule({ startsAt: TOMORROW + DAY }), call({ status }))).toBe(expected);
  });

  test('the refusals stand in their order: call, final state, nothing changes, time, agent, slot', () => {
    const other = call({ id: 'other', agentId: 'ben', startsAt: NOW + MINUTE });
    const bad = { startsAt: NOW, agentId: 'nobody' };
    expect(judge(reschedule(bad, { callId: 'unknown' }), call())).toBe('call_not_found');
    expect(judge(reschedule(bad), call({ status: 'cancelled' }))).toBe('final_state');
    expect(judge(reschedule({ startsAt: NOW }), call({ startsAt: NOW }))).toBe('nothing');
    expect(judge(reschedule(bad), call())).toBe('in_past');
    expect(judge(reschedule({ ...bad, startsAt: NOW + MINUTE }), call(), other)).toBe('agent_unavailable');
    expect(judge(reschedule({ agentId: 'ben', startsAt: NOW + MINUTE }), call(), other)).toBe('slot_taken');
  });

  test('a call that keeps its agent where any would do is left as it is, whatever version is named', () => {
    const command: CallCommand = {
      ...told,
      type: 'reschedule',
      callId: 'call',
      edits: { assignment: 'prefer_keep' },
      versions: [7],
    };
    const before = call();
    const left = { kind: 'accepted', call: before, events: [], verdicts: [] };
    expect(decide(command, scheduleOf(before), NOW)).toEqual(left);
  });

  test('a call that is late can still be given to somebody else', () => {
    expect(judge(reschedule({ agentId: 'ben' }), call({ startsAt: NOW - MINUTE }))).toBe('assigned');
  });

  test('a call of an agent who has been set inactive can still be moved', () => {
    expect(judge(reschedule({ startsAt: TOMORROW + DAY }), call({ agentId: 'idle' }))).toBe('rescheduled');
  });

  test('a call without an agent goes anywhere', () => {
    const other = call({ id: 'other', agentId: null });
    expect(judge(reschedule({ startsAt: TOMORROW + 15 * MINUTE }), call({ agentId: null }), other)).toBe(
      'rescheduled',
    );
  });

  test('every event tells from and to, its number, its author and its reason', () => {
    const command = reschedule(
      { startsAt: TOMORROW + DAY, agentId: 'ben', guestEmail: null },
      { reason: 'asked' },
    );
    const decision = decide(command, scheduleOf(call()), NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    const header = {
      appId: 'app',
      callId: 'call',
      version: 4,
      at: NOW,
      actor: told.actor,
      source: 'test',
      reason: 'asked',
    };
    const due = { '24h': TOMORROW, '1h': TOMORROW + DAY - 60 * MINUTE, '15m': TOMORROW + DAY - 15 * MINUTE };
    const redirected = (reason: string) =>
      Object.entries(due).map(([kind, at]) => ({ kind, from: at, to: at, reason }));
    expect(decision.events).toEqual([
      {
        ...header,
        seq: 6,
        type: 'rescheduled',
        from: { startsAt: TOMORROW },
        to: { startsAt: TOMORROW + DAY },
        reminders: [
          { kind: '24h', from: null, to: TOMORROW, reason: null },
          { kind: '1h', from: null, to: TOMORROW + DAY - 60 * MINUTE, reason: null },
          { kind: '15m', from: null, to: TOMORROW + DAY - 15 * MINUTE, reason: null },
        ],
      },
      {
        ...header,
        seq: 7,
        type: 'assigned',
        from: { agentId: 'ana' },
        to: { agentId: 'ben' },
        reminders: redirected('agent_changed'),
      },
      {
        ...header,
        seq: 8,
        type: 'guest_updated',
        from: { guestEmail: 'amina@example.com' },
        to: { guestEmail: null },
        reminders: redirected('contact_changed'),
      },
    ]);
    expect(decision.call).toMatchObject({ version: 4, lastSeq: 8, agentId: 'ben', durationMinutes: 30 });
  });
});

test('a clock that is behind does not take the timeline back', () => {
  const changed = call({ updatedAt: NOW + 5_000 });
  const decision = decide(
    reschedule({ guestName: 'Bea', startsAt: TOMORROW + 60 * MINUTE }),
    scheduleOf(changed),
    NOW,
  );
  if (decision.kind !== 'accepted') throw new Error(decision.kind);
  expect(decision.events.map(({ at }) => at)).toEqual([NOW + 5_000, NOW + 5_000]);
  expect(decision.call.updatedAt).toBe(NOW + 5_000);
});

describe('the slot', () => {
  const at = (minutes: number) => TOMORROW + minutes * MINUTE;
  const other = (over: Partial<Call> = {}) => call({ id: 'other', startsAt: at(120), ...over });

  test.each<[string, number, Partial<Call>, Partial<Call>, string]>([
    ['ends where the other begins', 90, {}, {}, 'rescheduled'],
    ['ends a minute into the other', 91, {}, {}, 'slot_taken'],
    ['begins where the other ends', 150, {}, {}, 'rescheduled'],
    ['begins a minute before the other ends', 149, {}, {}, 'slot_taken'],
    ['lies inside the other', 125, { durationMinutes: 5 }, {}, 'slot_taken'],
    ['surrounds the other', 110, { durationMinutes: 60 }, {}, 'slot_taken'],
    ['needs its buffer before', 155, { bufferBeforeMinutes: 6 }, {}, 'slot_taken'],
    ['has just its buffer before', 156, { bufferBeforeMinutes: 6 }, {}, 'rescheduled'],
    ['runs into the buffer before the other', 86, {}, { bufferBeforeMinutes: 5 }, 'slot_taken'],
    ['leaves both buffers', 80, { bufferAfterMinutes: 5 }, { bufferBeforeMinutes: 5 }, 'rescheduled'],
    ['leaves one of two buffers', 81, { bufferAfterMinutes: 5 }, { bufferBeforeMinutes: 5 }, 'slot_taken'],
    ['is that of another agent', 120, {}, { agentId: 'ben' }, 'rescheduled'],
    ['was that of a cancelled call', 120, {}, { status: 'cancelled' }, 'rescheduled'],
    ['is that of a call under way', 120, {}, { status: 'started' }, 'slot_taken'],
  ])('that %s', (_, minutes, mine, theirs, expected) => {
    expect(judge(reschedule({ startsAt: at(minutes) }), call(mine), other(theirs))).toBe(expected);
  });

  test('is refused with what was wanted and what is in the way, and nothing of the other guest', () => {
    const decision = decide(
      reschedule({ startsAt: at(115) }),
      scheduleOf(call(), other({ bufferBeforeMinutes: 5 })),
      NOW,
    );
    expect(decision).toEqual({
      kind: 'slot_taken',
      wanted: { agentId: 'ana', from: at(115), to: at(145) },
      taken: { agentId: 'ana', from: at(115), to: at(150) },
      alternatives: [],
    });
  });

  test('names the earliest of several that are in the way', () => {
    const late = call({ id: 'late', startsAt: at(150) });
    const decision = decide(
      reschedule({ startsAt: at(135) }),
      scheduleOf(call({ durationMinutes: 60 }), late, other()),
      NOW,
    );
    expect(decision).toMatchObject({ kind: 'slot_taken', taken: { from: at(120), to: at(150) } });
  });

  test('may not overlap by a millisecond', () => {
    expect(judge(reschedule({ startsAt: at(90) + 1 }), call(), other())).toBe('slot_taken');
    expect(judge(reschedule({ startsAt: at(150) - 1 }), call(), other())).toBe('slot_taken');
  });

  test('counts in another app for nothing', () => {
    const elsewhere = other({ appId: 'elsewhere' });
    expect(judge(reschedule({ startsAt: at(120) }), call(), elsewhere)).toBe('rescheduled');
  });
});

describe('create', () => {
  test.each<[string, Partial<CreateCall>, string]>([
    ['without an agent', {}, 'created'],
    ['with an agent', { agentId: 'ben' }, 'created'],
    ['with an unknown agent', { agentId: 'nobody' }, 'agent_unavailable'],
    ['with an inactive agent', { agentId: 'idle' }, 'agent_unavailable'],
    ['at a time that is taken', { agentId: 'ana', startsAt: TOMORROW + MINUTE }, 'slot_taken'],
    ['in the past', { startsAt: NOW }, 'in_past'],
    ['too far ahead', { startsAt: NOW + (HORIZON_DAYS + 1) * DAY }, 'beyond_horizon'],
    ['with an id that is there', { callId: 'call' }, 'call_exists'],
  ])('%s', (_, over, expected) => {
    expect(judge(create(over), call())).toBe(expected);
  });

  test('fills in the defaults', () => {
    const decision = decide(create(), scheduleOf(), NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    expect(decision.call).toMatchObject({
      status: 'scheduled',
      agentId: null,
      durationMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      bookingSource: 'api',
      assignmentMethod: 'manual',
      version: 1,
      lastSeq: 1,
      createdAt: NOW,
    });
  });

  test('keeps its place in a series; without one its event says nothing of it', () => {
    const series = { id: 'series', wallTime: '2026-05-02T12:00:00' };
    const inSeries = decide(create({ series }), scheduleOf(), NOW);
    expect(inSeries).toMatchObject({ call: { series }, events: [{ to: { series } }] });
    const alone = decide(create(), scheduleOf(), NOW);
    if (alone.kind !== 'accepted' || inSeries.kind !== 'accepted') throw new Error('refused');
    expect(alone.events[0]?.to).not.toHaveProperty('series');
    expect(inSeries.events[0]?.to).toEqual({ ...alone.events[0]?.to, series });
  });

  test('waits for a confirmation when it is asked to', () => {
    const decision = decide(create({ requireConfirmation: true }), scheduleOf(), NOW);
    expect(decision).toMatchObject({ kind: 'accepted', call: { status: 'pending_confirmation' } });
  });
});

describe('transitions', () => {
  const EXPECTED: Record<Transition, Partial<Record<Status, string>>> = {
    confirm: { scheduled: 'confirmed', pending_confirmation: 'confirmed', confirmed: 'nothing' },
    start: { scheduled: 'started', pending_confirmation: 'started', confirmed: 'started' },
    complete: {
      scheduled: 'completed',
      pending_confirmation: 'completed',
      confirmed: 'completed',
      started: 'completed',
    },
    no_show: {
      scheduled: 'no_show',
      pending_confirmation: 'no_show',
      confirmed: 'no_show',
      started: 'no_show',
    },
    cancel: {
      scheduled: 'cancelled',
      pending_confirmation: 'cancelled',
      confirmed: 'cancelled',
      cancelled: 'nothing',
    },
  };
  const OTHERWISE: Record<Status, string> = {
    scheduled: 'impossible',
    pending_confirmation: 'impossible',
    confirmed: 'impossible',
    started: 'already_started',
    completed: 'final_state',
    cancelled: 'final_state',
    no_show: 'final_state',
  };
  const types: Transition[] = ['confirm', 'start', 'complete', 'no_show', 'cancel'];

  test.each(types.flatMap((type) => STATUSES.map((status) => ({ type, status }))))(
    '$type of a $status call',
    ({ type, status }) => {
      const expected = EXPECTED[type][status] ?? OTHERWISE[status];
      expect(judge({ ...told, type, callId: 'call' }, call({ status }))).toBe(expected);
    },
  );

  test('cancelling keeps when and why, and withdraws the reminders', () => {
    const reminders = [
      { kind: '24h', fireAt: null, skipped: 'already_past' },
      { kind: '1h', fireAt: TOMORROW - 60 * MINUTE, skipped: null },
    ] as const;
    const command: CallCommand = { ...told, type: 'cancel', callId: 'call', reason: 'ill' };
    const decision = decide(command, scheduleOf(call({ reminders })), NOW);
    expect(decision).toMatchObject({
      kind: 'accepted',
      call: { status: 'cancelled', cancelledAt: NOW, cancellationReason: 'ill' },
      events: [{ reminders: [{ kind: '1h', from: TOMORROW - 60 * MINUTE, to: null, reason: 'call_over' }] }],
    });
    if (decision.kind === 'accepted')
      expect(decision.call.reminders.filter(({ fireAt }) => fireAt !== null)).toEqual([]);
  });

  test('an unknown call', () => {
    expect(judge({ ...told, type: 'cancel', callId: 'call' })).toBe('call_not_found');
  });

  test('no transition leaves a final state', () => {
    for (const { from } of Object.values(TRANSITIONS)) {
      expect(from).not.toEqual(expect.arrayContaining(['completed']));
      expect(from).not.toEqual(expect.arrayContaining(['cancelled']));
      expect(from).not.toEqual(expect.arrayContaining(['no_show']));
    }
  });
});
