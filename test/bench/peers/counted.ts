import { systemClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { createApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { knexCredentials, knexQueries, knexStore } from '@reslot/adapters/knex';
import { createScheduler, type ScheduleStore } from '@reslot/core';
import { listen } from './listen.ts';

/** The server as it ships, and how its commits went under `GET /counts`. */
const counts = { commits: 0, conflicts: 0, calls: 0, again: 0 };

function counted<Version>(store: ScheduleStore<Version>): ScheduleStore<Version> {
  return {
    ...store,
    async commit(expected, changes) {
      const result = await store.commit(expected, changes);
      counts[result === 'committed' ? 'commits' : 'conflicts'] += 1;
      counts[result === 'committed' ? 'calls' : 'again'] += changes.calls.length;
      return result;
    },
  };
}

const db = connect(process.env.DATABASE_URL ?? '');
const app = createApp({
  scheduler: createScheduler({ store: counted(knexStore(db)), clock: systemClock, ids: uuidIds }),
  queries: knexQueries(db),
  credentials: knexCredentials(db),
  clock: systemClock,
});

listen((request) => (request.url.endsWith('/counts') ? Response.json(counts) : app.fetch(request)));
