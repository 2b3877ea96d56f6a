import {
  ACTOR_TYPES,
  DAY,
  decide,
  MINUTE,
  type Call,
  type CallCommand,
  type Decision,
  type Instant,
  type Offer,
  type OpenSlotsQuery,
  type Schedule,
} from '@reslot/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENTS, CALLS, history, START } from './histories.ts';
import { Live } from './live.ts';
import { PATIENCE, RUNS } from './runs.ts';
import { hasPlaced } from './world.ts';

/** For a new call, or for one that is there, in an hour or in all that a history is about. */
const query: fc.Arbitrary<OpenSlotsQuery> = fc
  .record({
    from: fc.integer({ min: -30, max: 40 }).map((steps) => START + DAY + steps * 7 * MINUTE),
    hours: fc.constantFrom(1, 5, 5),
    actor: fc.record({ type: fc.constantFrom(...ACTOR_TYPES), id: fc.constant('me') }),
    agentId: fc.option(fc.constantFrom(...AGENTS, 'nobody'), { nil: undefined, freq: 2 }),
    stepMinutes: fc.constantFrom(undefined, 7, 15),
    respectHours: fc.constantFrom(undefined, true, false, false),
    what: fc.oneof(
      fc.record({ callId: fc.constantFrom(...CALLS) }),
      fc.record({
        durationMinutes: fc.constantFrom(10, 60),
        bufferBeforeMinutes: fc.constantFrom(undefined, 15),
      }),
    ),
  })
  .map(({ hours, what, ...rest }) => ({
    ...rest,
    ...what,
    appId: 'app',
    to: rest.from + hours * 60 * MINUTE,
  }));

/** A history takes longer than a search. */
const PER_HISTORY = 10;
const searches = fc.array(query, { minLength: PER_HISTORY, maxLength: PER_HISTORY });

/** What the actor sends to put the call, or a new one, there. */
function taking(
  asked: OpenSlotsQuery,
  call: Call | undefined,
  place: Pick<Offer, 'agentId' | 'from'>,
): CallCommand {
  const { appId, actor, durationMinutes, bufferBeforeMinutes, respectHours } = asked;
  const to = { agentId: place.agentId, startsAt: place.from };
  const overrides = respectHours === false ? ['availability' as const] : [];
  const told = { appId, actor, source: 'test', reason: 'because', overrides };
  return call
    ? { ...told, type: 'reschedule', callId: call.id, versions: [call.version], edits: to }
    : {
        ...told,
        type: 'create',
        callId: 'new',
        guestName: 'G',
        appTimezone: 'UTC',
        durationMinutes,
        bufferBeforeMinutes,
        ...to,
      };
}

/** Whether it is a move, or a booking, that passes over nothing but working hours. */
const isPlain = (decision: Decision): boolean =>
  hasPlaced(decision) &&
  decision.events.every(({ overridden = [] }) => overridden.every((kind) => kind === 'outside_hours'));

const nameOf = ({ agentId, from }: Pick<Offer, 'agentId' | 'from'>) =>
  `${(from - START) / MINUTE} ${agentId}`;

/** The agents who come into question. */
const agentsFor = ({ agentId }: OpenSlotsQuery, call: Call | undefined, schedule: Schedule): string[] =>
  agentId === undefined
    ? AGENTS.filter((id) => schedule.agent('app', id)?.active)
    : [agentId].filter((id) => schedule.agent('app', id)?.active || id === call?.agentId);

/** Every move on the grid that the rules accept. A late call can be given to somebody else, but nobody is offered the past. */
function acceptedOn(
  asked: OpenSlotsQuery,
  call: Call | undefined,
  schedule: Schedule,
  now: Instant,
): string[] {
  const minutes = call?.durationMinutes ?? asked.durationMinutes ?? 0;
  const step = (asked.stepMinutes ?? minutes) * MINUTE;
  const accepted: string[] = [];
  for (let from = asked.from; from + minutes * MINUTE <= asked.to; from += step) {
    if (from <= now) continue;
    for (const agentId of agentsFor(asked, call, schedule)) {
      if (isPlain(decide(taking(asked, call, { agentId, from }), schedule, now)))
        accepted.push(nameOf({ agentId, from }));
    }
  }
  return accepted;
}

test(
  'every open slot is accepted at once, and every accepted move on its grid was offered',
  { timeout: PATIENCE },
  async () => {
    const seen = { offered: 0, moves: 0, outsideOfHours: 0 };

    async function check(live: Live, asked: OpenSlotsQuery, call: Call | undefined, slots: readonly Offer[]) {
      for (const slot of slots) {
        expect(slot.to - slot.from).toBe((call?.durationMinutes ?? asked.durationMinutes ?? 0) * MINUTE);
        expect(slot.to).toBeLessThanOrEqual(asked.to);
        const accepted = await live.fork().scheduler.execute(taking(asked, call, slot));
        expect(accepted).toMatchObject({
          kind: 'accepted',
          call: { agentId: slot.agentId, startsAt: slot.from },
        });
        seen.offered += 1;
        const isOutside =
          accepted.kind === 'accepted' && accepted.verdicts.some(({ verdict }) => verdict === 'overridden');
        if (isOutside) seen.outsideOfHours += 1;
      }
      const accepted = acceptedOn(asked, call, live.schedule(), live.clock.now());
      seen.moves += accepted.length;
      const offered = slots.map(nameOf);
      expect(accepted.filter((move) => !offered.includes(move))).toEqual([]);
      expect(new Set(offered).size).toBe(offered.length);
      expect(slots).toEqual(slots.toSorted((a, b) => a.from - b.from || (a.agentId < b.agentId ? -1 : 1)));
    }

    async function search(live: Live, asked: OpenSlotsQuery): Promise<void> {
      const schedule = live.schedule();
      const answer = await live.scheduler.openSlots(asked);
      const { callId, agentId } = asked;
      const call = callId === undefined ? undefined : schedule.call('app', callId);
      if (callId !== undefined && !call) {
        expect(answer).toEqual({ kind: 'call_not_found', appId: 'app', callId });
      } else if (agentId !== undefined && agentsFor(asked, call, schedule).length === 0) {
        expect(answer).toEqual({ kind: 'agent_unavailable', agentId });
      } else {
        if (answer.kind !== 'open_slots') throw new Error(JSON.stringify(answer));
        await check(live, asked, call, answer.slots);
      }
    }

    await fc.assert(
      fc.asyncProperty(history, searches, async (steps, all) => {
        const live = new Live();
        await live.run(steps);
        const before = live.state();
        for (const asked of all) await search(live, asked);
        expect(live.state()).toEqual(before);
      }),
      { numRuns: RUNS / PER_HISTORY },
    );
    expect(seen.offered).toBeGreaterThan(200);
    expect(seen.moves).toBeGreaterThan(200);
    expect(seen.outsideOfHours).toBeGreaterThan(0);
  },
);
