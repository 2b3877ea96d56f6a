import {
  createScheduler,
  DAY,
  DEFAULT_POLICY,
  MINUTE,
  occupancy,
  overlap,
  slotOf,
  type Call,
  type CallRequest,
  type Mode,
  type RescheduleCall,
  type Scheduler,
  type Together,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGENT_RECORDS, CALLS, START } from './histories.ts';

/** Random calls of one app, and random moves of some of them at once. */

const APP = 'app';
const told = { appId: APP, actor: { type: 'api', id: 'me' }, source: 'property' } as const;
const GUEST = { guestName: 'G', appTimezone: 'UTC' };
/** Six hours of one day: few enough that moves meet. */
const startsAt = fc.integer({ min: 0, max: 12 }).map((tick) => START + DAY + tick * 30 * MINUTE);
const buffer = fc.constantFrom(0, 0, 10);

const bookings: fc.Arbitrary<CallRequest[]> = fc.tuple(
  ...CALLS.map((callId) =>
    fc
      .record({
        startsAt,
        agentId: fc.constantFrom('ana', 'ben', null),
        durationMinutes: fc.constantFrom(15, 30, 60),
        bufferBeforeMinutes: buffer,
        bufferAfterMinutes: buffer,
      })
      .map((rest) => ({ ...told, ...rest, ...GUEST, type: 'create' as const, callId })),
  ),
);

const named = fc.record(
  { startsAt, agentId: fc.constantFrom('ana', 'ben', 'ben', 'idle'), guestName: fc.constantFrom('G', 'H') },
  { requiredKeys: [] },
);
const open = fc.record(
  { startsAt, assignment: fc.constantFrom('any' as const, 'prefer_keep' as const) },
  { requiredKeys: ['assignment'] },
);
const movesWith = (edits: fc.Arbitrary<RescheduleCall['edits']>): fc.Arbitrary<RescheduleCall[]> =>
  fc
    .uniqueArray(fc.constantFrom(...CALLS, 'unknown'), { minLength: 1 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((callId) =>
          edits.map((wanted) => ({ ...told, type: 'reschedule' as const, callId, edits: wanted })),
        ),
      ),
    );
/** Calls that start or are over before they are asked to move. */
const transition = fc.tuple(fc.constantFrom(...CALLS), fc.constantFrom('start' as const, 'cancel' as const));
const cap = fc.constantFrom(null, null, 1, 2);

type World = { readonly db: MemoryDatabase; readonly scheduler: Scheduler };

type Setting = readonly [CallRequest[], (readonly [string, 'start' | 'cancel'])[], number | null];
const setting = fc.tuple(bookings, fc.array(transition, { maxLength: 1 }), cap);

async function worldOf([booked, transited, calls]: Setting): Promise<World> {
  const db = memoryDatabase();
  const ports = { clock: fixedClock(START), ids: { callId: () => 'unused' } };
  const scheduler = createScheduler({ store: memoryStore(db), ...ports });
  for (const agent of AGENT_RECORDS) await scheduler.saveAgent({ agent });
  for (const booking of booked) await scheduler.execute(booking);
  for (const [callId, type] of transited) await scheduler.execute({ ...told, callId, type });
  const dailyCap = calls === null ? null : { calls, timezone: 'UTC' };
  await scheduler.savePolicy({ appId: APP, policy: { ...DEFAULT_POLICY, dailyCap } });
  return { db, scheduler };
}

async function made({ scheduler }: World, moves: readonly RescheduleCall[], mode: Mode): Promise<Together> {
  const outcome = await scheduler.executeMany(moves, mode);
  if (outcome.kind !== 'together') throw new Error(outcome.kind);
  return outcome;
}

const callsIn = ({ db }: World): Call[] => [...db.calls.values()];
const isOnDay = (call: Call): boolean => (slotOf(call)?.from ?? 0) >= START + DAY;
const pairs = (calls: readonly Call[]): number => {
  const slots = calls.flatMap((call) => occupancy(call) ?? []);
  return slots.flatMap((one, index) => slots.slice(index + 1).filter((other) => overlap(one, other))).length;
};

/** As they would be, if every move that can be made at all were made. */
const asAsked = (calls: readonly Call[], moves: readonly RescheduleCall[]): Call[] =>
  calls.map((call) => {
    const { startsAt: start, agentId } = moves.find(({ callId }) => callId === call.id)?.edits ?? {};
    return { ...call, startsAt: start ?? call.startsAt, agentId: agentId ?? call.agentId };
  });

