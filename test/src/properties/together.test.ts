import {
  createScheduler,
  DAY,
  DEFAULT_POLICY,
  isMisplaced,
  MINUTE,
  occupancy,
  overlap,
  slotOf,
  type Call,
  type CallRequest,
  type Decision,
  type Mode,
  type Offer,
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
const movesWith = (
  edits: fc.Arbitrary<RescheduleCall['edits']>,
  of: readonly string[] = [...CALLS, 'unknown'],
  maxLength = of.length,
): fc.Arbitrary<RescheduleCall[]> =>
  fc
    .uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength })
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

/** Where else a call could go depends on those after it, too. */
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

const offersTo = (decision: Decision | undefined): readonly Offer[] =>
  decision && isMisplaced(decision) ? decision.alternatives : [];

/** The move, for a place that was offered. */
const taking = (move: RescheduleCall, { agentId, from }: Offer): RescheduleCall => {
  const { assignment, ...edits } = move.edits;
  return { ...move, edits: { ...edits, agentId, startsAt: from } };
};

async function previewed(world: World, moves: readonly RescheduleCall[]): Promise<readonly Decision[]> {
  const outcome = await world.scheduler.previewMany(moves, 'atomic');
  if (outcome.kind !== 'together') throw new Error(outcome.kind);
  return outcome.decisions;
}

/** Few enough that one of them is often refused alone. */
const few = (edits: fc.Arbitrary<RescheduleCall['edits']>) => movesWith(edits, CALLS, 3);

describe('each place that is offered to a refused move', () => {
  const isOffer = ({ agentId, from }: Offer) => ({ kind: 'accepted', call: { agentId, startsAt: from } });

  test('of atomic ones is accepted in its place in the same request', async () => {
    let [accepted, besideSeekers] = [0, 0];
    await check(few(fc.oneof(named, open)), async (given, moves) => {
      const world = await worldOf(given);
      const { decisions } = await made(world, moves, 'atomic');
      for (const [index, move] of moves.entries()) {
        for (const offer of offersTo(decisions[index])) {
          const again = await previewed(world, moves.with(index, taking(move, offer)));
          expect(again[index]).toMatchObject(isOffer(offer));
          accepted += 1;
          if (moves.some(({ edits }, at) => at !== index && edits.assignment)) besideSeekers += 1;
        }
      }
    });
    expect(accepted).toBeGreaterThan(100);
    expect(besideSeekers).toBeGreaterThan(20);
  });

  test('of atomic ones is what it would be offered alone, all others being where they want to be', async () => {
    let [compared, carriedOut] = [0, 0];
    await check(few(named), async (given, moves) => {
      const { decisions } = await made(await worldOf(given), moves, 'atomic');
      for (const [index, move] of moves.entries()) {
        const [decision, others] = [decisions[index], moves.toSpliced(index, 1)];
        if (!decision || !isMisplaced(decision)) continue;
        const world = await worldOf(given);
        if (others.length > 0 && !(await made(world, others, 'atomic')).carriedOut) continue;
        expect(decision).toEqual(await world.scheduler.preview(move));
        compared += 1;
        const [first] = decision.alternatives;
        const isAlone = decisions.every(({ kind }, at) => at === index || kind === 'accepted');
        // Whoever comes to a full day may stand in the way of one that comes there, too.
        if (!first || !isAlone || given[2] !== null) continue;
        const again = await made(await worldOf(given), moves.with(index, taking(move, first)), 'atomic');
        expect(again.carriedOut).toBe(true);
        carriedOut += 1;
      }
    });
    expect(compared).toBeGreaterThan(20);
    expect(carriedOut).toBeGreaterThan(2);
  });

  test('where each is made that can be is accepted as a move of its own afterwards', async () => {
    let [accepted, compared] = [0, 0];
    await check(mixed, async (given, moves) => {
      const world = await worldOf(given);
      const { decisions } = await made(world, moves, 'best_effort');
      for (const [index, move] of moves.entries()) {
        const decision = decisions[index];
        if (!decision || !isMisplaced(decision)) continue;
        const alone = await world.scheduler.preview(move);
        if (isMisplaced(alone)) {
          expect(decision.alternatives).toEqual(alone.alternatives);
          compared += 1;
        }
        for (const offer of decision.alternatives) {
          expect(await world.scheduler.preview(taking(move, offer))).toMatchObject(isOffer(offer));
          accepted += 1;
        }
      }
    });
    expect(accepted).toBeGreaterThan(200);
    expect(compared).toBeGreaterThan(30);
  });
});
