import { createScheduler, DAY, MINUTE, MOST_IN_ROSTER, type Scheduler } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines, openEngine, type Engine } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 3, 1, 9);
const WANTED = NOW + DAY;

/** A refusal looks for alternatives in one batch with other commands, for which agents are loaded too. */
describe.each(engines())('alternatives in a batch on %s', (name) => {
  let engine: Engine;
  let scheduler: Scheduler;
  let appId = 'app-0';
  beforeAll(async () => {
    engine = await openEngine(name);
    scheduler = createScheduler({ store: engine.store, clock: fixedClock(NOW), ids: uuidIds });
  });
  afterAll(() => engine?.close());
  beforeEach(() => {
    appId = `app-${Number(appId.slice('app-'.length)) + 1}`;
  });

  const told = () => ({ appId, actor: { type: 'api', id: 'me' } as const, source: 'test' });
  const agent = (id: string, active = true) =>
    scheduler.saveAgent({ agent: { appId, id, name: id, active } });
  async function book(agentId: string, startsAt: number): Promise<string> {
    const guest = { guestName: 'G', appTimezone: 'UTC' };
    const outcome = await scheduler.execute({ type: 'create', ...told(), ...guest, agentId, startsAt });
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    return outcome.call.id;
  }
  const move = (callId: string, startsAt: number) =>
    scheduler.execute({ type: 'reschedule', ...told(), callId, edits: { startsAt } });
  async function offeredTo(callId: string, meanwhile: () => Promise<unknown>): Promise<string[]> {
    const [refused] = await Promise.all([move(callId, WANTED), meanwhile()]);
    if (refused.kind !== 'slot_taken') throw new Error(refused.kind);
    return refused.alternatives.map(({ agentId }) => agentId);
  }

  test('an agent who becomes active in it is not offered for time that is taken', async () => {
    await agent('ana');
    await agent('ben');
    await book('ana', WANTED);
    await book('ben', WANTED);
    await agent('ben', false);
    const id = await book('ana', WANTED + 60 * MINUTE);
    expect(await offeredTo(id, () => agent('ben'))).toEqual(Array.from({ length: 5 }, () => 'ana'));
  });

  test('nor is one beyond the agents who are looked at, of whom it moves another call', async () => {
    const ids = Array.from({ length: MOST_IN_ROSTER }, (_, index) => `agent-${1000 + index}`);
    await Promise.all([...ids, 'zoe'].map((id) => agent(id)));
    await Promise.all([...ids, 'zoe'].map((id) => book(id, WANTED)));
    const id = await book('agent-1000', WANTED + 60 * MINUTE);
    const other = await book('zoe', WANTED + 5 * DAY);
    const offered = await offeredTo(id, () => move(other, WANTED + 6 * DAY));
    expect(offered).toEqual(Array.from({ length: 5 }, () => 'agent-1000'));
  });
});