/** Where else a call could go is told of one move, not of many. */
const brief = (decision: { readonly kind: string }) => ({ ...decision, alternatives: [] });

const check = <Moves>(
  moves: fc.Arbitrary<Moves>,
  property: (given: Setting, moves: Moves) => Promise<void>,
): Promise<void> => fc.assert(fc.asyncProperty(setting, moves, property), { numRuns: 400 });
const mixed = movesWith(fc.oneof(named, open));

describe('moves that are made all at once', () => {
  test('leave no overlap and no fuller day, and move what was asked and nothing else; or nothing', async () => {
    await check(mixed, async (given, moves) => {
      const world = await worldOf(given);
      const before = callsIn(world);
      const { carriedOut, decisions } = await made(world, moves, 'atomic');
      const after = callsIn(world);
      expect(decisions).toHaveLength(moves.length);
      expect(carriedOut).toBe(decisions.every(({ kind }) => kind === 'accepted'));
      expect(pairs(after)).toBe(0);
      if (!carriedOut) {
        expect(after).toEqual(before);
        return;
      }
      for (const agentId of ['ana', 'ben']) {
        const [were, are] = [before, after].map(
          (calls) => calls.filter((call) => occupancy(call)?.agentId === agentId && isOnDay(call)).length,
        );
        expect(are).toBeLessThanOrEqual(Math.max(given[2] ?? CALLS.length, were ?? 0));
      }
      const wanted = asAsked(before, moves);
      for (const [index, call] of after.entries()) {
        const asked = moves.find(({ callId }) => callId === call.id);
        const { startsAt: start, agentId } = wanted[index] ?? call;
        if (!asked) expect(call).toEqual(before[index]);
        expect(call.startsAt).toBe(start);
        if (asked?.edits.assignment === undefined) expect(call.agentId).toBe(agentId);
      }
    });
  });

  test('where each keeps or names its agent, the order does not matter', async () => {
    const shuffled = movesWith(named).chain((moves) =>
      fc.tuple(fc.constant(moves), fc.shuffledSubarray(moves, { minLength: moves.length })),
    );
    await check(shuffled, async (given, [moves, others]) => {
      const [one, other] = [await worldOf(given), await worldOf(given)];
      const [first, second] = [await made(one, moves, 'atomic'), await made(other, others, 'atomic')];
      expect(moves.map((move) => second.decisions[others.indexOf(move)])).toEqual(first.decisions);
      expect(callsIn(other)).toEqual(callsIn(one));
    });
  });

  test('each is refused for a taken slot if it would meet another one there, and only then', async () => {
    await check(movesWith(named), async ([booked], moves) => {
      const world = await worldOf([booked, [], null]);
      const [before, wanted] = [callsIn(world), asAsked(callsIn(world), moves)];
      const { decisions } = await made(world, moves, 'atomic');
      const expected = moves.map(({ callId, edits }) => {
        const [call, was] = [wanted, before].map((calls) => calls.find(({ id }) => id === callId));
        if (!call || !was) return 'call_not_found';
        if (edits.agentId === 'idle') return 'agent_unavailable';
        const stays = call.startsAt === was.startsAt && call.agentId === was.agentId;
        const meets = pairs(wanted) - pairs(wanted.filter((other) => other !== call)) > 0;
        return meets && !stays ? 'slot_taken' : 'accepted';
      });
      expect(decisions.map(({ kind }) => kind)).toEqual(expected);
    });
  });
});

describe('each move that can be made', () => {
  test('is made as if they were sent one after the other', async () => {
    await check(mixed, async (given, moves) => {
      const [together, alone] = [await worldOf(given), await worldOf(given)];
      const { carriedOut, decisions } = await made(together, moves, 'best_effort');
      expect(carriedOut).toBe(true);
      const outcomes = [];
      for (const move of moves) outcomes.push(await alone.scheduler.execute(move));
      expect(decisions.map(brief)).toEqual(outcomes.map(brief));
      expect(together.db.calls).toEqual(alone.db.calls);
      expect(together.db.events).toEqual(alone.db.events);
    });
  });

  test('is shown as it would be made, and nothing is changed', async () => {
    const mode = fc.constantFrom('atomic' as const, 'best_effort' as const);
    await check(fc.tuple(mixed, mode), async (given, [moves, how]) => {
      const world = await worldOf(given);
      const before = [callsIn(world), [...world.db.events.values()]];
      const shown = await world.scheduler.previewMany(moves, how);
      expect([callsIn(world), [...world.db.events.values()]]).toEqual(before);
      expect(shown).toEqual(await made(world, moves, how));
    });
  });
});
