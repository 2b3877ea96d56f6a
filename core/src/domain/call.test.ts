import { describe, expect, test } from 'vitest';
import { born, replay } from './call.ts';
import type { CreateCall, RescheduleCall } from './commands.ts';
import { decide } from './decide.ts';
import type { CallEvent } from './events.ts';
import { Schedule } from './schedule.ts';
import { DAY } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
const booking: CreateCall = {
  ...told,
  type: 'create',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: NOW + DAY,
};
const move: RescheduleCall = { ...told, type: 'reschedule', edits: { startsAt: NOW + 2 * DAY } };

function timeline(): CallEvent[] {
  const schedule = new Schedule({});
  return [booking, move].flatMap((command) => {
    const decision = decide(command, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
    return decision.events;
  });
}

describe('a timeline', () => {
  test('that does not begin with the booking tells of no call', () => {
    expect(replay([])).toBeUndefined();
    expect(replay(timeline().slice(1))).toBeUndefined();
  });

  test('books its call once', () => {
    const [created, moved] = timeline();
    if (created?.type !== 'created' || !moved) throw new Error('a booking and a move');
    const again = { ...created, version: 9, seq: 9 };
    expect(replay([created, again])).toEqual(born(created));
    expect(replay([created, moved, again])).toEqual(replay([created, moved]));
  });
});
