import { describe, expect, test } from 'vitest';
import type { CreateCall, Edits, RescheduleCall } from './commands.ts';
import { decide } from './decide.ts';
import type { Hold } from './holds.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { newAgent } from './agents.ts';
import { isMisplaced } from './rejections.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';
import { decideTogether, type Mode } from './together.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
/** Of a day that has room for all of them, in UTC. */
const MORNING = Date.UTC(2026, 4, 4, 8);
const at = (halfHours: number): number => MORNING + halfHours * 30 * MINUTE;

const told = { appId: 'app', actor: { type: 'api', id: 'key' }, source: 'test' } as const;

/** A call of half an hour with ana. */
const call = (callId: string, halfHours: number, over: Partial<CreateCall> = {}): CreateCall => ({
  ...told,
  type: 'create',
  callId,
  startsAt: at(halfHours),
  agentId: 'ana',
  guestName: 'Amina',
  appTimezone: 'UTC',
  ...over,
});

function scheduleOf(bookings: readonly CreateCall[], policy: Partial<Policy> = {}): Schedule {
  const schedule = new Schedule({
    agents: ['ana', 'ben', 'cem', 'idle'].map((id) =>
      newAgent({ appId: 'app', id, name: id, active: id !== 'idle' }),
    ),
    policies: [{ appId: 'app', policy: { ...DEFAULT_POLICY, ...policy } }],
  });
  for (const booking of bookings) {
    const decision = decide(booking, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(`the booking was refused: ${decision.kind}`);
    schedule.recordCall(decision.call);
  }
  return schedule;
}

const move = (callId: string, edits: Edits): RescheduleCall => ({
  ...told,
  type: 'reschedule',
  callId,
  edits,
});

/** What becomes of each, short enough for a table: what happened, or why not. */
const judge = (moves: readonly RescheduleCall[], schedule: Schedule, mode: Mode = 'atomic'): string[] =>
  decideTogether(moves, mode, schedule, NOW).decisions.map((decision) =>
    decision.kind === 'accepted'
      ? decision.events.map(({ type }) => type).join('+') || 'nothing'
      : decision.kind,
  );

const BEN = { agentId: 'ben' };
const CAP = { dailyCap: { calls: 2, timezone: 'UTC' } };
/** What is offered to a call of an hour where the fifth half hour of ana is taken. */
const FIVE = ['ana 3', 'ana 2.5', 'ana 2', 'ana 6', 'cem 4'];
const [HERE, THERE] = [at(0), at(4)];

describe('moves of which all or none are made', () => {
  const long = call('long', 16, { durationMinutes: 60 });
  const four = () => scheduleOf([call('a', 0), call('b', 4), call('c', 8, BEN), call('still', 12), long]);

  test.each<[string, RescheduleCall[], string[]]>([
    [
      'two swap times',
      [move('a', { startsAt: THERE }), move('b', { startsAt: HERE })],
      ['rescheduled', 'rescheduled'],
    ],
    [
      'two swap times by half of their length',
      [move('a', { startsAt: THERE - 15 * MINUTE }), move('b', { startsAt: HERE + 15 * MINUTE })],
      ['rescheduled', 'rescheduled'],
    ],
    [
      'three go round',
      [
        move('a', { startsAt: THERE }),
        move('b', { startsAt: at(8), agentId: 'ben' }),
        move('c', { startsAt: HERE, agentId: 'ana' }),
      ],
      ['rescheduled', 'rescheduled+assigned', 'rescheduled+assigned'],
    ],
    ['into the place of one that stays', [move('a', { startsAt: at(12) })], ['slot_taken']],
    [
      'into the place of one whose move leaves it where it is',
      [move('a', { startsAt: THERE }), move('b', { startsAt: THERE, agentId: 'ana' })],
      ['slot_taken', 'nothing'],
    ],
    [
      'into the place of one that is only renamed',
      [move('a', { startsAt: THERE }), move('b', { guestName: 'Bo' })],
      ['slot_taken', 'guest_updated'],
    ],
    [
      'three want one place, and each is in the way of the others',
      [move('a', { startsAt: at(20) }), move('b', { startsAt: at(20) }), move('long', { startsAt: at(20) })],
      ['slot_taken', 'slot_taken', 'slot_taken'],
    ],
    [
      'a call that is not there is in the way of nobody',
      [move('a', { startsAt: at(20) }), move('x', { startsAt: at(20) })],
      ['rescheduled', 'call_not_found'],
    ],
  ])('%s', (_, moves, expected) => {
    expect(judge(moves, four())).toEqual(expected);
    const { carriedOut, decisions } = decideTogether(moves, 'atomic', four(), NOW);
    expect(carriedOut).toBe(expected.every((word) => !/taken|found/.test(word)));
    const reversed = decideTogether(moves.toReversed(), 'atomic', four(), NOW);
    expect(reversed.decisions.toReversed()).toEqual(decisions);
  });

  test('the place of a call that cannot move is not free', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 4)]);
    const started = decide({ ...told, type: 'start', callId: 'b' }, schedule, NOW);
    if (started.kind === 'accepted') schedule.recordCall(started.call);
    const moves = [move('a', { startsAt: THERE }), move('b', { startsAt: HERE })];
    expect(judge(moves, schedule)).toEqual(['slot_taken', 'already_started']);
  });

  test('buffers count between two that are moved', () => {
    const schedule = scheduleOf([call('a', 0, { bufferAfterMinutes: 5 }), call('b', 4)]);
    const next = (over: number) => [
      move('a', { startsAt: at(20) }),
      move('b', { startsAt: at(21) + over * MINUTE }),
    ];
    expect(judge(next(4), schedule)).toEqual(['slot_taken', 'slot_taken']);
    expect(judge(next(5), schedule)).toEqual(['rescheduled', 'rescheduled']);
  });

  test('who leaves a full day makes room, who stays in it does not, whoever is named first', () => {
    const day = { dailyCap: { calls: 1, timezone: 'UTC' } };
    const schedule = scheduleOf([call('a', 0), call('b', 0, BEN)], day);
    const comes = move('b', { startsAt: at(4), agentId: 'ana' });
    const [stays, leaves] = [move('a', { startsAt: at(8) }), move('a', { startsAt: at(0) + DAY })];
    expect(judge([stays, comes], schedule)).toEqual(['rescheduled', 'day_full']);
    expect(judge([comes, stays], schedule)).toEqual(['day_full', 'rescheduled']);
    expect(judge([comes, leaves], schedule)).toEqual(['rescheduled+assigned', 'rescheduled']);
    expect(judge([leaves, comes], schedule)).toEqual(['rescheduled', 'rescheduled+assigned']);
  });

  test('who stays in a full day by choice is counted with those who come', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 0, BEN), call('c', 2, { agentId: 'cem' })], {
      dailyCap: { calls: 1, timezone: 'UTC' },
    });
    const stays = move('a', { startsAt: at(8), assignment: 'prefer_keep' });
    expect(judge([stays, move('b', { agentId: 'ana' })], schedule)).toEqual(['rescheduled', 'day_full']);
    expect(judge([move('b', { agentId: 'ana' }), stays], schedule)).toEqual(['day_full', 'rescheduled']);
  });

  test('a hold of the time is in the way, but not of the call that it is for', () => {
    const slot = { agentId: 'ana', from: THERE, to: at(5) };
    const hold: Hold = { ...slot, appId: 'app', id: 'h', callId: 'a', expiresAt: NOW + 1 };
    const schedule = scheduleOf([call('a', 0), call('b', 8)]);
    schedule.recordHold(hold);
    expect(judge([move('a', { startsAt: THERE }), move('b', { startsAt: HERE })], schedule)).toEqual([
      'rescheduled',
      'rescheduled',
    ]);
    expect(judge([move('b', { startsAt: THERE })], schedule)).toEqual(['held']);
  });

  test('who takes any agent leaves the agents whom the others name to them', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 4), call('c', 8)]);
    const any = { startsAt: at(20), assignment: 'any' } as const;
    const moves = [move('a', any), move('b', { startsAt: at(20) }), move('c', any)];
    const { decisions } = decideTogether(moves, 'atomic', schedule, NOW);
    const agents = decisions.map((decision) => decision.kind === 'accepted' && decision.call.agentId);
    expect(agents).toEqual(['ben', 'ana', 'cem']);
  });
});

