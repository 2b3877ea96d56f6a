import { DAY, decide, MINUTE, newAgent, Schedule, type Call, type RescheduleCall } from '@reslot/core';
import { bench, describe } from 'vitest';

/** Decisions per second, against calendars of growing size. */
const NOW = Date.UTC(2026, 4, 1);
const told = { appId: 'app', actor: { type: 'api', id: 'bench' }, source: 'bench' } as const;
const agent = newAgent({ appId: 'app', id: 'ana', name: 'Ana', active: true });

function bookedCall(): Call {
  const empty = new Schedule({ agents: [agent] });
  const guest = { guestName: 'Guest', appTimezone: 'UTC' };
  const booking = {
    ...told,
    ...guest,
    type: 'create',
    callId: 'call',
    startsAt: NOW + DAY,
    agentId: 'ana',
  } as const;
  const booked = decide(booking, empty, NOW);
  if (booked.kind !== 'accepted') throw new Error(`not booked: ${booked.kind}`);
  return booked.call;
}

const call = bookedCall();

describe.each([10, 100, 1_000])('decide against %i occupied slots', (size) => {
  const occupied = Array.from({ length: size }, (_, index) => {
    const from = NOW + 2 * DAY + index * 30 * MINUTE;
    return { appId: 'app', agentId: 'ana', callId: `other-${index}`, from, to: from + 30 * MINUTE };
  });
  const schedule = new Schedule({ calls: [call], agents: [agent], occupied });
  const to = (startsAt: number): RescheduleCall => ({
    ...told,
    type: 'reschedule',
    callId: 'call',
    edits: { startsAt },
  });
  const free = to(NOW + 2 * DAY + size * 30 * MINUTE);
  const taken = to(NOW + 2 * DAY + (size - 1) * 30 * MINUTE + 10 * MINUTE);

  bench('a move that is accepted', () => {
    decide(free, schedule, NOW);
  });

  bench('a move to a slot that is taken', () => {
    decide(taken, schedule, NOW);
  });
});
