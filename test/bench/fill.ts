import { systemClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore, migrate } from '@reslot/adapters/knex';
import {
  createScheduler,
  DAY,
  decide,
  MINUTE,
  newAgent,
  NO_CHANGES,
  Schedule,
  type ChangedCall,
  type ScheduleStore,
} from '@reslot/core';
import { agentId, APP_ID, callId, DAYS, DURATION_MINUTES, firstDay, type Workload } from './workload.ts';

/** An agent with calls at equal distances, over all the days. */
export interface Calendar {
  readonly appId: string;
  readonly agentId: string;
  readonly calls: number;
  /** The number of its first call; those of the others follow. */
  readonly firstCall: number;
  readonly durationMinutes: number;
}

/** Calls in one commit, and commits under way at once. */
const BATCH = 250;
const AT_ONCE = 4;

/** Makes the agents and calls of a workload in the database at `url`. */
export const fill = (url: string, { agents, callsPerAgent }: Workload): Promise<void> =>
  fillCalendars(
    url,
    Array.from({ length: agents }, (_, index) => ({
      appId: APP_ID,
      agentId: agentId(index),
      calls: callsPerAgent,
      firstCall: index * callsPerAgent,
      durationMinutes: DURATION_MINUTES,
    })),
  );

export async function fillCalendars(url: string, calendars: readonly Calendar[]): Promise<void> {
  const db = connect(url);
  await migrate(db);
  const store = knexStore(db);
  const scheduler = createScheduler({ store, clock: systemClock, ids: uuidIds });
  for (const { appId, agentId: id } of calendars) {
    await scheduler.saveAgent({ agent: { appId, id, name: `Agent ${id}`, active: true } });
  }
  const calls = booked(calendars, systemClock.now());
  await Promise.all(Array.from({ length: AT_ONCE }, () => storeAll(store, calls)));
  await db.destroy();
}

/** Takes from `calls` until there are none left. Past the engine, as nobody else books here. */
async function storeAll<Version>(
  store: ScheduleStore<Version>,
  calls: Generator<ChangedCall, void>,
): Promise<void> {
  const { version } = await store.load([]);
  for (;;) {
    const batch = [...take(calls, BATCH)];
    if (batch.length === 0) return;
    const result = await store.commit(version, { ...NO_CHANGES, calls: batch });
    if (result !== 'committed') throw new Error('somebody else books here');
  }
}

function* take<Item>(items: Generator<Item, void>, most: number): Generator<Item, void> {
  for (let taken = 0; taken < most; taken += 1) {
    const { value, done } = items.next();
    if (done) return;
    yield value;
  }
}

function* booked(calendars: readonly Calendar[], now: number): Generator<ChangedCall, void> {
  for (const { appId, agentId: id, calls, firstCall, durationMinutes } of calendars) {
    const agent = newAgent({ appId, id, name: id, active: true });
    const schedule = new Schedule({ agents: [agent] });
    const step = Math.floor((DAYS * DAY) / calls / MINUTE) * MINUTE;
    for (let index = 0; index < calls; index += 1) {
      const decision = decide(
        {
          type: 'create',
          appId,
          actor: { type: 'admin', id: 'bench' },
          source: 'bench',
          callId: callId(firstCall + index),
          startsAt: firstDay(now) + index * step,
          agentId: id,
          durationMinutes,
          guestName: `Guest ${index}`,
          guestEmail: `guest${index}@example.com`,
          appTimezone: 'Europe/Paris',
        },
        schedule,
        now,
      );
      if (decision.kind !== 'accepted') throw new Error(`call ${index} was not booked: ${decision.kind}`);
      yield { call: decision.call, events: decision.events };
    }
  }
}
