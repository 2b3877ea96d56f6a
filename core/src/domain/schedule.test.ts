import { describe, expect, test } from 'vitest';
import { newAgent, type Agent } from './agents.ts';
import type { CallCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { Hold } from './holds.ts';
import { Schedule } from './schedule.ts';
import { DAY } from './time.ts';

const agent = (appId: string, id: string): Agent => newAgent({ appId, id, name: id, active: true });
const hold: Hold = {
  appId: 'app',
  id: 'hold',
  agentId: 'ana',
  from: 10,
  to: 20,
  callId: null,
  expiresAt: 5,
};
const request = {
  appId: 'app',
  principal: 'key',
  digest: 'd',
  fingerprint: 'f',
  answer: '{}',
  expiresAt: 1,
} as const;
const booking: CallCommand = {
  type: 'create',
  appId: 'app',
  callId: 'call',
  actor: { type: 'api', id: 'key' },
  source: 'test',
  guestName: 'G',
  appTimezone: 'UTC',
  agentId: 'ana',
  startsAt: DAY,
};

describe('a schedule', () => {
  test('has the agents of an app by id, whatever order they were loaded in', () => {
    const agents = [agent('app', 'cyd'), agent('other', 'bob'), agent('app', 'ana')];
    const schedule = new Schedule({ agents, roster: [{ appId: 'app', id: 'cyd' }] });
    expect(schedule.agents('app').map(({ id }) => id)).toEqual(['ana', 'cyd']);
    expect(schedule.roster('app').map(({ id }) => id)).toEqual(['cyd']);
    expect(schedule.roster('other')).toEqual([]);
  });

  test('in which nothing was loaded has nothing', () => {
    const schedule = new Schedule({});
    expect(schedule.agents('app')).toEqual([]);
    expect([...schedule.holds('app', 'ana'), ...schedule.occupied('app', 'ana')]).toEqual([]);
  });

  test('has a hold once, in the calendar that it was put into last, until it is dropped', () => {
    const schedule = new Schedule({ holds: [hold] });
    const moved = { ...hold, agentId: 'ben' };
    schedule.recordHold(moved);
    expect(schedule.hold('app', 'hold')).toBe(moved);
    expect([...schedule.holds('app', 'ana')]).toEqual([]);
    expect([...schedule.holds('app', 'ben')]).toEqual([moved]);
    schedule.dropHold({ appId: 'other', id: 'hold' });
    expect([...schedule.holds('app', 'ben')]).toEqual([moved]);
    schedule.dropHold(moved);
    expect(schedule.hold('app', 'hold')).toBeUndefined();
    expect([...schedule.holds('app', 'ben')]).toEqual([]);
  });

  test('knows whose turn it was; of an agent who is not there it learns nothing', () => {
    const schedule = new Schedule({ agents: [agent('app', 'ana')] });
    schedule.recordTurn('app', 'ana', 7);
    schedule.recordTurn('app', 'nobody', 8);
    expect(schedule.agents('app')).toEqual([{ ...agent('app', 'ana'), turn: 7 }]);
  });

  test('that calls were taken out of has them, without their time, and all else; the one before stays as it is', () => {
    const before = new Schedule({ agents: [agent('app', 'ana')], holds: [hold], requests: [request] });
    const decision = decide(booking, before, 0);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    before.recordCall(decision.call);
    const after = before.vacated([decision.call]);
    expect(after.call('app', 'call')).toBe(decision.call);
    expect([...after.occupied('app', 'ana')]).toEqual([]);
    expect([...before.occupied('app', 'ana')]).toHaveLength(1);
    expect(after.roster('app')).toEqual(before.roster('app'));
    expect([...after.holds('app', 'ana')]).toEqual([hold]);
    expect(after.request(request)).toBe(request);
  });
});
