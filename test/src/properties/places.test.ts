import {
  ALWAYS,
  isFinal,
  MINUTE,
  slotOf,
  type Availability,
  type Call,
  type Decision,
  type Instant,
  type Policy,
  type Span,
} from '@reslot/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPS, history, isSetting, type Step } from './histories.ts';
import { dailyCap, policy } from './settings.ts';
import { afterEach, hasPlaced } from './world.ts';

const CLOCK = { weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const formatters = new Map<string, Intl.DateTimeFormat>();
const shown = new Map<string, { weekday: number; date: string; time: string }>();

/** What the clocks of a zone show by Intl, which the rules do not ask. */
function clock(timeZone: string, instant: Instant) {
  const key = `${timeZone} ${instant}`;
  const known = shown.get(key);
  if (known) return known;
  const formatter =
    formatters.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...CLOCK,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone,
    });
  formatters.set(timeZone, formatter);
  const part = Object.fromEntries(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part['weekday'] ?? '');
  const found = {
    weekday,
    date: `${part['year']}-${part['month']}-${part['day']}`,
    time: `${part['hour']}:${part['minute']}`,
  };
  shown.set(key, found);
  return found;
}

const holds = ({ from, to }: Span, at: Instant): boolean => from <= at && at < to;

/** Whether an agent takes calls in a minute, in the words of the documentation. */
function isOpen({ windows, exceptions, doNotDisturb }: Availability, at: Instant): boolean {
  const isIn = (kind: string) =>
    exceptions.some((exception) => exception.kind === kind && holds(exception, at));
  if (isIn('blocked') || doNotDisturb.some((quiet) => holds(quiet, at))) return false;
  if (windows.length === 0 || isIn('available_extra')) return true;
  return windows.some(({ weekday, start, end, timezone }) => {
    const local = clock(timezone, at);
    return local.weekday === weekday && start <= local.time && local.time < end;
  });
}

const takes = (availability: Availability, { startsAt, durationMinutes }: Call): boolean =>
  Array.from({ length: durationMinutes }, (_, minute) => startsAt + minute * MINUTE).every((at) =>
    isOpen(availability, at),
  );

const CLOSED = new Set(['outside_hours', 'time_off', 'do_not_disturb']);
const isOverridden = (decision: Decision): boolean =>
  decision.kind === 'accepted' &&
  decision.events.some(({ overridden = [] }) => overridden.some((kind) => CLOSED.has(kind)));

const placeOf = ({ agentId, startsAt }: Call) => ({ agentId, startsAt });

describe('whatever the history', () => {
  test('no call lies outside of what its agent said when it was put there, unless that was overridden', () => {
    let judged = 0;
    afterEach(() => {
      const placed = new Map<string, { place: ReturnType<typeof placeOf>; isFine: boolean }>();
      return (world, { appId }, decision) => {
        if (hasPlaced(decision)) {
          const { call } = decision;
          const agent = call.agentId === null ? undefined : world.schedule.agent(appId, call.agentId);
          const isFine = isOverridden(decision) !== takes(agent?.availability ?? ALWAYS, call);
          if (agent?.availability.windows.length) judged += 1;
          placed.set(`${appId}/${call.id}`, { place: placeOf(call), isFine });
        }
        for (const call of world.calls()) {
          const key = `${call.appId}/${call.id}`;
          expect({ key, ...placed.get(key) }).toEqual({ key, place: placeOf(call), isFine: true });
        }
      };
    });
    expect(judged).toBeGreaterThan(50);
  });

  test('a refusal for closed time is right', () => {
    let refused = 0;
    afterEach(() => (world, { appId }, decision, before) => {
      if (!('wanted' in decision) || !CLOSED.has(decision.kind)) return;
      const { wanted } = decision;
      refused += 1;
      const { availability = ALWAYS } = world.schedule.agent(appId, wanted.agentId) ?? {};
      const minutes = Array.from(
        { length: (wanted.to - wanted.from) / MINUTE },
        (_, minute) => wanted.from + minute * MINUTE,
      );
      // Its buffers may lie anywhere, so that this is about a little more than the call.
      expect(minutes.every((at) => isOpen(availability, at))).toBe(false);
      if ('taken' in decision) expect(minutes.some((at) => holds(decision.taken, at))).toBe(true);
      expect(world.calls()).toEqual(before);
    });
    expect(refused).toBeGreaterThan(100);
  });
});

/** Histories in which everyone has had the same cap from the beginning, and nobody passes over it. */
const capped = fc.tuple(history, dailyCap, policy).map(([steps, cap, first]) => {
  const withCap = (of: Policy): Policy => ({ ...of, dailyCap: cap });
  const from = APPS.map((appId): Step => [{ type: 'policy', save: { appId, policy: withCap(first) } }, 0]);
  const then = steps.map(([asked, minutes]): Step => {
    if (!isSetting(asked))
      return ['overrides' in asked ? { ...asked, overrides: ['availability'] } : asked, minutes];
    if (asked.type !== 'policy') return [asked, minutes];
    return [{ ...asked, save: { ...asked.save, policy: withCap(asked.save.policy) } }, minutes];
  });
  return [...from, ...then];
});

test('no day of an agent has more calls than the cap that was there from the beginning', () => {
  let full = 0;
  afterEach(
    () =>
      (world, { appId }) => {
        const cap = world.schedule.policy(appId).dailyCap;
        if (!cap) throw new Error('no cap');
        const days = new Map<string, number>();
        for (const call of world.calls()) {
          const slot = call.appId === appId && !isFinal(call.status) ? slotOf(call) : null;
          if (!slot) continue;
          const day = `${slot.agentId} ${clock(cap.timezone, slot.from).date}`;
          days.set(day, (days.get(day) ?? 0) + 1);
        }
        for (const calls of days.values()) {
          expect(calls).toBeLessThanOrEqual(cap.calls);
          if (calls === cap.calls) full += 1;
        }
      },
    { histories: capped },
  );
  expect(full).toBeGreaterThan(500);
});
