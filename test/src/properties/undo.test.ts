import { decide, OVERRIDES, type Call, type CallCommand, type UndoMove } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { afterEach, callIn, hasPlaced } from './world.ts';

const pending = (call: Call, now: number) =>
  call.reminders.flatMap(({ kind, fireAt }) => (fireAt !== null && fireAt > now ? [{ kind, fireAt }] : []));

/** All of a call but what tells of its history; reminders that were due may have fired. */
function stateOf(call: Call, now: number) {
  const { moves: _, version: __, lastSeq: ___, updatedAt: ____, ...state } = call;
  return { ...state, reminders: pending(call, now) };
}

/** Asks for the same call in the same app, with everything that can be overridden, and whatever its version. */
const again = ({ appId, callId, source }: CallCommand): Omit<UndoMove, 'type'> => ({
  appId,
  callId,
  source,
  actor: { type: 'admin', id: 'me' },
  versions: 'any',
  overrides: [...OVERRIDES],
});

describe('whatever the history', () => {
  test('a move that is taken back at once leaves the call as it was, and so does one that is made again', () => {
    let undoneAtOnce = 0;
    let madeAgain = 0;
    afterEach(() => ({ schedule, now }, asked, decision, before) => {
      const old = callIn(before, asked);
      if (!old || asked.type !== 'reschedule' || !hasPlaced(decision)) return;
      // What the same command has edited besides stays.
      const { guestName, guestPhone, intakeNotes } = decision.call;
      const expected = stateOf({ ...old, guestName, guestPhone, intakeNotes }, now);

      const undone = decide({ ...again(asked), type: 'undo' }, schedule, now);
      if (undone.kind === 'accepted') {
        undoneAtOnce += 1;
        expect(stateOf(undone.call, now)).toEqual(expected);
        expect(undone.call.moves).toEqual({ ...old.moves, last: null });
      } else if (undone.kind === 'undo_expired') expect(old.startsAt).toBeLessThanOrEqual(now);
      else expect(undone).toEqual({ kind: 'agent_unavailable', agentId: old.agentId });

      if (old.agentId === null) return;
      const edits = { startsAt: old.startsAt, agentId: old.agentId };
      const back = decide({ ...again(asked), type: 'reschedule', edits }, schedule, now);
      if (back.kind === 'accepted') {
        madeAgain += 1;
        expect(stateOf(back.call, now)).toEqual(expected);
        const isLater = old.startsAt !== decision.call.startsAt;
        expect(back.call.moves.count).toBe(old.moves.count + (isLater ? 2 : 0));
      } else if (back.kind === 'in_past') expect(old.startsAt).toBeLessThanOrEqual(now);
      else expect(back).toEqual({ kind: 'agent_unavailable', agentId: old.agentId });
    });
    expect(undoneAtOnce).toBeGreaterThan(100);
    expect(madeAgain).toBeGreaterThan(100);
  });

  test('a move that is taken back later puts the call where it was before', () => {
    let undone = 0;
    afterEach(() => {
      const past = new Map<string, Call>();
      const key = (call: Call, version = call.version) => `${call.appId}/${call.id}/${version}`;
      return ({ now }, asked, decision, before) => {
        if (decision.kind !== 'accepted') return;
        const { call } = decision;
        past.set(key(call), call);
        const moved = callIn(before, asked);
        if (asked.type !== 'undo' || !moved?.moves.last) return;
        const old = past.get(key(call, moved.moves.last.version - 1));
        undone += 1;
        expect(old).toBeDefined();
        if (!old) return;
        expect(call).toMatchObject({ startsAt: old.startsAt, agentId: old.agentId });
        expect(pending(call, now)).toEqual(pending(old, now));
        expect(call.moves.count).toBe(old.moves.count);
        expect(call).toMatchObject({ guestName: moved.guestName, status: moved.status });
      };
    });
    expect(undone).toBeGreaterThan(20);
  });
});
