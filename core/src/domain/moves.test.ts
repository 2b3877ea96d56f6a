import { describe, expect, test } from 'vitest';
import { ALWAYS } from './availability.ts';
import { replay, type Call } from './call.ts';
import type { CallCommand, Edits } from './commands.ts';
import { decide } from './decide.ts';
import type { CallEvent } from './events.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const A = NOW + DAY;
const B = NOW + 2 * DAY;
const C = NOW + 3 * DAY;
const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
const booking = {
  ...told,
  type: 'create',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: A,
  agentId: 'ana',
  series: { id: 'series', wallTime: '2026-05-02T12:00:00' },
} as const;
const move = (edits: Edits): CallCommand => ({ ...told, type: 'reschedule', edits });
const undo: CallCommand = { ...told, type: 'undo' };

/** The call after its booking and these commands, a minute from one to the next; its timeline must tell the same. */
function after(...commands: CallCommand[]): Call {
  const agents = ['ana', 'ben'].map((id) => ({
    appId: 'app',
    id,
    name: id,
    active: true,
    availability: ALWAYS,
    turn: 0,
    email: null,
  }));
  const schedule = new Schedule({ agents });
  const events: CallEvent[] = [];
  for (const [minute, command] of [booking, ...commands].entries()) {
    const decision = decide(command, schedule, NOW + minute * MINUTE);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
    events.push(...decision.events);
  }
  const call = schedule.call('app', 'call');
  if (!call) throw new Error('no call');
  expect(replay(events)).toEqual(call);
  return call;
}

const minute = (number: number) => NOW + number * MINUTE;

describe('what is remembered of the moves of a call', () => {
  test.each<[string, CallCommand[], Call['moves']]>([
    ['that was never moved', [], { count: 0, firstStartsAt: A, last: null }],
    [
      'that has another time',
      [move({ startsAt: B })],
      { count: 1, firstStartsAt: A, last: { at: minute(1), version: 2, startsAt: A, agentId: 'ana' } },
    ],
    [
      'whose series alone has another time',
      [move({ startsAt: B }), { ...told, type: 'reschedule', edits: {}, wallTime: '2026-05-04T12:00:00' }],
      { count: 1, firstStartsAt: A, last: { at: minute(1), version: 2, startsAt: A, agentId: 'ana' } },
    ],
    [
      'that has another agent: not one more time',
      [move({ agentId: 'ben' })],
      { count: 0, firstStartsAt: A, last: { at: minute(1), version: 2, startsAt: A, agentId: 'ana' } },
    ],
    [
      'that has both at once: one move, by two events',
      [move({ startsAt: B, agentId: 'ben' })],
      { count: 1, firstStartsAt: A, last: { at: minute(1), version: 2, startsAt: A, agentId: 'ana' } },
    ],
    [
      'that was moved twice: the last one, and the first start',
      [move({ startsAt: B }), move({ startsAt: C, agentId: 'ben' })],
      { count: 2, firstStartsAt: A, last: { at: minute(2), version: 3, startsAt: B, agentId: 'ana' } },
    ],
    [
      'that has had its guest and its status changed since',
      [move({ startsAt: B }), move({ guestName: 'H' }), { ...told, type: 'confirm' }],
      { count: 1, firstStartsAt: A, last: { at: minute(1), version: 2, startsAt: A, agentId: 'ana' } },
    ],
    [
      'that went back by itself: two moves',
      [move({ startsAt: B }), move({ startsAt: A })],
      { count: 2, firstStartsAt: A, last: { at: minute(2), version: 3, startsAt: B, agentId: 'ana' } },
    ],
    [
      'whose move was taken back: as if there had been none',
      [move({ startsAt: B }), undo],
      { count: 0, firstStartsAt: A, last: null },
    ],
    [
      'whose second move was taken back: the first counts, and stays',
      [move({ startsAt: B }), move({ startsAt: C }), undo],
      { count: 1, firstStartsAt: A, last: null },
    ],
    [
      'whose other agent was taken back: its moves count on',
      [move({ startsAt: B }), move({ agentId: 'ben' }), undo],
      { count: 1, firstStartsAt: A, last: null },
    ],
    [
      'whose time and agent were taken back at once',
      [move({ startsAt: B, agentId: 'ben' }), undo],
      { count: 0, firstStartsAt: A, last: null },
    ],
    [
      'that was moved after a move was taken back',
      [move({ startsAt: B }), undo, move({ startsAt: C })],
      { count: 1, firstStartsAt: A, last: { at: minute(3), version: 4, startsAt: A, agentId: 'ana' } },
    ],
  ])('%s', (_, commands, moves) => {
    expect(after(...commands).moves).toEqual(moves);
  });
});
