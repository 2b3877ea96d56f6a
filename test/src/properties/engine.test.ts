import {
  decide,
  isMisplaced,
  MINUTE,
  MOST_ALTERNATIVES,
  type CallCommand,
  type Offer,
  type PlaceRejection,
} from '@reslot/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { history } from './histories.ts';
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
    { numRuns: 80 },
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

/** The starts with one agent that are accepted, nearest first, until there are enough of them. */
function nearest(live: Live, command: CallCommand, { wanted }: PlaceRejection, startsAt: number): number[] {
  const schedule = live.schedule();
  const { agentId } = wanted;
  const call = schedule.call(command.appId, command.callId);
  const starts: number[] = [];
  for (let at = Math.ceil((startsAt - REACH) / QUARTER) * QUARTER; at <= startsAt + REACH; at += QUARTER)
    starts.push(at);
  const found: number[] = [];
  for (const from of starts.toSorted((a, b) => Math.abs(a - startsAt) - Math.abs(b - startsAt) || a - b)) {
    if (found.length === MOST_ALTERNATIVES) break;
    if (call?.agentId === agentId && call.startsAt === from) continue;
    const decision = decide(taking(command, { agentId, from, to: from }), schedule, live.clock.now());
    if (decision.kind === 'accepted') found.push(from);
  }
  return found;
}

test('every alternative is accepted if it is sent at once: the nearest of the same agent, then others', async () => {
  let taken = 0;
  let ofTheSame = 0;
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
        const own = alternatives.filter(({ agentId }) => agentId === wanted.agentId);
        const others = alternatives.filter(({ agentId }) => agentId !== wanted.agentId);
        expect(alternatives).toEqual([...own, ...others]);
        expect(others.every(({ from }) => from === startsAt)).toBe(true);
        expect(others.map(({ agentId }) => agentId)).toEqual(others.map(({ agentId }) => agentId).toSorted());
        const best = nearest(live, command, outcome, startsAt);
        expect(own.map(({ from }) => from)).toEqual(best.slice(0, own.length));
        // What is left out makes room for others.
        if (own.length < best.length) expect(own.length + others.length).toBe(MOST_ALTERNATIVES);
        ofTheSame += own.length;
      });
    }),
    { numRuns: 100 },
  );
  expect(taken).toBeGreaterThan(100);
  expect(ofTheSame).toBeGreaterThan(100);
});

const bufferOf = (command: CallCommand, known = 0): number =>
  command.type === 'create' ? (command.bufferBeforeMinutes ?? 0) : known;
