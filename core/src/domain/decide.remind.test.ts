import { describe, expect, test } from 'vitest';
import type { Status } from './call.ts';
import type { CallCommand, RemindGuest } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import { MOST_CUSTOM_REMINDERS } from './reminders.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const START = NOW + 2 * DAY;
/** Minutes from now to the start. */
const AHEAD = (START - NOW) / MINUTE;
const told = { appId: 'app', callId: 'call', actor: { type: 'guest', id: 'key' }, source: 'test' } as const;

const remind = (minutesBefore: number, over: Partial<RemindGuest> = {}): RemindGuest => ({
  ...told,
  type: 'remind',
  minutesBefore,
  ...over,
});
const become = (type: 'confirm' | 'start' | 'complete' | 'cancel' | 'no_show'): CallCommand => ({
  ...told,
  type,
});
/** As many as there may be, each a minute before the next. */
const MOST = Array.from({ length: MOST_CUSTOM_REMINDERS }, (_, index) => remind(100 + index));

/** Books a call, and carries out what is asked of it, one after the other. */
function after(...commands: CallCommand[]) {
  const schedule = new Schedule({});
  const run = (command: CallCommand): Decision => {
    const decision = decide(command, schedule, NOW);
    if (decision.kind === 'accepted') schedule.recordCall(decision.call);
    return decision;
  };
  run({ ...told, type: 'create', guestName: 'G', appTimezone: 'UTC', startsAt: START });
  for (const command of commands) run(command);
  return run;
}

describe('one more reminder', () => {
  test('is one event with its line of the plan, and changes nothing else of the call', () => {
    const run = after(become('confirm'));
    const before = run(become('confirm'));
    if (before.kind !== 'accepted') throw new Error(before.kind);
    const fireAt = START - 90 * MINUTE;
    const [first, ...others] = before.call.reminders;
    expect(run(remind(90, { reason: 'asked' }))).toEqual({
      kind: 'accepted',
      call: {
        ...before.call,
        version: 3,
        lastSeq: 3,
        reminders: [first, { kind: 'custom_90', fireAt, skipped: null }, ...others],
      },
      events: [
        {
          ...told,
          seq: 3,
          version: 3,
          at: NOW,
          reason: 'asked',
          type: 'reminder_planned',
          from: {},
          to: {},
          reminders: [{ kind: 'custom_90', from: null, to: fireAt, reason: null }],
        },
      ],
      verdicts: [],
    });
  });

  test.each<[Status, CallCommand[], object]>([
    ['scheduled', [], { kind: 'accepted' }],
    ['confirmed', [become('confirm')], { kind: 'accepted' }],
    ['started', [become('start')], { kind: 'already_started' }],
    ['completed', [become('complete')], { kind: 'final_state', status: 'completed' }],
    ['cancelled', [become('cancel')], { kind: 'final_state', status: 'cancelled' }],
    ['no_show', [become('no_show')], { kind: 'final_state', status: 'no_show' }],
  ])('of a call that is %s', (_, before, expected) => {
    expect(after(...before)(remind(90))).toMatchObject(expected);
  });

  test('of a call that is not there is refused', () => {
    const callId = 'unknown';
    expect(after()(remind(90, { callId }))).toEqual({ kind: 'call_not_found', appId: 'app', callId });
  });

  test('that would fire this very moment is past', () => {
    expect(after()(remind(AHEAD - 1)).kind).toBe('accepted');
    expect(after()(remind(AHEAD))).toEqual({ kind: 'reminder_in_past', fireAt: NOW, now: NOW });
    const fireAt = NOW - MINUTE;
    expect(after()(remind(AHEAD + 1))).toEqual({ kind: 'reminder_in_past', fireAt, now: NOW });
  });

  test('that is there already is no change, though the call has as many as it may', () => {
    expect(after(...MOST)(remind(100))).toMatchObject({
      kind: 'accepted',
      call: { version: 1 + MOST.length },
      events: [],
    });
  });

  test.each([24 * 60, 60, 15])('that every call has, %i minutes before, is no change', (minutes) => {
    expect(after()(remind(minutes))).toMatchObject({ kind: 'accepted', call: { version: 1 }, events: [] });
  });

  test('where that of every call is past is past, too', () => {
    const schedule = new Schedule({});
    const booking = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;
    const booked = decide({ ...booking, startsAt: NOW + 30 * MINUTE }, schedule, NOW);
    if (booked.kind !== 'accepted') throw new Error(booked.kind);
    schedule.recordCall(booked.call);
    expect(decide(remind(60), schedule, NOW).kind).toBe('reminder_in_past');
  });

  test('has a limit, which those that every call has do not count for', () => {
    expect(after(...MOST.slice(1))(remind(50)).kind).toBe('accepted');
    expect(after(...MOST)(remind(50))).toEqual({ kind: 'too_many_reminders', limit: MOST_CUSTOM_REMINDERS });
  });

  test('the refusals stand in their order: status, nothing changes, version, time, number', () => {
    const versions = [7];
    expect(after(remind(90), become('start'))(remind(90, { versions })).kind).toBe('already_started');
    expect(after(remind(90))(remind(90, { versions }))).toMatchObject({ kind: 'accepted', events: [] });
    expect(after()(remind(AHEAD, { versions }))).toEqual({ kind: 'stale_version', version: 1 });
    expect(after(...MOST)(remind(AHEAD)).kind).toBe('reminder_in_past');
  });
});
