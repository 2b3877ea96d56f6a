import { describe, expect, test } from 'vitest';
import { ALWAYS } from './availability.ts';
import type { CreateCall, Edits } from './commands.ts';
import { decide } from './decide.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { Schedule } from './schedule.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const told = { appId: 'app', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
/** In UTC, on 3 May unless another day is said. */
const at = (time: string, day = 3) => Date.parse(`2026-05-0${day}T${time}Z`);

const agents = ['ana', 'ben'].map((id) => ({
  appId: 'app',
  id,
  name: id,
  active: true,
  availability: ALWAYS,
  turn: 0,
  email: null,
}));

const creation = (over: Partial<CreateCall>): CreateCall => ({
  ...told,
  type: 'create',
  callId: 'new',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: at('12:00'),
  agentId: 'ana',
  ...over,
});

/** A schedule in which these were booked before there was a cap. */
function booked(calls: number, bookings: Partial<CreateCall>[], timezone = 'UTC'): Schedule {
  const schedule = new Schedule({ agents });
  for (const [index, booking] of bookings.entries()) {
    const decision = decide(creation({ callId: `call-${index}`, ...booking }), schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
  }
  schedule.recordPolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, dailyCap: { calls, timezone } } });
  return schedule;
}

const book = (schedule: Schedule, over: Partial<CreateCall> = {}): string =>
  decide(creation(over), schedule, NOW).kind;
const move = (schedule: Schedule, edits: Edits, callId = 'call-0'): string =>
  decide({ ...told, type: 'reschedule', callId, edits }, schedule, NOW).kind;

describe('a daily cap', () => {
  test('is full when the agent has that many calls', () => {
    expect(book(booked(2, [{ startsAt: at('09:00') }]))).toBe('accepted');
    expect(book(booked(2, [{ startsAt: at('09:00') }, { startsAt: at('10:00') }]))).toBe('day_full');
    expect(book(booked(0, []))).toBe('day_full');
  });

  test('says how many calls, on which day, and what was wanted', () => {
    expect(decide(creation({}), booked(1, [{ startsAt: at('09:00') }]), NOW)).toEqual({
      kind: 'day_full',
      calls: 1,
      day: { from: at('00:00'), to: at('00:00', 4) },
      wanted: { agentId: 'ana', from: at('12:00'), to: at('12:30') },
      alternatives: [],
    });
  });

  test('counts what begins on the day, from its first moment to its last', () => {
    const full = (startsAt: number, durationMinutes = 5) =>
      book(booked(1, [{ startsAt, durationMinutes }])) === 'day_full';
    expect(full(at('00:00'))).toBe(true);
    expect(full(at('23:55'))).toBe(true);
    expect(full(at('00:00', 4) - 1)).toBe(true);
    expect(full(at('00:00', 4))).toBe(false);
    expect(full(at('00:00') - 1)).toBe(false);
    // It began the day before, and takes time of this one.
    expect(full(at('22:00', 2), 10 * 60)).toBe(false);
  });

  test('counts by where the time begins that the call keeps, its buffer included', () => {
    const early = { startsAt: at('00:05'), durationMinutes: 5 };
    expect(book(booked(1, [{ ...early, bufferBeforeMinutes: 5 }]))).toBe('day_full');
    expect(book(booked(1, [{ ...early, bufferBeforeMinutes: 6 }]))).toBe('accepted');
    const dayBefore = booked(1, [{ startsAt: at('09:00', 2) }]);
    expect(book(dayBefore, { ...early, bufferBeforeMinutes: 5 })).toBe('accepted');
    expect(book(dayBefore, { ...early, bufferBeforeMinutes: 6 })).toBe('day_full');
  });

  test('counts in its own zone', () => {
    // 22:30 UTC is 00:30 of the next day in Paris.
    const late = { startsAt: at('22:30'), durationMinutes: 5 };
    expect(book(booked(1, [late], 'UTC'))).toBe('day_full');
    expect(book(booked(1, [late], 'Europe/Paris'))).toBe('accepted');
    expect(book(booked(1, [late], 'Europe/Paris'), { startsAt: at('09:00', 4) })).toBe('day_full');
  });

  test('counts nobody else, in no other app, and nothing that is over', () => {
    expect(book(booked(1, [{ startsAt: at('09:00'), agentId: 'ben' }]))).toBe('accepted');
    expect(book(booked(1, [{ startsAt: at('09:00'), agentId: null }]))).toBe('accepted');
    const schedule = booked(1, [{ startsAt: at('09:00') }]);
    const cancelled = decide({ ...told, type: 'cancel', callId: 'call-0' }, schedule, NOW);
    if (cancelled.kind === 'accepted') schedule.recordCall(cancelled.call);
    expect(book(schedule)).toBe('accepted');
    expect(book(booked(0, []), { agentId: null })).toBe('accepted');
  });
});

describe('a move, where calls are counted,', () => {
  const one = [{ startsAt: at('09:00') }];

  test('does not meet its own call', () => {
    expect(move(booked(1, one), { startsAt: at('10:00') })).toBe('accepted');
    expect(move(booked(1, one), { startsAt: at('10:00', 4) })).toBe('accepted');
  });

  test('into a full day is refused', () => {
    const schedule = booked(1, [{ startsAt: at('09:00', 2) }, { startsAt: at('09:00') }]);
    expect(move(schedule, { startsAt: at('15:00') })).toBe('day_full');
  });

  test('stays on its day, even where too many are', () => {
    const three = [9, 10, 11].map((hour) => ({ startsAt: at(`${String(hour).padStart(2, '0')}:00`) }));
    expect(move(booked(1, three), { startsAt: at('15:00') })).toBe('accepted');
    expect(move(booked(0, three), { startsAt: at('15:00') })).toBe('accepted');
    expect(move(booked(0, three), { startsAt: at('15:00', 4) })).toBe('day_full');
  });

  test('to another agent counts with that one', () => {
    const both = [...one, { startsAt: at('11:00'), agentId: 'ben' }];
    expect(move(booked(1, both), { agentId: 'ben' })).toBe('day_full');
    expect(move(booked(2, both), { agentId: 'ben' })).toBe('accepted');
  });

  test('leaves the day that its buffer begins on', () => {
    // It counts on the day before: at midnight, with a buffer.
    const midnight = { startsAt: at('00:00'), bufferBeforeMinutes: 10 };
    const schedule = booked(1, [midnight, { startsAt: at('09:00') }]);
    expect(move(schedule, { startsAt: at('00:05') })).toBe('accepted');
    expect(move(schedule, { startsAt: at('00:10') })).toBe('day_full');
  });

  test('back to a day that has filled up is refused', () => {
    const schedule = booked(1, [...one, { startsAt: at('11:00', 4) }]);
    for (const [callId, startsAt] of [
      ['call-0', at('09:00', 5)],
      ['call-1', at('11:00')],
    ] as const) {
      const moved = decide({ ...told, type: 'reschedule', callId, edits: { startsAt } }, schedule, NOW);
      if (moved.kind !== 'accepted') throw new Error(moved.kind);
      schedule.recordCall(moved.call);
    }
    const undo = { ...told, type: 'undo', callId: 'call-0' } as const;
    expect(decide(undo, schedule, NOW).kind).toBe('day_full');
    expect(decide({ ...undo, overrides: ['policy'] }, schedule, NOW).kind).toBe('accepted');
    expect(decide({ ...undo, overrides: ['availability'] }, schedule, NOW).kind).toBe('day_full');
  });
});
