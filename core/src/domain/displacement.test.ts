import { describe, expect, test } from 'vitest';
import type { CreateCall } from './commands.ts';
import { decide } from './decide.ts';
import { displace, type Absence } from './displacement.ts';
import { DEFAULT_POLICY, type ActorPolicy } from './policy.ts';
import { newAgent } from './agents.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
/** A Monday, 08:00. */
const MORNING = Date.UTC(2026, 4, 4, 8);
const at = (minutes: number): number => MORNING + minutes * MINUTE;
const told = { appId: 'app', actor: { type: 'agent', id: 'ana' }, source: 'test' } as const;

/** From 08:00 to 10:00, if nothing else is said. */
const absence = (over: Partial<Absence> = {}): Absence => ({
  ...told,
  agentId: 'ana',
  off: { from: at(0), to: at(120) },
  reason: null,
  ...over,
});

/** A call of half an hour with ana. */
const call = (callId: string, minutes: number, over: Partial<CreateCall> = {}): CreateCall => ({
  ...told,
  type: 'create',
  callId,
  startsAt: at(minutes),
  agentId: 'ana',
  guestName: 'Amina',
  appTimezone: 'UTC',
  ...over,
});

/** Of agents who work from 08:00 to 17:00 on Mondays. */
function scheduleOf(agents: readonly string[], bookings: readonly CreateCall[]): Schedule {
  const windows = [{ weekday: 1, start: '08:00', end: '17:00', timezone: 'UTC' }];
  const availability = { windows, exceptions: [], doNotDisturb: [] };
  const schedule = new Schedule({
    agents: agents.map((id) => ({ ...newAgent({ appId: 'app', id, name: id, active: true }), availability })),
  });
  for (const booking of bookings) {
    const decision = decide(booking, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(`the booking was refused: ${decision.kind}`);
    schedule.recordCall(decision.call);
  }
  return schedule;
}

/** What is proposed for the calls of ana, as agent and minute. */
const proposals = (schedule: Schedule, ids: readonly string[], over: Partial<Absence> = {}) =>
  displace(
    absence(over),
    ids.flatMap((id) => schedule.call('app', id) ?? []),
    schedule,
    NOW,
  ).map(({ call: { id }, proposal }) =>
    proposal ? `${id}: ${proposal.agentId} ${(proposal.from - MORNING) / MINUTE}` : `${id}: none`,
  );

const rulesFor = (rules: Partial<ActorPolicy>) => {
  const agent = { ...DEFAULT_POLICY.actors.agent, ...rules };
  return { appId: 'app', policy: { ...DEFAULT_POLICY, actors: { ...DEFAULT_POLICY.actors, agent } } };
};

describe('where displaced calls could go', () => {
  const ofBen = { agentId: 'ben' };

  test('by start: each with another agent at its time, spread over them', () => {
    const schedule = scheduleOf(['ana', 'ben', 'cem'], [call('late', 30), call('a', 0), call('b', 60)]);
    const asked = ['late', 'b', 'a'];
    expect(proposals(schedule, asked)).toEqual(['a: ben 0', 'late: cem 30', 'b: ben 60']);
  });

  test('else with the same one, nearest in time outside of the absence, within the hours', () => {
    const schedule = scheduleOf(['ana', 'ben'], [call('a', 60), call('x', 60, ofBen), call('y', 120)]);
    expect(proposals(schedule, ['a'])).toEqual(['a: ana 150']);
    // Before the hours begin there is no room, so it is later, however near the morning would be.
    expect(proposals(schedule, ['a'], { off: { from: at(0), to: at(300) } })).toEqual(['a: ana 300']);
  });

  test('no two get the same place, nor that of one which has none', () => {
    const bookings = [call('a', 0), call('b', 30), call('x', 0, { ...ofBen, durationMinutes: 60 })];
    const schedule = scheduleOf(['ana', 'ben'], bookings);
    expect(proposals(schedule, ['a', 'b'])).toEqual(['a: ana 120', 'b: ana 150']);
  });

  test.each<[string, Partial<CreateCall>, number]>([
    ['after', { bufferAfterMinutes: 15 }, -30],
    ['after', { bufferAfterMinutes: 15 }, -40],
    ['before', { bufferBeforeMinutes: 15 }, 120],
    ['before', { bufferBeforeMinutes: 15 }, 130],
  ])('a call of which only the buffer %s it is in the absence goes elsewhere as well', (_, buffer, start) => {
    const off = { from: at(0), to: at(120) };
    const schedule = new Schedule({
      agents: ['ana', 'ben'].map((id) => newAgent({ appId: 'app', id, name: id, active: true })),
    });
    const booked = decide(call('a', start, buffer), schedule, NOW);
    if (booked.kind === 'accepted') schedule.recordCall(booked.call);
    // As for any other call: ben takes it, and without him it gets out of the way.
    expect(proposals(schedule, ['a'], { off })).toEqual([`a: ben ${start}`]);
    const ben = schedule.agent('app', 'ben');
    if (ben) schedule.recordAgent({ ...ben, active: false });
    expect(proposals(schedule, ['a'], { off })).toEqual([`a: ana ${start < 0 ? -45 : 135}`]);
  });

  test('who is not active any more is proposed for no call', () => {
    const schedule = scheduleOf(['ana'], [call('a', 60)]);
    const ana = schedule.agent('app', 'ana');
    if (ana) schedule.recordAgent({ ...ana, active: false });
    expect(proposals(schedule, ['a'])).toEqual(['a: none']);
  });

  test('there is none for a call that has started, and none where there is no room', () => {
    const schedule = scheduleOf(['ana', 'ben'], [call('a', 0), call('b', 60), call('long', 90)]);
    const started = decide({ ...told, type: 'start', callId: 'a' }, schedule, NOW);
    if (started.kind === 'accepted') schedule.recordCall(started.call);
    expect(proposals(schedule, ['a', 'b'])).toEqual(['a: none', 'b: ben 60']);
    const alone = scheduleOf(['ana'], [call('a', 0)]);
    expect(proposals(alone, ['a'], { off: { from: at(0), to: at(0) + 30 * DAY } })).toEqual(['a: none']);
  });

  test('by the rules for whoever asks', () => {
    const schedule = scheduleOf(['ana'], [call('a', 60), call('b', 90)]);
    schedule.recordPolicy(rulesFor({ reasonRequired: true, maxTotalShiftMinutes: 60 }));
    expect(proposals(schedule, ['a', 'b'])).toEqual(['a: none', 'b: none']);
    expect(proposals(schedule, ['a', 'b'], { reason: 'ill' })).toEqual(['a: ana 120', 'b: ana 150']);
    const asked = { actor: { type: 'guest', id: 'me' } } as const;
    expect(proposals(schedule, ['a'], asked)).toEqual(['a: ana 120']);
  });

  test('a day with a cap gets no more than it may have', () => {
    const schedule = scheduleOf(['ana', 'ben'], [call('a', 0), call('b', 30), call('x', 300, ofBen)]);
    schedule.recordPolicy({
      appId: 'app',
      policy: { ...DEFAULT_POLICY, dailyCap: { calls: 2, timezone: 'UTC' } },
    });
    expect(proposals(schedule, ['a', 'b'])).toEqual(['a: ben 0', 'b: ana 120']);
  });

  test('the schedule stays as it is', () => {
    const schedule = scheduleOf(['ana', 'ben'], [call('a', 0)]);
    const before = [
      schedule.agent('app', 'ana'),
      schedule.call('app', 'a'),
      [...schedule.occupied('app', 'ana')],
    ];
    proposals(schedule, ['a']);
    expect([
      schedule.agent('app', 'ana'),
      schedule.call('app', 'a'),
      [...schedule.occupied('app', 'ana')],
    ]).toEqual(before);
    expect([...schedule.occupied('app', 'ben')]).toEqual([]);
  });
});
