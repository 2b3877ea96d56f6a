import { decide, isMisplaced, MINUTE, MOST_ALTERNATIVES, type CallCommand, type Offer } from '@reslot/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENTS, history } from './histories.ts';
import { Live } from './live.ts';

const QUARTER = 15 * MINUTE;
const REACH = 7 * 24 * 60 * MINUTE;

test('a preview says what is answered to the command right after, and changes nothing', async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const live = new Live();
      await live.run(steps, async (command) => {
        const before = live.state();
        const preview = await live.scheduler.preview(command);
        expect(live.state()).toEqual(before);
        const outcome = await live.scheduler.execute(command);
        expect(preview).toEqual(outcome);
        kinds.add(isMisplaced(outcome) && outcome.alternatives.length > 0 ? 'alternatives' : outcome.kind);
      });
    }),
    { numRuns: 60 },
  );
  expect([...kinds]).toEqual(expect.arrayContaining(['accepted', 'alternatives', 'call_not_found']));
});

/** The command that a caller sends who takes an offer, and may override nothing. */
function taking(command: CallCommand, { agentId, from: startsAt }: Offer): CallCommand {
  if (command.type === 'create') return { ...command, agentId, startsAt, overrides: [] };
  const { appId, callId, actor, source, reason, versions } = command;
  const edits = { ...(command.type === 'reschedule' && command.edits), agentId, startsAt };
  return { type: 'reschedule', appId, callId, actor, source, reason, versions, edits, overrides: [] };
}

/** What is to be offered, found without any of what makes the search fast. */
function expected(
  live: Live,
  command: CallCommand,
  agentId: string,
  startsAt: number,
): Pick<Offer, 'agentId' | 'from'>[] {
  const schedule = live.schedule();
  const call = schedule.call(command.appId, command.callId);
  const isOpen = (place: Pick<Offer, 'agentId' | 'from'>): boolean => {
    if (call?.agentId === place.agentId && call.startsAt === place.from) return false;
    return decide(taking(command, { ...place, to: 0 }), schedule, live.clock.now()).kind === 'accepted';
  };
  const starts: number[] = [];
  const first = Math.ceil((startsAt - REACH) / QUARTER) * QUARTER;
  for (let from = first; from <= startsAt + REACH; from += QUARTER) starts.push(from);
  const own: Pick<Offer, 'agentId' | 'from'>[] = [];
  const takesCalls = schedule.agent(command.appId, agentId)?.active === true;
  for (const from of starts.toSorted((a, b) => Math.abs(a - startsAt) - Math.abs(b - startsAt) || a - b)) {
    if (takesCalls && own.length < MOST_ALTERNATIVES && isOpen({ agentId, from }))
      own.push({ agentId, from });
  }
  // Those who follow by id, and then the first ones again.
  const inTurn = [...AGENTS.filter((id) => id > agentId), ...AGENTS.filter((id) => id < agentId)];
  const others = inTurn
    .filter((id) => id !== agentId && schedule.agent(command.appId, id)?.active)
    .map((id) => ({ agentId: id, from: startsAt }))
    .filter(isOpen);
  return [...own.slice(0, Math.max(3, MOST_ALTERNATIVES - others.length)), ...others];
}

test('every alternative is accepted if it is sent at once: the nearest of the same agent, then others', async () => {
  let taken = 0;
  let ofOthers = 0;
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const live = new Live();
      await live.run(steps, async (command) => {
        const outcome = await live.scheduler.execute(command);
        if (!isMisplaced(outcome)) return;
        const { alternatives, wanted } = outcome;
        expect(alternatives.length).toBeLessThanOrEqual(MOST_ALTERNATIVES);
        for (const offer of alternatives) {
          const accepted = await live.fork().scheduler.execute(taking(command, offer));
          expect(accepted).toMatchObject({
            kind: 'accepted',
            call: { agentId: offer.agentId, startsAt: offer.from },
          });
          taken += 1;
        }
        const call = live.schedule().call(command.appId, command.callId);
        const startsAt = wanted.from + bufferOf(command, call?.bufferBeforeMinutes) * MINUTE;
        const offered = alternatives.map(({ agentId, from }) => ({ agentId, from }));
        expect(offered).toEqual(expected(live, command, wanted.agentId, startsAt));
        ofOthers += offered.filter(({ agentId }) => agentId !== wanted.agentId).length;
      });
    }),
    { numRuns: 100 },
  );
  expect(taken).toBeGreaterThan(100);
  expect(ofOthers).toBeGreaterThan(20);
});

const bufferOf = (command: CallCommand, known = 0): number =>
  command.type === 'create' ? (command.bufferBeforeMinutes ?? 0) : known;
