import { describe, expect, test } from 'vitest';
import { born, type Call } from './call.ts';
import type { CreateCall } from './commands.ts';
import { decide } from './decide.ts';
import { decideHold, isInTheWay, MOST_HOLDS, type Hold, type PlaceHold } from './holds.ts';
import { newAgent } from './agents.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { Schedule } from './schedule.ts';
import { occupancy } from './slots.ts';
import { MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const at = (minutes: number) => NOW + minutes * MINUTE;
const told = { appId: 'app', actor: { type: 'api', id: 'key' }, source: 'test' } as const;

const holdOf = (over: Partial<Hold> = {}): Hold => ({
  appId: 'app',
  id: 'hold',
  agentId: 'ana',
  from: at(60),
  to: at(90),
  callId: null,
  expiresAt: at(5),
  ...over,
});

const booking = (over: Partial<CreateCall> = {}): CreateCall => ({
  ...told,
  type: 'create',
  callId: 'call',
  guestName: 'Amina',
  appTimezone: 'UTC',
  agentId: 'ana',
  startsAt: at(60),
  ...over,
});

const scheduleOf = ({ holds = [], calls = [] }: { holds?: Hold[]; calls?: Call[] } = {}): Schedule =>
  new Schedule({
    agents: ['ana', 'ben'].map((id) => newAgent({ appId: 'app', id, name: id, active: true })),
    holds,
    calls,
    occupied: calls.flatMap((call) => {
      const slot = occupancy(call);
      return slot ? [{ ...slot, appId: call.appId, callId: call.id }] : [];
    }),
  });

const callAt = (minutes: number, over: Partial<CreateCall> = {}): Call => {
  const made = decide(booking({ startsAt: at(minutes), ...over }), scheduleOf(), NOW);
  const [event] = made.kind === 'accepted' ? made.events : [];
  if (event?.type !== 'created') throw new Error('a call');
  return born(event);
};

const placing = (over: Partial<PlaceHold> = {}): PlaceHold => ({
  ...told,
  holdId: 'new',
  agentId: 'ana',
  startsAt: at(60),
  seconds: 60,
  ...over,
});

describe('a hold is in the way', () => {
  const slot = { agentId: 'ana', from: at(80), to: at(110) };
  test.each<[string, Partial<Hold>, { callId: string; holdId?: string }, number, boolean]>([
    ['of anybody else', {}, { callId: 'x' }, NOW, true],
    ['of anybody else, until its last millisecond', {}, { callId: 'x' }, at(5) - 1, true],
    ['of nobody when it is over', {}, { callId: 'x' }, at(5), false],
    ['of nobody at other times', { to: at(80) }, { callId: 'x' }, NOW, false],
    ['of nobody with other agents', { agentId: 'ben' }, { callId: 'x' }, NOW, false],
    ['not of who names it', {}, { callId: 'x', holdId: 'hold' }, NOW, false],
    ['of who names another', {}, { callId: 'x', holdId: 'other' }, NOW, true],
    ['not of the call that it is for', { callId: 'x' }, { callId: 'x' }, NOW, false],
    ['of another call than it is for', { callId: 'y' }, { callId: 'x' }, NOW, true],
    ['not of another call that names it', { callId: 'y' }, { callId: 'x', holdId: 'hold' }, NOW, false],
  ])('%s', (_, over, who, now, expected) => {
    expect(isInTheWay(holdOf(over), slot, who, now)).toBe(expected);
  });
});

describe('a booking meets a hold', () => {
  test('and is told until when, and the time alone', () => {
    const hold = holdOf({ callId: 'y', from: at(50), to: at(70) });
    expect(decide(booking(), scheduleOf({ holds: [hold] }), NOW)).toEqual({
      kind: 'held',
      wanted: { agentId: 'ana', from: at(60), to: at(90) },
      taken: { from: at(50), to: at(70) },
      until: at(5),
      alternatives: [],
    });
  });

  test('after the calls, which no hold hides', () => {
    const schedule = scheduleOf({ holds: [holdOf()], calls: [callAt(75, { callId: 'other' })] });
    expect(decide(booking(), schedule, NOW).kind).toBe('slot_taken');
  });

  test('of another app, and does not', () => {
    expect(decide(booking(), scheduleOf({ holds: [holdOf({ appId: 'other' })] }), NOW).kind).toBe('accepted');
  });
});

describe('to hold time', () => {
  test('of a new call takes its length and buffers', () => {
    const length = { durationMinutes: 20, bufferBeforeMinutes: 5, bufferAfterMinutes: 10 };
    expect(decideHold(placing(length), scheduleOf(), NOW)).toEqual({
      kind: 'held_for_you',
      hold: holdOf({ id: 'new', from: at(55), to: at(90), expiresAt: at(1) }),
    });
  });

  test('of a call that is there takes its own, also where it is', () => {
    const call = callAt(60, { durationMinutes: 45, bufferAfterMinutes: 5 });
    for (const minutes of [60, 70, 200]) {
      const held = decideHold(
        placing({ callId: 'call', startsAt: at(minutes) }),
        scheduleOf({ calls: [call] }),
        NOW,
      );
      expect(held).toMatchObject({
        kind: 'held_for_you',
        hold: { from: at(minutes), to: at(minutes + 50), callId: 'call' },
      });
    }
  });

  test('needs neither a reason nor a version, for a move neither, where the policy wants both', () => {
    const api = { ...DEFAULT_POLICY.actors.api, reasonRequired: true };
    const actors = { ...DEFAULT_POLICY.actors, api };
    const schedule = scheduleOf({ calls: [callAt(60)] });
    schedule.recordPolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, actors, versionRequired: true } });
    expect(decideHold(placing({ callId: 'call', startsAt: at(200) }), schedule, NOW).kind).toBe(
      'held_for_you',
    );
  });

  test.each<[string, Partial<PlaceHold>, string]>([
    ['that is past', { startsAt: NOW }, 'in_past'],
    ['of nobody', { agentId: 'nobody' }, 'agent_unavailable'],
    ['for no call', { callId: 'nothing' }, 'call_not_found'],
    ['that a call keeps', { startsAt: at(149) }, 'slot_taken'],
    ['that is held', { startsAt: at(31) }, 'held'],
  ])('%s is refused', (_, over, kind) => {
    const schedule = scheduleOf({ holds: [holdOf()], calls: [callAt(120, { callId: 'other' })] });
    expect(decideHold(placing(over), schedule, NOW).kind).toBe(kind);
  });

  test('is refused in a calendar that has as many as it may have; those that are over, or replaced, do not count', () => {
    const many = Array.from({ length: MOST_HOLDS }, (_, index) =>
      holdOf({ id: `hold-${index}`, from: at(500 + index), to: at(501 + index) }),
    );
    const kindWith = (holds: Hold[], over: Partial<PlaceHold> = {}) =>
      decideHold(placing(over), scheduleOf({ holds }), NOW).kind;
    expect(kindWith(many)).toBe('too_many_holds');
    expect(kindWith(many, { holdId: 'hold-7' })).toBe('held_for_you');
    expect(kindWith(many, { agentId: 'ben' })).toBe('held_for_you');
    expect(kindWith(many.map((hold, index) => (index === 9 ? { ...hold, expiresAt: NOW } : hold)))).toBe(
      'held_for_you',
    );
  });
});
