import { describe, expect, test } from 'vitest';
import { newAgent } from './agents.ts';
import type { CallCommand, Edits } from './commands.ts';
import { decide } from './decide.ts';
import type { CallEvent } from './events.ts';
import { Schedule } from './schedule.ts';
import { DAY } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const told = { appId: 'app', callId: 'call', actor: { type: 'api', id: 'key' }, source: 'test' } as const;
const booking: CallCommand = {
  ...told,
  type: 'create',
  guestName: 'Amina',
  appTimezone: 'UTC',
  agentId: 'ana',
  startsAt: NOW + 3 * DAY,
  intakeNotes: 'old',
  series: { id: 'series', wallTime: '2026-05-04T12:00:00' },
};
const edit = (edits: Edits): CallCommand => ({ ...told, type: 'reschedule', edits });

/** The events of the last of these, after a booking. */
function eventsOf(...commands: CallCommand[]): readonly CallEvent[] {
  const schedule = new Schedule({
    agents: ['ana', 'ben'].map((id) => newAgent({ appId: 'app', id, name: id, active: true })),
  });
  let events: readonly CallEvent[] = [];
  for (const command of [booking, ...commands]) {
    const decision = decide(command, schedule, NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    schedule.recordCall(decision.call);
    events = decision.events;
  }
  return events;
}

const linesOf = (event: CallEvent) => ('reminders' in event ? event.reminders : []);

describe('an event of a change', () => {
  test('tells the notes before and after, and there is none when they are so already', () => {
    expect(eventsOf(edit({ intakeNotes: 'new' }))).toMatchObject([
      { type: 'intake_notes_updated', from: { intakeNotes: 'old' }, to: { intakeNotes: 'new' } },
    ]);
    expect(eventsOf(edit({ intakeNotes: 'old' }))).toEqual([]);
  });

  test('redirects the reminders when any of what changes is how the guest is reached', () => {
    const reached = { guestName: 'B', guestPhone: '+33123456789' };
    expect(
      eventsOf(edit(reached))
        .flatMap(linesOf)
        .map(({ reason }) => reason),
    ).toEqual(Array.from({ length: 3 }, () => 'contact_changed'));
    expect(eventsOf(edit({ guestName: 'B' })).flatMap(linesOf)).toEqual([]);
  });

  test('tells of a move alone nothing about the series', () => {
    expect(eventsOf(edit({ startsAt: NOW + 4 * DAY }))).toMatchObject([
      { from: { startsAt: NOW + 3 * DAY }, to: { startsAt: NOW + 4 * DAY } },
    ]);
    const [moved] = eventsOf(edit({ startsAt: NOW + 4 * DAY }));
    expect(moved?.to).not.toHaveProperty('series');
    expect(eventsOf(edit({ agentId: 'ben' })).map(({ type }) => type)).toEqual(['assigned']);
  });

  test('of the status tells what it was', () => {
    expect(eventsOf({ ...told, type: 'confirm' })).toMatchObject([
      { type: 'confirmed', from: { status: 'scheduled' }, to: { status: 'confirmed' } },
    ]);
    expect(eventsOf({ ...told, type: 'cancel', reason: 'ill' })).toMatchObject([
      {
        from: { status: 'scheduled', cancelledAt: null, cancellationReason: null },
        to: { status: 'cancelled', cancelledAt: NOW, cancellationReason: 'ill' },
      },
    ]);
  });

  test('that takes back time and agent at once plans each reminder once', () => {
    const undone = eventsOf(edit({ startsAt: NOW + 2 * DAY, agentId: 'ben' }), { ...told, type: 'undo' });
    const lines = undone.flatMap(linesOf);
    expect(lines.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['24h', null],
      ['1h', null],
      ['15m', null],
    ]);
  });
});
