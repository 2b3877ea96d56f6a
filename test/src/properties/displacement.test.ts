import {
  createScheduler,
  DAY,
  DEFAULT_POLICY,
  MINUTE,
  occupancy,
  overlap,
  type Call,
  type CallRequest,
  type Displaced,
  type Scheduler,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore } from '@reslot/adapters/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { START } from './histories.ts';

/** Random calendars of three agents, one of whom is going to be off. */

const AGENTS = ['ana', 'ben', 'cem'];
const told = { appId: 'app', actor: { type: 'agent', id: 'ana' }, source: 'property' } as const;
const buffer = fc.constantFrom(0, 0, 5, 20);
const minutes = fc.integer({ min: 0, max: 60 }).map((tick) => tick * 10);

const booking = fc.record({
  startsAt: minutes.map((at) => START + DAY + at * MINUTE),
  agentId: fc.constantFrom('ana', 'ana', 'ben', 'cem'),
  durationMinutes: fc.constantFrom(15, 30, 60),
  bufferBeforeMinutes: buffer,
  bufferAfterMinutes: buffer,
});
const hour = fc.integer({ min: 0, max: 10 });
const agent = fc.record({
  active: fc.constantFrom(true, true, false),
  hours: fc.option(
    fc.tuple(
      hour,
      hour.map((later) => later + 12),
    ),
  ),
  quiet: fc.option(minutes),
});
const world = fc.record({
  bookings: fc.array(booking, { minLength: 1, maxLength: 14 }),
  agents: fc.tuple(agent, agent, agent),
  starts: fc.array(fc.nat({ max: 13 }), { maxLength: 1 }),
  off: fc.tuple(minutes, minutes).map(([from, length]) => ({
    from: START + DAY + from * MINUTE,
    to: START + DAY + (from + length + 1) * MINUTE,
  })),
  policy: fc.record({ cap: fc.constantFrom(null, null, 3), shift: fc.constantFrom(null, null, 120) }),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

const idOf = (index: number): string => `c${index}`;

async function worldOf({ bookings, agents, starts, policy }: World) {
  const db = memoryDatabase();
  const ports = { clock: fixedClock(START), ids: { callId: () => 'unused' } };
  const scheduler = createScheduler({ store: memoryStore(db), ...ports });
  for (const id of AGENTS) await scheduler.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
  for (const [index, over] of bookings.entries()) {
    const guest = { guestName: 'G', appTimezone: 'UTC' };
    const request: CallRequest = { ...told, ...guest, ...over, type: 'create', callId: idOf(index) };
    await scheduler.execute(request);
  }
  for (const index of starts) await scheduler.execute({ ...told, type: 'start', callId: idOf(index) });
  for (const [index, { active, hours, quiet }] of agents.entries()) {
    const id = AGENTS[index] ?? '';
    await scheduler.saveAgent({ agent: { appId: 'app', id, name: id, active } });
    await scheduler.saveAvailability({
      appId: 'app',
      agentId: id,
      availability: availabilityOf(hours, quiet),
    });
  }
  const agentsMay = { ...DEFAULT_POLICY.actors.agent, maxTotalShiftMinutes: policy.shift };
  const dailyCap = policy.cap === null ? null : { calls: policy.cap, timezone: 'UTC' };
  const actors = { ...DEFAULT_POLICY.actors, agent: agentsMay };
  await scheduler.savePolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, actors, dailyCap } });
  return { scheduler, calls: (): Call[] => [...db.calls.values()] };
}

const availabilityOf = (hours: readonly [number, number] | null, quiet: number | null) => ({
  windows: [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) =>
    hours
      ? [{ weekday, start: `${hours[0]}:00`.padStart(5, '0'), end: `${hours[1]}:00`, timezone: 'UTC' }]
      : [],
  ),
  exceptions: [],
  doNotDisturb:
    quiet === null ? [] : [{ from: START + DAY + quiet * MINUTE, to: START + DAY + (quiet + 60) * MINUTE }],
});

