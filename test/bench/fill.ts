import { knexStore, migrate } from '@reslot/adapters/knex';
import { connect } from '@reslot/adapters/connect';
import { systemClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { createScheduler, DAY, MINUTE, type Scheduler } from '@reslot/core';
import { agentId, APP_ID, callId, DAYS, DURATION_MINUTES, firstDay, type Workload } from './workload.ts';

const told = { appId: APP_ID, actor: { type: 'admin', id: 'bench' }, source: 'bench' } as const;
/** Commands under way at once; fewer than may wait. */
const AT_ONCE = 2_000;

/** Makes agents and calls in the database at `url`. */
export async function fill(url: string, { agents, callsPerAgent }: Workload): Promise<void> {
  const db = connect(url);
  await migrate(db);
  const now = systemClock.now();
  const scheduler = createScheduler({
    store: knexStore(db),
    clock: systemClock,
    ids: uuidIds,
    limits: { patience: DAY },
  });
  for (let index = 0; index < agents; index += 1) {
    const agent = { appId: APP_ID, id: agentId(index), name: `Agent ${index}`, active: true };
    await scheduler.saveAgent({ agent });
  }
  const step = Math.floor((DAYS * DAY) / callsPerAgent / MINUTE) * MINUTE;
  const calls = Array.from({ length: agents * callsPerAgent }, (_, index) => index);
  while (calls.length > 0) {
    await Promise.all(
      calls.splice(0, AT_ONCE).map((index) => {
        const startsAt = firstDay(now) + Math.floor(index / agents) * step;
        return book(scheduler, index, agentId(index % agents), startsAt);
      }),
    );
  }
  await db.destroy();
}

async function book(scheduler: Scheduler, index: number, agent: string, startsAt: number): Promise<void> {
  const outcome = await scheduler.execute({
    ...told,
    type: 'create',
    callId: callId(index),
    startsAt,
    agentId: agent,
    durationMinutes: DURATION_MINUTES,
    guestName: `Guest ${index}`,
    guestEmail: `guest${index}@example.com`,
    appTimezone: 'Europe/Paris',
  });
  if (outcome.kind !== 'accepted') throw new Error(`call ${index} was not booked: ${outcome.kind}`);
}
