import { describe, expect, test } from 'vitest';
import type { CallCommand, FireReminders } from './commands.ts';
import { decide } from './decide.ts';
import { replay } from './call.ts';
import type { CallEvent } from './events.ts';
import { MOST_LATE, nextDue } from './reminders.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const START = NOW + 2 * DAY;
const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
const FIRE: FireReminders = { ...told, type: 'fire_reminders' };

/** A call in two days, at which one can ask for more, each thing at its own instant. */
function booked() {
  const schedule = new Schedule({});
  const events: CallEvent[] = [];
  const run = (command: CallCommand, at = NOW) => {
    const decision = decide(command, schedule, at);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
    events.push(...decision.events);
    return decision;
  };
  run({ ...told, type: 'create', guestName: 'G', appTimezone: 'UTC', startsAt: START });
  return { run, events };
}
const saidOf = (events: readonly CallEvent[]) =>
  events.map((event) => [event.type, 'reminders' in event ? event.reminders : []]);

describe('a reminder that is due', () => {
  test('fires in an event of its own, and the version stays', () => {
    const { run, events } = booked();
    expect(run(FIRE, START - DAY - 1).events).toEqual([]);
    const { call, events: fired } = run(FIRE, START - DAY);
    expect(saidOf(fired)).toEqual([
      ['reminder_due', [{ kind: '24h', from: START - DAY, to: null, reason: 'fired' }]],
    ]);
    expect(fired).toMatchObject([{ seq: 2, version: 1, actor: FIRE.actor }]);
    expect(call).toMatchObject({ version: 1, lastSeq: 2 });
    expect(call.reminders[0]).toEqual({ kind: '24h', fireAt: null, skipped: null });
    expect(nextDue(call)).toBe(START - 60 * MINUTE);
    expect(run(FIRE, START - DAY).events).toEqual([]);
    expect(replay(events)).toEqual(call);
  });

  test.each([
    ['as late as it may be', START - DAY + MOST_LATE, 'reminder_due', 'fired', null],
    ['later than that', START - DAY + MOST_LATE + 1, 'reminder_skipped', 'too_late', 'too_late'],
  ])('%s', (_, at, type, reason, skipped) => {
    const { run, events } = booked();
    const { call, events: fired } = run(FIRE, at);
    expect(saidOf(fired)).toEqual([[type, [{ kind: '24h', from: START - DAY, to: null, reason }]]]);
    expect(call.reminders[0]).toEqual({ kind: '24h', fireAt: null, skipped });
    expect(replay(events)).toEqual(call);
  });

  test('is too late once the call should have begun; several are told one by one', () => {
    const { run } = booked();
    const { events } = run(FIRE, START);
    expect(saidOf(events).map(([type]) => type)).toEqual(Array(3).fill('reminder_skipped'));
    const other = booked();
    expect(saidOf(other.run(FIRE, START - 1).events).map(([type]) => type)).toEqual([
      'reminder_skipped',
      'reminder_skipped',
      'reminder_due',
    ]);
  });

  test.each(['start', 'complete', 'cancel', 'no_show'] as const)('fires no more after %s', (type) => {
    const { run } = booked();
    const { call } = run({ ...told, type });
    expect(nextDue(call)).toBeNull();
    expect(run(FIRE, START - DAY).events).toEqual([]);
  });

  test('fires at the new time of a call that has moved, also if it has fired for the old one', () => {
    const { run } = booked();
    run(FIRE, START - DAY);
    const later = START + DAY;
    const at = START - DAY + 1;
    const { call } = run({ ...told, type: 'reschedule', edits: { startsAt: later } }, at);
    expect(nextDue(call)).toBe(later - DAY);
    expect(run(FIRE, later - DAY - 1).events).toEqual([]);
    expect(saidOf(run(FIRE, later - DAY).events)[0]?.[0]).toBe('reminder_due');
  });
});
