import { describe, expect, test } from 'vitest';
import { alternativesTo } from './alternatives.ts';
import { ALWAYS, type Availability } from './availability.ts';
import { wantedPlace, type CreateCall, type PlacingCommand, type RescheduleCall } from './commands.ts';
import { decide } from './decide.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE, type Instant } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 60 * MINUTE;
const NOON = NOW + 2 * DAY;
const told = { appId: 'app', actor: { type: 'guest', id: 'key' }, source: 'test' } as const;
const creation = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC', agentId: 'ana' } as const;
const wanted: CreateCall = { ...creation, callId: 'new', startsAt: NOON };
/** Of a call that ana has a day after the wanted time. */
const move: RescheduleCall = { ...told, type: 'reschedule', callId: 'call', edits: { startsAt: NOON } };

/** A schedule of these agents in which the wanted time of ana is taken, with calls of half an hour. */
function scheduleOf({
  agents = [],
  calls = [],
  policy = {},
  ...availability
}: {
  agents?: string[];
  /** By agent. */
  calls?: [agentId: string, startsAt: Instant][];
  policy?: Partial<Policy>;
} & Partial<Availability> = {}): Schedule {
  const schedule = new Schedule({
    agents: ['ana', ...agents].map((id) => ({
      appId: 'app',
      id,
      name: id,
      active: id !== 'idle',
      availability: id === 'ana' ? { ...ALWAYS, ...availability } : ALWAYS,
      turn: 0,
      email: null,
    })),
    policies: [{ appId: 'app', policy: { ...DEFAULT_POLICY, ...policy } }],
  });
  const all = [['ana', NOON + DAY], ['ana', NOON], ...calls] as const;
  for (const [index, [agentId, startsAt]] of all.entries()) {
    const callId = index === 0 ? 'call' : `call-${index}`;
    const overrides = ['policy', 'availability'] as const;
    const decision = decide({ ...creation, callId, agentId, startsAt, overrides }, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
  }
  return schedule;
}

const off = (from: Instant, to: Instant) => ({ kind: 'blocked' as const, from, to });

/** Agent, and minutes from noon to the start. */
function offersTo(
  command: PlacingCommand,
  schedule: Schedule,
  now = NOW,
): [agentId: string, minutes: number][] {
  const place = wantedPlace(command, schedule.call('app', command.callId));
  if (!place) throw new Error('no place');
  return alternativesTo(command, place, schedule, now).map(({ agentId, from, to }) => {
    expect(to - from).toBe(place.durationMinutes * MINUTE);
    return [agentId, (from - NOON) / MINUTE];
  });
}

describe('alternatives', () => {
  const five = [-30, 30, -45, 45, -60].map((minutes) => ['ana', minutes]);

  test('are the nearest with the same agent, the earlier of two first', () => {
    expect(offersTo(wanted, scheduleOf())).toEqual(five);
    expect(offersTo(move, scheduleOf())).toEqual(five);
  });

  test('are two of five with others at the wanted time, by id', () => {
    expect(offersTo(wanted, scheduleOf({ agents: ['cleo', 'ben', 'dora'] }))).toEqual([
      ...five.slice(0, 3),
      ['ben', 0],
      ['cleo', 0],
    ]);
    expect(offersTo(wanted, scheduleOf({ agents: ['ben'] }))).toEqual([...five.slice(0, 4), ['ben', 0]]);
  });

  test('are more with others where the same agent has not enough', () => {
    const agents = ['ben', 'cleo', 'dora', 'eve', 'fay', 'gil'];
    const exceptions = [off(NOON - 10 * DAY, NOON + 10 * DAY)];
    expect(offersTo(wanted, scheduleOf({ agents, exceptions }))).toEqual(
      agents.slice(0, 5).map((id) => [id, 0]),
    );
    const late = [off(NOON - 10 * DAY, NOON + 2 * HOUR), off(NOON + 3 * HOUR, NOON + 10 * DAY)];
    expect(offersTo(wanted, scheduleOf({ agents, exceptions: late })).slice(0, 3)).toEqual([
      ['ana', 120],
      ['ana', 135],
      ['ana', 150],
    ]);
  });

  test('are with nobody who is inactive or has no room', () => {
    const schedule = scheduleOf({ agents: ['idle', 'ben'], calls: [['ben', NOON - 15 * MINUTE]] });
    expect(offersTo(wanted, schedule)).toEqual(five);
  });

  test('are on the quarter of an hour, after now, and a week away at most', () => {
    const odd = { ...wanted, startsAt: NOON + 7 * MINUTE };
    expect(offersTo(odd, scheduleOf())).toEqual([30, -30, 45, -45, 60].map((minutes) => ['ana', minutes]));
    expect(offersTo(wanted, scheduleOf(), NOON - 45 * MINUTE)).toEqual(
      [-30, 30, 45, 60, 75].map((minutes) => ['ana', minutes]),
    );
    const week = 7 * DAY;
    const first = NOON - week;
    const last = NOON + week;
    const now = first - DAY;
    const exceptions = [
      off(first + 30 * MINUTE, last),
      off(last + 45 * MINUTE, last + DAY),
      off(now, first - HOUR),
    ];
    expect(offersTo(wanted, scheduleOf({ exceptions }), now)).toEqual([
      ['ana', -week / MINUTE],
      ['ana', week / MINUTE],
    ]);
  });

  test('are a week away at most from a start that is not on the quarter', () => {
    const first = NOON - 7 * DAY;
    const exceptions = [off(first + 30 * MINUTE, NOON + 8 * DAY)];
    const odd = (minutes: number) => ({ ...wanted, startsAt: NOON + minutes * MINUTE });
    expect(offersTo(odd(-1), scheduleOf({ exceptions }), first - DAY)).toEqual([['ana', -7 * 24 * 60]]);
    expect(offersTo(odd(1), scheduleOf({ exceptions }), first - DAY)).toEqual([]);
  });

  test('are not where the call is', () => {
    // It is refused a place half an hour from its own.
    const calls: [string, Instant][] = [['ana', NOON + DAY + 30 * MINUTE]];
    const schedule = scheduleOf({ agents: ['ben'], calls });
    const offers = offersTo({ ...move, edits: { startsAt: NOON + DAY + 30 * MINUTE } }, schedule);
    expect(offers).not.toContainEqual(['ana', DAY / MINUTE]);
    expect(offers).toContainEqual(['ana', DAY / MINUTE + 15 - 30]);
  });

  test('of a call that is late may keep its time with another agent', () => {
    const schedule = scheduleOf({ agents: ['ben', 'cleo'], calls: [['ben', NOON + DAY]] });
    const late = NOON + DAY + HOUR;
    const offers = offersTo({ ...move, edits: { agentId: 'ben' } }, schedule, late);
    expect(offers).toContainEqual(['cleo', DAY / MINUTE]);
    expect(offers.every(([agentId, minutes]) => agentId === 'cleo' || NOON + minutes * MINUTE > late)).toBe(
      true,
    );
  });

  test('pass every rule that the command has to pass', () => {
    const actors = {
      ...DEFAULT_POLICY.actors,
      guest: { ...DEFAULT_POLICY.actors.guest, maxTotalShiftMinutes: 24 * 60 - 45 },
    };
    expect(offersTo(move, scheduleOf({ policy: { actors } }))).toEqual(
      [45, 60, 75, 90, 105].map((minutes) => ['ana', minutes]),
    );
    // Noon of its day is in a full one: what is offered is on the days around.
    const dailyCap = { calls: 1, timezone: 'UTC' };
    expect(offersTo(wanted, scheduleOf({ policy: { dailyCap }, agents: ['ben'] }))).toEqual([
      ...[-735, -750, -765, -780].map((minutes) => ['ana', minutes]),
      ['ben', 0],
    ]);
  });

  test.each<[string, PlacingCommand]>([
    ['a new call', wanted],
    ['a move', move],
  ])('need no override, whatever %s may pass over', (_, command) => {
    const exceptions = [off(NOON + 30 * MINUTE, NOON + DAY)];
    const schedule = scheduleOf({ exceptions, policy: { dailyCap: { calls: 1, timezone: 'UTC' } } });
    const free = offersTo(command, schedule);
    expect(free.length).toBeGreaterThan(0);
    expect(offersTo({ ...command, overrides: ['policy', 'availability'] }, schedule)).toEqual(free);
  });

  test('to taking a move back are moves', () => {
    const schedule = scheduleOf();
    for (const [edits, callId] of [
      [{ startsAt: NOON + 2 * DAY }, 'call-1'],
      [{ startsAt: NOON }, 'call'],
    ] as const) {
      const decision = decide({ ...told, type: 'reschedule', callId, edits }, schedule, NOW);
      if (decision.kind === 'accepted') schedule.recordCall(decision.call);
    }
    const undo = { ...told, type: 'undo', callId: 'call-1' } as const;
    expect(decide(undo, schedule, NOW).kind).toBe('slot_taken');
    expect(offersTo(undo, schedule)).toEqual(five);
  });

  test('are not looked for without an end', () => {
    // Nearly every start of five days is free, and refused as its day is full.
    const calls = [-2, -1, 1, 2].map((days): [string, Instant] => ['ana', NOON + days * DAY + HOUR]);
    const policy = { dailyCap: { calls: 1, timezone: 'UTC' } };
    expect(offersTo(wanted, scheduleOf({ policy, calls }))).toEqual([]);
    expect(offersTo(wanted, scheduleOf({ policy, calls: calls.slice(2) }))).toHaveLength(5);
  });
});
