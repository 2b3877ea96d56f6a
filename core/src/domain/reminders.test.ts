import { describe, expect, test } from 'vitest';
import { afterChange, redirect, replan, withdraw, type Reminder } from './reminders.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const planned = (startsAt: number, now = NOW): Reminder[] => afterChange([], replan([], startsAt, now));

describe('reminders', () => {
  test('of a call far ahead are all pending', () => {
    const start = NOW + 3 * DAY;
    expect(planned(start)).toEqual([
      { kind: '24h', fireAt: start - DAY, skipped: null },
      { kind: '1h', fireAt: start - 60 * MINUTE, skipped: null },
      { kind: '15m', fireAt: start - 15 * MINUTE, skipped: null },
    ]);
  });

  test('that are already past are skipped, with the reason', () => {
    expect(planned(NOW + 30 * MINUTE)).toEqual([
      { kind: '24h', fireAt: null, skipped: 'already_past' },
      { kind: '1h', fireAt: null, skipped: 'already_past' },
      { kind: '15m', fireAt: NOW + 15 * MINUTE, skipped: null },
    ]);
  });

  test('that would fire this very moment are past', () => {
    expect(planned(NOW + DAY).map(({ skipped }) => skipped)).toEqual(['already_past', null, null]);
    expect(planned(NOW + DAY + 1).map(({ skipped }) => skipped)).toEqual([null, null, null]);
  });

  test('move as a diff', () => {
    const start = NOW + 3 * DAY;
    expect(replan(planned(start), start + DAY, NOW)).toEqual([
      { kind: '24h', from: start - DAY, to: start, reason: null },
      { kind: '1h', from: start - 60 * MINUTE, to: start + DAY - 60 * MINUTE, reason: null },
      { kind: '15m', from: start - 15 * MINUTE, to: start + DAY - 15 * MINUTE, reason: null },
    ]);
    expect(replan(planned(start), start, NOW)).toEqual([]);
  });

  test('are skipped by a move to soon, and planned again by a move to later', () => {
    const start = NOW + 3 * DAY;
    const soon = replan(planned(start), NOW + 30 * MINUTE, NOW);
    expect(soon.slice(0, 2)).toEqual([
      { kind: '24h', from: start - DAY, to: null, reason: 'already_past' },
      { kind: '1h', from: start - 60 * MINUTE, to: null, reason: 'already_past' },
    ]);
    const plan = afterChange(planned(start), soon);
    expect(replan(plan, NOW + 20 * MINUTE, NOW)).toEqual([
      { kind: '15m', from: NOW + 15 * MINUTE, to: NOW + 5 * MINUTE, reason: null },
    ]);
    expect(afterChange(plan, replan(plan, start, NOW))).toEqual(planned(start));
  });

  test('are skipped each for itself: that another was skipped before says nothing', () => {
    const start = NOW + 90 * MINUTE;
    expect(replan(planned(start), NOW + 30 * MINUTE, NOW)).toEqual([
      { kind: '1h', from: start - 60 * MINUTE, to: null, reason: 'already_past' },
      { kind: '15m', from: start - 15 * MINUTE, to: NOW + 15 * MINUTE, reason: null },
    ]);
  });

  test('are withdrawn with the call', () => {
    const plan = planned(NOW + 30 * MINUTE);
    expect(withdraw(plan)).toEqual([{ kind: '15m', from: NOW + 15 * MINUTE, to: null, reason: 'call_over' }]);
    expect(withdraw(afterChange(plan, withdraw(plan)))).toEqual([]);
  });
});

describe('reminders by hand', () => {
  const START = NOW + 10 * DAY;
  const custom = (fireAt: number | null): Reminder => ({
    kind: 'custom_90',
    fireAt,
    skipped: fireAt === null ? 'already_past' : null,
  });

  test('stand in the plan by their time', () => {
    const plan = afterChange(planned(START), [
      { kind: 'custom_90', from: null, to: START - 90 * MINUTE, reason: null },
    ]);
    expect(plan.map(({ kind }) => kind)).toEqual(['24h', 'custom_90', '1h', '15m']);
  });

  test('keep their offset when the call moves', () => {
    const plan = [...planned(START), custom(START - 90 * MINUTE)];
    const moved = afterChange(plan, replan(plan, START + DAY, NOW));
    expect(moved).toContainEqual(custom(START + DAY - 90 * MINUTE));
  });

  test('are skipped with the reason when the move comes too late for them, and come back with a later one', () => {
    const plan = [...planned(START), custom(START - 90 * MINUTE)];
    const soon = afterChange(plan, replan(plan, NOW + 60 * MINUTE, NOW));
    expect(soon).toContainEqual(custom(null));
    const later = afterChange(soon, replan(soon, START, NOW));
    expect(later).toContainEqual(custom(START - 90 * MINUTE));
  });

  test('go with the others when the call is over', () => {
    const plan = [...planned(START), custom(START - 90 * MINUTE)];
    expect(afterChange(plan, withdraw(plan))).toEqual([]);
  });
});

describe('reminders that go elsewhere', () => {
  const START = NOW + 10 * DAY;

  test('are named with the reason, at the time that they have', () => {
    const plan = planned(START);
    const changes = redirect(plan, 'contact_changed', NOW);
    expect(changes.map(({ kind, from, to, reason }) => [kind, from === to, reason])).toEqual([
      ['24h', true, 'contact_changed'],
      ['1h', true, 'contact_changed'],
      ['15m', true, 'contact_changed'],
    ]);
    expect(afterChange(plan, changes)).toEqual(plan);
  });

  test('are those that are pending still', () => {
    const due = START - 60 * MINUTE;
    expect(redirect(planned(START), 'agent_changed', due).map(({ kind }) => kind)).toEqual(['15m']);
  });
});
