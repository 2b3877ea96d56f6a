import { systemClock } from '@reslot/adapters/clock';
import { createApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { connect } from '@reslot/adapters/connect';
import { knexCredentials, knexQueries } from '@reslot/adapters/knex';
import { decide, Schedule, type Call } from '@reslot/core';
import { APP_ID } from '../workload.ts';
import { listen } from './listen.ts';

/** Our HTTP adapter in front of the rules, and nothing behind them: every call is at hand, and every agent free. */
const db = connect(process.env.DATABASE_URL ?? '');
const queries = knexQueries(db);
const ids = new Map<string, Call>();

const app = createApp({
  queries,
  credentials: knexCredentials(db),
  clock: systemClock,
  scheduler: {
    async execute(request) {
      const callId = request.callId ?? uuidIds.callId();
      const call = ids.get(callId) ?? (await queries.call(APP_ID, callId));
      if (!call) return { kind: 'call_not_found', appId: APP_ID, callId };
      ids.set(callId, call);
      const schedule = new Schedule({ calls: [call], agents: [], occupied: [] });
      return decide({ ...request, callId }, schedule, systemClock.now());
    },
    saveAgent: async ({ agent }) => ({ kind: 'agent_saved', agent }),
  },
});

listen((request) => app.fetch(request));
