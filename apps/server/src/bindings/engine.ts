import { systemClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import {
  countBacklog,
  knexCredentials,
  knexHousekeeping,
  knexQueries,
  knexStore,
} from '@reslot/adapters/knex';
import { createScheduler, createWakeUp, waking } from '@reslot/core';
import { createMetrics } from '../running/metrics.ts';
import {
  CLOCK,
  CONFIG,
  CREDENTIALS,
  DATABASE,
  HOUSEKEEPING,
  IDS,
  METRICS,
  QUERIES,
  SCHEDULER,
  WAKE_UP,
  type Provide,
} from '../services.ts';

/** The engine, and the database that it keeps its schedules in. */
export function provideEngine(provide: Provide): void {
  provide(DATABASE, (get) => {
    const { databaseUrl, databasePool, databaseTls } = get(CONFIG);
    return connect(databaseUrl, { poolSize: databasePool, tls: databaseTls });
  }).onDeactivation((database) => database.destroy());
  provide(CLOCK, () => systemClock);
  provide(IDS, () => uuidIds);
  provide(METRICS, (get) => get(CONFIG).metricsAt && createMetrics(() => countBacklog(get(DATABASE))));
  provide(QUERIES, (get) => knexQueries(get(DATABASE)));
  provide(CREDENTIALS, (get) => knexCredentials(get(DATABASE)));
  provide(HOUSEKEEPING, (get) => knexHousekeeping(get(DATABASE)));
  provide(WAKE_UP, createWakeUp);
  provide(SCHEDULER, (get) => {
    const metrics = get(METRICS);
    const store = knexStore(get(DATABASE));
    return createScheduler({
      store: waking(metrics?.store(store) ?? store, get(WAKE_UP)),
      clock: get(CLOCK),
      ids: get(IDS),
      watch: metrics?.batch,
    });
  });
}
