import { describe, expect, test } from 'vitest';
import { ALWAYS } from './availability.ts';
import type { CallCommand, Edits, UndoMove } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import { DEFAULT_POLICY, type ActorPolicy } from './policy.ts';
import { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 60 * MINUTE;
const A = NOW + 2 * DAY;
const B = NOW + 4 * DAY;
const told = { appId: 'app', callId: 'call', actor: { type: 'guest', id: 'key' }, source: 'test' } as const;
const booking = {
  ...told,
  type: 'create',
  guestName: 'G',
  appTimezone: 'UTC',
  startsAt: A,
  agentId: 'ana',
} as const;
const move = (edits: Edits): CallCommand => ({ ...told, type: 'reschedule', edits });
const undo: UndoMove = { ...told, type: 'undo' };

/** Carries out what is asked, one after the other, each at its time. */
class World {
  readonly schedule = new Schedule({
    agents: ['ana', 'ben'].map((id) => ({
      appId: 'app',
      id,
      name: id,
      active: true,
      availability: ALWAYS,
      turn: 0,
      email: null,
    })),
  });

  constructor(...commands: CallCommand[]) {
    for (const command of [booking, ...commands]) this.run(command);
  }

  run(command: CallCommand, at = NOW): Decision {
    const decision = decide(command, this.schedule, at);
    if (decision.kind === 'accepted') this.schedule.recordCall(decision.call);
    return decision;
  }

  /** What everyone may do from now on. */
  allow(rules: Partial<ActorPolicy>, ofApp: { undoWindowMinutes?: number } = {}): this {
    const guest = { ...DEFAULT_POLICY.actors.guest, ...rules };
    const policy = { ...DEFAULT_POLICY, actors: { ...DEFAULT_POLICY.actors, guest }, ...ofApp };
    this.schedule.recordPolicy({ appId: 'app', policy });
    return this;
  }
}

describe('undo', () => {
  test('puts a call back, by one event that names what changes', () => {
    const world = new World(move({ startsAt: B, agentId: 'ben' }));
    expect(world.run(undo, NOW + MINUTE)).toMatchObject({
      kind: 'accepted',
      call: { startsAt: A, agentId: 'ana', version: 3, lastSeq: 4 },
      events: [
        {
          type: 'move_undone',
          seq: 4,
          from: { startsAt: B, agentId: 'ben' },
          to: { startsAt: A, agentId: 'ana' },
          reminders: [
            { kind: '24h', from: B - DAY, to: A - DAY, reason: null },
            { kind: '1h', from: B - HOUR, to: A - HOUR, reason: null },
            { kind: '15m', from: B - 15 * MINUTE, to: A - 15 * MINUTE, reason: null },
          ],
        },
      ],
    });
  });

  test('of another time alone leaves the agent out, and the other way round', () => {
    const changeOf = (decision: Decision) =>
      decision.kind === 'accepted'
        ? decision.events.map((event) => ['from' in event && event.from, event.to])
        : [];
    expect(changeOf(new World(move({ startsAt: B })).run(undo))).toEqual([
      [{ startsAt: B }, { startsAt: A }],
    ]);
    expect(changeOf(new World(move({ agentId: 'ben' })).run(undo))).toEqual([
      [{ agentId: 'ben' }, { agentId: 'ana' }],
    ]);
  });

  test('of another agent leaves the reminders at their times, and does not name those that have fired', () => {
    const undoWindowMinutes = 3 * 24 * 60;
    const world = new World(move({ agentId: 'ben' })).allow({}, { undoWindowMinutes });
    const before = world.schedule.call('app', 'call');
    const decision = world.run(undo, A - 2 * HOUR);
    const pending = before?.reminders.filter(({ fireAt }) => fireAt !== null && fireAt > A - 2 * HOUR) ?? [];
    expect(pending).toHaveLength(2);
    const reminders = pending.map(({ kind, fireAt }) => ({
      kind,
      from: fireAt,
      to: fireAt,
      reason: 'agent_changed',
    }));
    expect(decision).toMatchObject({ kind: 'accepted', events: [{ reminders }] });
    expect(decision).toMatchObject({ call: { reminders: before?.reminders } });
  });

  test('gives a call back to nobody', () => {
    const world = new World();
    world.run({ ...booking, callId: 'free', agentId: null });
    world.run({ ...move({ agentId: 'ben' }), callId: 'free' });
    expect(world.run({ ...undo, callId: 'free' })).toMatchObject({
      kind: 'accepted',
      call: { agentId: null },
    });
  });

  test('leaves alone what was edited since', () => {
    const world = new World(move({ startsAt: B }), move({ guestName: 'H', intakeNotes: 'notes' }));
    expect(world.run(undo)).toMatchObject({
      kind: 'accepted',
      call: { startsAt: A, guestName: 'H', intakeNotes: 'notes' },
    });
  });

  test('works once, and only on a move', () => {
    expect(new World().run(undo)).toEqual({ kind: 'nothing_to_undo' });
    expect(new World(move({ guestName: 'H' })).run(undo)).toEqual({ kind: 'nothing_to_undo' });
    expect(new World(move({ startsAt: B }), undo).run(undo)).toEqual({ kind: 'nothing_to_undo' });
  });

  test('is in time until its window ends', () => {
    const until = NOW + 60 * MINUTE;
    expect(new World(move({ startsAt: B })).run(undo, until).kind).toBe('accepted');
    expect(new World(move({ startsAt: B })).run(undo, until + 1)).toEqual({ kind: 'undo_expired', until });
    const short = () => new World(move({ startsAt: B })).allow({}, { undoWindowMinutes: 0 });
    expect(short().run(undo).kind).toBe('accepted');
    expect(short().run(undo, NOW + 1)).toEqual({ kind: 'undo_expired', until: NOW });
  });

  test('is in time as long as the old start lies ahead', () => {
    const soon = NOW + 10 * MINUTE;
    const world = () => {
      const schedule = new World();
      schedule.run(move({ startsAt: soon }));
      schedule.run(move({ startsAt: B }));
      return schedule;
    };
    expect(world().run(undo, soon - 1).kind).toBe('accepted');
    expect(world().run(undo, soon)).toEqual({ kind: 'undo_expired', until: soon - 1 });
  });

  test('is judged as a move to the old place is', () => {
    const taken = new World(move({ startsAt: B }));
    taken.run({ ...booking, callId: 'other' });
    expect(taken.run(undo)).toMatchObject({ kind: 'slot_taken', wanted: { from: A } });
    const inactive = new World(move({ agentId: 'ben' }));
    inactive.schedule.recordAgent({
      appId: 'app',
      id: 'ana',
      name: 'Ana',
      active: false,
      availability: ALWAYS,
      turn: 0,
      email: null,
    });
    expect(inactive.run(undo)).toEqual({ kind: 'agent_unavailable', agentId: 'ana' });
    expect(new World(move({ startsAt: B })).allow({ allowed: false }).run(undo).kind).toBe('not_allowed');
    expect(
      new World(move({ startsAt: B })).allow({ allowed: false }).run({ ...undo, overrides: ['policy'] }),
    ).toMatchObject({ kind: 'accepted', events: [{ overridden: ['not_allowed'] }] });
  });

  test('is not one more move', () => {
    const world = new World(move({ startsAt: B })).allow({ maxMoves: 1 });
    expect(world.run(move({ startsAt: B + DAY })).kind).toBe('limit_reached');
    expect(world.run(undo).kind).toBe('accepted');
    expect(world.run(move({ startsAt: B })).kind).toBe('accepted');
  });
});
