import { createScheduler, newAgent, type Agent, type Scheduler } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, openEngine, type Engine } from '../engines/engines.ts';

const NOW = Date.UTC(2026, 3, 1, 9);
const window = { weekday: 1, start: '09:00', end: '17:00', timezone: 'UTC' };
const availability = { windows: [window], exceptions: [], doNotDisturb: [] };

describe.each(engines())('an agent who is saved on %s', (name) => {
  let engine: Engine;
  let scheduler: Scheduler;
  beforeAll(async () => {
    engine = await openEngine(name);
    scheduler = createScheduler({ store: engine.store, clock: fixedClock(NOW), ids: uuidIds });
  });
  afterAll(() => engine?.close());

  const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'test' } as const;
  const booking = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;

  test('by all that there is of an agent keeps the availability and the turn', async () => {
    const ana = newAgent({ appId: 'app', id: 'ana', name: 'Ana', active: true });
    await scheduler.saveAgent({ agent: ana });
    await scheduler.execute({ ...booking, startsAt: NOW + 60_000, assignmentMethod: 'round_robin' });
    await scheduler.saveAvailability({ appId: 'app', agentId: 'ana', availability });
    // As it was read before all of that, with another name.
    const stale: Agent = { ...ana, name: 'Anna' };
    const kept = { ...stale, availability, turn: 1 };
    expect(await scheduler.saveAgent({ agent: stale })).toEqual({ kind: 'agent_saved', agent: kept });
    expect(await engine.queries.agent('app', 'ana')).toEqual(kept);
  });
});
