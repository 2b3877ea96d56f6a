import { describe, expect, test } from 'vitest';
import { candidates, loadDay, nextTurn } from './assignment.ts';
import type { AgentId, AssignmentMethod } from './call.ts';
import type { Assignment, CreateCall, RescheduleCall } from './commands.ts';
import { lookedAt } from './place.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { newAgent, type Agent } from './agents.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOON = Date.UTC(2026, 4, 1, 12);
const MIDNIGHT = NOON - DAY / 2;
const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;

const agent = (id: AgentId, over: Partial<Agent> = {}): Agent => ({
  ...newAgent({ appId: 'app', id, name: id, active: true }),
  ...over,
});
const agents = [agent('cal', { turn: 1 }), agent('ana', { turn: 3 }), agent('ben', { turn: 2 })];

const kept = (agentId: AgentId, from: number, callId = `${agentId}-${from}`) => ({
  appId: 'app',
  agentId,
  callId,
  from,
  to: from + 30 * MINUTE,
});
const create = (assignmentMethod: AssignmentMethod, agentId?: AgentId): CreateCall => ({
  ...told,
  type: 'create',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: NOON,
  assignmentMethod,
  agentId,
});
const move = (assignment?: Assignment): RescheduleCall => ({
  ...told,
  type: 'reschedule',
  edits: { assignment },
});
const placeOf = (agentId: AgentId | null) => ({
  agentId,
  startsAt: NOON,
  durationMinutes: 30,
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
});
const order = (command: CreateCall | RescheduleCall, schedule: Schedule, agentId: AgentId | null = null) =>
  candidates(command, placeOf(agentId), schedule).join(' ');

describe('who comes into question', () => {
  const schedule = new Schedule({ agents, occupied: [kept('ana', NOON), kept('cal', MIDNIGHT)] });

  test.each<[string, CreateCall | RescheduleCall, AgentId | null, string]>([
    ['the one who has it', move(), 'cal', 'cal'],
    ['the one who has it, when it is to be kept', move('keep'), 'cal', 'cal'],
    ['nobody, as nobody has it', move('keep'), null, ''],
    ['any: the least busy first, then by id', move('any'), 'cal', 'ben ana cal'],
    ['the one who has it, then any', move('prefer_keep'), 'cal', 'cal ben ana'],
    ['any, when nobody has it', move('prefer_keep'), null, 'ben ana cal'],
    ['the one who is named, whatever the method', create('round_robin', 'ana'), 'ana', 'ana'],
    ['by turn', create('round_robin'), null, 'cal ben ana'],
    ['by load', create('pool'), null, 'ben ana cal'],
    ['nobody, when it is left to people', create('manual'), null, ''],
  ])('%s', (_, command, agentId, expected) => {
    expect(order(command, schedule, agentId)).toBe(expected);
  });

  test('of several with one turn the first by id', () => {
    const fresh = new Schedule({ agents: [agent('b'), agent('c', { turn: 1 }), agent('a')] });
    expect(order(create('round_robin'), fresh)).toBe('a b c');
  });

  test('nobody who is inactive, of another app, or not of the roster, and nobody who has become active since', () => {
    const partly = new Schedule({
      agents: [...agents, agent('off', { active: false }), agent('a', { appId: 'other' })],
      roster: [agent('ana'), agent('ben'), agent('a', { appId: 'other' })],
    });
    partly.recordAgent(agent('off'));
    partly.recordAgent(agent('ben', { active: false }));
    for (const command of [move('any'), create('round_robin'), create('pool')])
      expect(order(command, partly)).toBe('ana');
    expect(order(move('any'), partly.vacated([]))).toBe('ana');
  });
});

describe('the load of an agent', () => {
  const busier = (from: number, callId?: string) =>
    order(
      move('any'),
      new Schedule({ agents: [agent('a'), agent('b')], occupied: [kept('a', from, callId)] }),
    );

  test.each<[string, number, string | undefined, string]>([
    ['counts from midnight in UTC', MIDNIGHT, undefined, 'b a'],
    ['does not count the day before', MIDNIGHT - 1, undefined, 'a b'],
    ['counts the last moment of the day', MIDNIGHT + DAY - 1, undefined, 'b a'],
    ['does not count the next day', MIDNIGHT + DAY, undefined, 'a b'],
    ['does not count the call itself', NOON, 'call', 'a b'],
  ])('%s', (_, from, callId, expected) => {
    expect(busier(from, callId)).toBe(expected);
  });

  test('is loaded for the whole of the day, and of the whole roster', () => {
    const roster = ['a', 'b'].map((id) => agent(id));
    const slots = lookedAt(create('pool'), { call: undefined, policy: DEFAULT_POLICY, roster });
    expect(slots).toEqual(['a', 'b'].map((agentId) => ({ agentId, ...loadDay(NOON) })));
    const named = lookedAt(create('pool', 'a'), { call: undefined, policy: DEFAULT_POLICY, roster });
    expect(named).toEqual([{ agentId: 'a', from: NOON, to: NOON + 30 * MINUTE }]);
  });
});

test('whoever had the last turn comes after all others', () => {
  expect(nextTurn(agents)).toBe(4);
  expect(nextTurn([])).toBe(1);
});
