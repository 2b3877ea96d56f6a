import { expect, test } from 'vitest';
import { born, type Call } from './call.ts';
import { decide } from './decide.ts';
import { newAgent } from './agents.ts';
import { Schedule } from './schedule.ts';
import { takesTime } from './slots.ts';
import { MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);

function booked(): Call {
  const agents = [newAgent({ appId: 'app', id: 'ana', name: 'Ana', active: true })];
  const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
  const asked = { guestName: 'G', appTimezone: 'UTC', agentId: 'ana', startsAt: NOW + 60 * MINUTE };
  const decision = decide({ ...told, ...asked, type: 'create' }, new Schedule({ agents }), NOW);
  const [event] = decision.kind === 'accepted' ? decision.events : [];
  if (event?.type !== 'created') throw new Error(decision.kind);
  return born(event);
}

const call = booked();

test.each<[string, Partial<Call> | undefined, Partial<Call>, boolean]>([
  ['a new call', undefined, {}, true],
  ['a new call without an agent', undefined, { agentId: null }, false],
  ['a call that stays', {}, {}, false],
  ['an earlier one', {}, { startsAt: call.startsAt - 1 }, true],
  ['a later one', {}, { startsAt: call.startsAt + 1 }, true],
  ['a shorter one', {}, { durationMinutes: 29 }, false],
  [
    'one that begins later and ends when it did',
    {},
    { startsAt: call.startsAt + MINUTE, durationMinutes: 29 },
    false,
  ],
  ['one with another agent', {}, { agentId: 'ben' }, true],
  ['one that had no agent', { agentId: null }, {}, true],
  ['one that was over', { status: 'cancelled' }, {}, true],
  ['one that is over', {}, { status: 'cancelled' }, false],
])('whether %s takes time', (_, before, after, expected) => {
  expect(takesTime(before && { ...call, ...before }, { ...call, ...after })).toBe(expected);
});
