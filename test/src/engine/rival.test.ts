import { createScheduler, MINUTE, type ScheduleStore } from '@reslot/core';
import { connect } from '@reslot/adapters/connect';
import { systemClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore } from '@reslot/adapters/knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, describeOnServers, type Engine } from '../engines/engines.ts';

/** Two writers on one database: one with a lot to do for many agents, and a rival that never lets go of one of them. */
describeOnServers('a busy writer and a stubborn rival', (name) => {
  let engine: Engine;
  let db: ReturnType<typeof connect>;
  beforeAll(async () => {
    engine = await openEngine(name);
    db = connect(engine.url ?? '');
  });
  afterAll(async () => {
    await db?.destroy();
    await engine?.close();
  });

  test('the busy one is not starved', async () => {
    const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'rival' } as const;
    const schedulerOn = (store: ScheduleStore) =>
      createScheduler({ store, clock: systemClock, ids: uuidIds, limits: { patience: 60 * MINUTE } });
    const [busy, rival] = [schedulerOn(engine.store), schedulerOn(knexStore(db))];
    const agents = Array.from({ length: 10 }, (_, index) => `agent-${index}`);
    for (const id of agents) await busy.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
    const soon = systemClock.now() + 60 * MINUTE;
    const book = (agentId: string, slot: number) => ({
      ...told,
      type: 'create' as const,
      guestName: 'G',
      appTimezone: 'UTC',
      agentId,
      startsAt: soon + slot * 30 * MINUTE,
    });

    const race = { over: false };
    const loops = [0, 1].map(async (loop) => {
      for (let round = 0; !race.over; round += 1)
        await rival.execute(book('agent-0', 10_000 + 2 * round + loop));
    });
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, (_, index) => busy.execute(book(agents[index % 10] ?? '', index))),
    );
    race.over = true;
    await Promise.all(loops);
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'accepted')).toEqual([]);
  });
});