describe('each that can be made after those before it', () => {
  test('an old place is free once it has been left, and a new one taken', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 4), call('c', 8)]);
    const [a, b] = [move('a', { startsAt: THERE }), move('b', { startsAt: at(20) })];
    expect(judge([a, b], schedule, 'best_effort')).toEqual(['slot_taken', 'rescheduled']);
    expect(judge([b, a], schedule, 'best_effort')).toEqual(['rescheduled', 'rescheduled']);
    expect(judge([b, move('c', { startsAt: at(20) })], schedule, 'best_effort')).toEqual([
      'rescheduled',
      'slot_taken',
    ]);
    expect(decideTogether([a, b], 'best_effort', schedule, NOW).carriedOut).toBe(true);
  });

  test('the schedule that is judged by stays as it is', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 4)]);
    for (const mode of ['atomic', 'best_effort'] as const) {
      judge([move('a', { startsAt: at(20) })], schedule, mode);
      expect(schedule.call('app', 'a')).toMatchObject({ startsAt: HERE });
      expect([...schedule.occupied('app', 'ana')].map(({ from }) => from)).toEqual([HERE, THERE]);
    }
  });
});

describe('where else calls could go', () => {
  const ALL = new Set([0, 1, 2]);
  /** Agent and half hours of what each is offered. */
  const offers = (moves: RescheduleCall[], schedule: Schedule, mode: Mode = 'atomic', some = ALL) =>
    decideTogether(moves, mode, schedule, NOW, some).decisions.map((decision) =>
      isMisplaced(decision)
        ? decision.alternatives.map(({ agentId, from }) => `${agentId} ${(from - MORNING) / 30 / MINUTE}`)
        : decision.kind,
    );

  test('is told of those that are to be told, and of none unless it is said', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 1), call('c', 4)]);
    const moves = [move('a', { startsAt: THERE }), move('b', { startsAt: THERE })];
    const [first] = offers(moves, schedule, 'best_effort');
    expect(first).toEqual(['ana 3', 'ana 5', 'ana 2.5', 'ben 4', 'cem 4']);
    expect(offers(moves, schedule, 'best_effort', new Set([1]))).toEqual([[], first]);
    expect(decideTogether(moves, 'best_effort', schedule, NOW).decisions).toMatchObject([
      { alternatives: [] },
      { alternatives: [] },
    ]);
  });

  test('of moves that are all made at once counts where the others want to be', () => {
    // The third leaves half past nine, and the second is to come to half past ten.
    const schedule = scheduleOf([call('a', 0), call('b', 20), call('c', 3), call('d', 4)]);
    const moves = [
      move('a', { startsAt: THERE }),
      move('b', { startsAt: at(5) }),
      move('c', { startsAt: at(40) }),
    ];
    expect(offers(moves, schedule)).toEqual([
      ['ana 3', 'ana 2.5', 'ana 2', 'ben 4', 'cem 4'],
      'accepted',
      'accepted',
    ]);
  });

  test('of moves that are made as they can be counts where the later ones have gone', () => {
    const schedule = scheduleOf([call('a', 0), call('b', 4), call('c', 20)]);
    const moves = [
      move('a', { startsAt: THERE }),
      move('b', { startsAt: at(30) }),
      move('c', { startsAt: at(5) }),
    ];
    expect(offers(moves, schedule, 'best_effort')).toEqual([
      ['ana 4', 'ana 3.5', 'ana 3', 'ben 4', 'cem 4'],
      'accepted',
      'accepted',
    ]);
  });

  test.each<[string, (stays: RescheduleCall) => RescheduleCall[], Partial<Policy>, string[]]>([
    ['stays in its full day by choice', (stays) => [stays], CAP, ['cem 4']],
    ['names its agent', ({ edits }) => [move('s', { startsAt: edits.startsAt, agentId: 'ben' })], CAP, FIVE],
    ['has no full days', (stays) => [stays], {}, FIVE],
  ])('beside one that %s', (_, others, policy, expected) => {
    // It has ana's first half hour, wants the fifth, and comes to ana or to ben as the first one goes or stays.
    const schedule = scheduleOf(
      [call('s', 0), call('x', 5), call('i', 0, { ...BEN, durationMinutes: 60 })],
      policy,
    );
    const stays = move('s', { startsAt: THERE, assignment: 'prefer_keep' });
    const moves = [move('i', { startsAt: THERE, agentId: 'ana' }), ...others(stays)];
    const [offered] = offers(moves, schedule);
    expect(offered).toEqual(expected);
    for (const place of expected) {
      const [agentId = '', halves] = place.split(' ');
      const again = moves.with(0, move('i', { startsAt: at(Number(halves)), agentId }));
      expect(judge(again, schedule)[0]).toMatch(/rescheduled|assigned/);
    }
  });
});