async function displacedBy(scheduler: Scheduler, off: World['off']): Promise<readonly Displaced[]> {
  const found = await scheduler.displaced({ ...told, agentId: 'ana', off, reason: null });
  if (found.kind !== 'displacement') throw new Error(found.kind);
  return found.displaced;
}

const movesOf = (displaced: readonly Displaced[]) =>
  displaced.flatMap(({ call, proposal }) =>
    proposal
      ? [
          {
            ...told,
            type: 'reschedule' as const,
            callId: call.id,
            edits: { startsAt: proposal.from, agentId: proposal.agentId },
            versions: [call.version],
          },
        ]
      : [],
  );

const isDisplaced = (call: Call, off: World['off']): boolean => {
  const slot = occupancy(call);
  return slot !== null && overlap(slot, { agentId: 'ana', ...off });
};

test('the calls that an absence displaces are found, and their proposals are accepted whole', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const { scheduler, calls } = await worldOf(given);
      const before = calls();
      const displaced = await displacedBy(scheduler, given.off);
      expect(calls()).toEqual(before);
      expect(displaced.map(({ call }) => call.startsAt)).toEqual(
        displaced.map(({ call }) => call.startsAt).toSorted((a, b) => a - b),
      );
      const found = new Set(displaced.map(({ call }) => call.id));
      expect(found).toEqual(
        new Set(before.filter((call) => isDisplaced(call, given.off)).map(({ id }) => id)),
      );
      const moves = movesOf(displaced);
      if (moves.length === 0) return;
      const outcome = await scheduler.executeMany(moves, 'atomic');
      expect(outcome).toMatchObject({ carriedOut: true });
      expect(
        outcome.kind === 'together' &&
          outcome.decisions.every((one) => one.kind === 'accepted' && one.events.length > 0),
      ).toBe(true);
      // Those that are left have no place.
      const left = (await displacedBy(scheduler, given.off)).map(({ call }) => call.id);
      expect(left).toEqual(displaced.filter(({ proposal }) => !proposal).map(({ call }) => call.id));
    }),
    { numRuns: 300 },
  );
});

test('a call goes to another agent at its time if one can take it, else to the nearest quarter of an hour', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const { scheduler } = await worldOf(given);
      const [first] = await displacedBy(scheduler, given.off);
      if (!first) return;
      const { call, proposal } = first;
      const blocked = [{ kind: 'blocked' as const, ...given.off }];
      const hours = availabilityOf(given.agents[0].hours, given.agents[0].quiet);
      await scheduler.saveAvailability({
        appId: 'app',
        agentId: 'ana',
        availability: { ...hours, exceptions: blocked },
      });
      const takes = async (startsAt: number, agentId: string): Promise<boolean> => {
        const asked = { ...told, type: 'reschedule' as const, callId: call.id, edits: { startsAt, agentId } };
        const decision = await scheduler.preview(asked);
        return decision.kind === 'accepted' && (agentId !== 'ana' || !isDisplaced(decision.call, given.off));
      };
      const others = [];
      for (const id of ['ben', 'cem']) if (await takes(call.startsAt, id)) others.push(id);
      if (others.length > 0) {
        expect([proposal?.from, others.includes(proposal?.agentId ?? '')]).toEqual([call.startsAt, true]);
        return;
      }
      const quarters = Array.from(
        { length: 97 },
        (_, index) => call.startsAt - (call.startsAt % (15 * MINUTE)) + (index - 48) * 15 * MINUTE,
      );
      const away = (start: number) => Math.abs(start - call.startsAt);
      let nearest: number | undefined;
      for (const start of quarters.toSorted((a, b) => away(a) - away(b) || a - b)) {
        if (start === call.startsAt || !(await takes(start, 'ana'))) continue;
        nearest = start;
        break;
      }
      // Who takes no new calls is proposed for none.
      if (!given.agents[0].active) expect(proposal).toBeNull();
      else if (nearest !== undefined) expect(proposal).toMatchObject({ agentId: 'ana', from: nearest });
      else if (proposal) expect(away(proposal.from)).toBeGreaterThan(720 * MINUTE - 15 * MINUTE);
    }),
    { numRuns: 100 },
  );
});
