import {
  ALWAYS,
  DAY,
  decide,
  MINUTE,
  openStarts,
  Schedule,
  type Agent,
  type Call,
  type CreateCall,
  type Instant,
  type RescheduleCall,
} from '@reslot/core';
import { bench, describe } from 'vitest';

/** What is open in four weeks with ten agents, each with five days of working hours and a hundred calls. */
const NOW = Date.UTC(2026, 4, 1);
/** A Monday. */
const MONDAY = Date.UTC(2026, 4, 4);
const WEEKS = 4;
const STEP = 30 * MINUTE;
const told = { appId: 'app', actor: { type: 'api', id: 'bench' }, source: 'bench' } as const;

const windows = [1, 2, 3, 4, 5].map((weekday) => ({
  weekday,
  start: '09:00',
  end: '17:00',
  timezone: 'Europe/Paris',
}));
const agents = Array.from({ length: 10 }, (_, index): Agent => {
  const id = `agent-${index}`;
  return {
    appId: 'app',
    id,
    name: id,
    active: true,
    availability: { ...ALWAYS, windows },
    turn: 0,
    email: null,
  };
});

/** A hundred half hours of twenty working days, from 09:00 in Paris on, an hour and a half apart. */
const bookings = agents.flatMap(({ id }) =>
  Array.from({ length: 100 }, (_, index): CreateCall => {
    const day = Math.floor(index / 25) * 7 + (Math.floor(index / 5) % 5);
    const startsAt = MONDAY + day * DAY + 7 * 60 * MINUTE + (index % 5) * 3 * STEP;
    return {
      ...told,
      type: 'create',
      callId: `${id}-${index}`,
      guestName: 'G',
      appTimezone: 'UTC',
      agentId: id,
      startsAt,
    };
  }),
);

const schedule = new Schedule({ agents });
for (const booking of bookings) {
  const booked = decide(booking, schedule, NOW);
  if (booked.kind !== 'accepted') throw new Error(`not booked: ${booked.kind}`);
  schedule.recordCall(booked.call);
}

const starts: Instant[] = [];
for (let start = MONDAY; start < MONDAY + WEEKS * 7 * DAY; start += STEP) starts.push(start);
const length = { durationMinutes: 30, bufferBeforeMinutes: 0, bufferAfterMinutes: 0 };

/** 40 hours of five days make 80 half hours a week, of which 25 are taken. */
const OPEN = agents.length * WEEKS * (80 - 25);

function search(of: readonly Agent[]): number {
  let open = 0;
  for (const agent of of) {
    const occupied = schedule.occupied('app', agent.id);
    open += openStarts({ agent, occupied, length, callId: '' }, starts).length;
  }
  return open;
}

if (search(agents) !== OPEN) throw new Error(`${search(agents)} are open, not ${OPEN}`);

describe('the search for open starts over four weeks', () => {
  bench('of ten agents', () => {
    search(agents);
  });

  bench('of one agent', () => {
    search(agents.slice(0, 1));
  });
});

/** As many windows in as many zones as an agent may have, and as many starts as a search looks at, over as many days as it spans. */
describe('the search for open starts over 400 days', () => {
  const zones =
    'Europe/Paris America/New_York Asia/Tokyo Australia/Sydney America/Sao_Paulo Africa/Casablanca ' +
    'Asia/Kolkata America/Los_Angeles Pacific/Auckland Asia/Kathmandu';
  const [agent] = agents;
  if (!agent) throw new Error('no agent');
  /** No two minutes are alike from one turn to the next. */
  let turn = 0;
  const ofTurn = (minutes: number): string => {
    const shifted = minutes + (turn % 45);
    return `${String(Math.floor(shifted / 60)).padStart(2, '0')}:${String(shifted % 60).padStart(2, '0')}`;
  };
  const daily = Array.from({ length: 400 }, (_, index) => MONDAY + index * DAY + 10 * 60 * MINUTE);

  bench('of one agent with 100 windows in ten zones', () => {
    turn += 1;
    const many = zones.split(' ').flatMap((timezone, index) =>
      Array.from({ length: 10 }, (__, at) => {
        const start = (index + at) * 60;
        return { weekday: at % 7, start: ofTurn(start), end: ofTurn(start + 90), timezone };
      }),
    );
    const availability = { ...ALWAYS, windows: many };
    openStarts({ agent: { ...agent, availability }, occupied: [], length, callId: '' }, daily);
  });
});

describe('decide for an agent', () => {
  const found = schedule.call('app', 'agent-0-0');
  if (!found) throw new Error('no call');
  const call: Call = found;
  const move: RescheduleCall = {
    ...told,
    type: 'reschedule',
    callId: call.id,
    edits: { startsAt: MONDAY + 21 * DAY + 8 * 60 * MINUTE },
  };
  const scheduleWith = (agent: Agent): Schedule =>
    new Schedule({
      calls: [call],
      agents: [agent],
      occupied: [...schedule.occupied('app', agent.id)].map((slot) => ({ ...slot, appId: 'app' })),
    });
  const [agent] = agents;
  if (!agent) throw new Error('no agent');
  const bound = scheduleWith(agent);
  const free = scheduleWith({ ...agent, availability: ALWAYS });
  for (const each of [bound, free]) {
    const decision = decide(move, each, NOW);
    if (decision.kind !== 'accepted') throw new Error(`not moved: ${decision.kind}`);
  }

  bench('with windows of five days', () => {
    decide(move, bound, NOW);
  });

  bench('without any', () => {
    decide(move, free, NOW);
  });
});
