import { systemClock } from '@reslot/adapters/clock';
import { createApp } from '@reslot/adapters/http';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexCredentials, knexQueries } from '@reslot/adapters/knex';
import { memoryStore } from '@reslot/adapters/memory';
import {
  createScheduler,
  decide,
  issuesOf,
  newAgent,
  Schedule,
  type Call,
  type CallCommand,
} from '@reslot/core';
import { agentId, APP_ID, DURATION_MINUTES, firstDay } from '../workload.ts';
import { listen } from './listen.ts';

/** Our HTTP adapter in front of the rules, and nothing behind them: every call is at hand, and every agent free. */
const db = connect(process.env.DATABASE_URL ?? '');
const agent = newAgent({ appId: APP_ID, id: agentId(0), name: 'Agent', active: true });
const calls = new Map<string, Call>();

function callOf(callId: string): Call {
  const known = calls.get(callId);
  if (known) return known;
  const booking: CallCommand = {
    type: 'create',
    appId: APP_ID,
    callId,
    startsAt: firstDay(systemClock.now()),
    agentId: agent.id,
    durationMinutes: DURATION_MINUTES,
    guestName: 'Guest',
    guestEmail: 'guest@example.com',
    appTimezone: 'Europe/Paris',
    actor: { type: 'api', id: 'bench' },
    source: 'bench',
  };
  const booked = decide(booking, new Schedule({ agents: [agent] }), systemClock.now());
  if (booked.kind !== 'accepted') throw new Error(`not booked: ${booked.kind}`);
  calls.set(callId, booked.call);
  return booked.call;
}

const app = createApp({
  queries: knexQueries(db),
  credentials: knexCredentials(db),
  clock: systemClock,
  scheduler: {
    ...createScheduler({ store: memoryStore(), clock: systemClock, ids: uuidIds }),
    async execute(request) {
      const call = callOf(request.callId ?? '');
      const issues = issuesOf({ ...request, callId: call.id });
      if (issues.length > 0) return { kind: 'invalid', issues };
      const schedule = new Schedule({ calls: [call], agents: [agent] });
      return decide({ ...request, callId: call.id }, schedule, systemClock.now());
    },
  },
});

listen((request) => app.fetch(request));
