import { withAlternatives } from './alternatives.ts';
import { isMovable } from './call.ts';
import { isPlacing, seeksAgent, wantedPlace, type ChangeCall } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import type { Offer } from './offers.ts';
import type { Schedule } from './schedule.ts';
import { slotOf } from './slots.ts';
import type { Instant } from './time.ts';

export const MODES = ['atomic', 'best_effort'] as const;
/** All changes or none, judged by the state that they make together; or each that can be made after those before it. */
export type Mode = (typeof MODES)[number];

/** What becomes of many changes. */
export interface Together {
  readonly kind: 'together';
  /** Whether what was accepted is carried out: of atomic ones only if all are. */
  readonly carriedOut: boolean;
  /** One for each, in their order. */
  readonly decisions: readonly Decision[];
}

/** The state that changes are judged by, or that they leave, and what becomes of each. */
interface Judged {
  readonly after: Schedule;
  readonly decisions: readonly Decision[];
}

const NONE: ReadonlySet<number> = new Set();

/**
 * Judges changes of different calls. Those of `told`, which are some of their numbers from 0, are told where else their
 * calls could go if they are refused for their places: each place is accepted for its call if it is sent at once, of
 * atomic changes in the same request, else by itself afterwards.
 */
export function decideTogether(
  commands: readonly ChangeCall[],
  mode: Mode,
  schedule: Schedule,
  now: Instant,
  told: ReadonlySet<number> = NONE,
): Together {
  const { after, decisions } = (mode === 'atomic' ? atOnce : inTurn)(commands, schedule, now);
  const all = decisions.every(({ kind }) => kind === 'accepted');
  const answered = decisions.map((decision, index) => {
    const command = commands[index];
    if (!command || !told.has(index)) return decision;
    const fits = mode === 'atomic' ? offerable(index, commands, schedule) : undefined;
    return withAlternatives(command, decision, after, now, fits);
  });
  return { kind: 'together', carriedOut: mode === 'best_effort' || all, decisions: answered };
}

function inTurn(commands: readonly ChangeCall[], schedule: Schedule, now: Instant): Judged {
  const after = schedule.vacated([]);
  const decisions = commands.map((command) => {
    const decision = decide(command, after, now);
    if (decision.kind === 'accepted') after.recordCall(decision.call);
    return decision;
  });
  return { after, decisions };
}

/**
 * Each is judged with all others where they want to be, so that two can change places. Where every move names its agent,
 * or keeps it, the order does not matter, and of two that want one time each is refused. Those that leave the agent open
 * choose one after the other, when the others have their places: another order may give them others, or none.
 */
function atOnce(commands: readonly ChangeCall[], schedule: Schedule, now: Instant): Judged {
  const moving = commands.flatMap((command) => {
    const call = schedule.call(command.appId, command.callId);
    const place = call && isMovable(call.status) ? wantedPlace(command, call) : undefined;
    return call && place ? [{ command, call, place }] : [];
  });
  const after = schedule.vacated(moving.map(({ call }) => call));
  // By id, so that of several which begin at one time the same is named as the obstacle.
  for (const { command, call, place } of moving.toSorted((a, b) => (a.call.id < b.call.id ? -1 : 1))) {
    if (!seeksAgent(command)) after.keep(call, slotOf(place));
  }
  const named = commands.map((command) => {
    if (command.type !== 'reschedule' || !seeksAgent(command)) return command;
    const decision = decide(command, after, now);
    if (decision.kind !== 'accepted') return command;
    const { agentId } = decision.call;
    after.keep(decision.call, slotOf(decision.call));
    return { ...command, edits: { ...command.edits, agentId: agentId ?? undefined, assignment: undefined } };
  });
  return { after, decisions: named.map((command) => decide(command, after, now)) };
}

/**
 * What may be offered to one of atomic changes. When it is sent again, those that leave the agent open choose around it;
 * but one that is with an agent already, or passes over the policy, may come to a day that is full without it.
 */
function offerable(index: number, commands: readonly ChangeCall[], schedule: Schedule) {
  const capped = commands.filter(({ appId }) => schedule.policy(appId).dailyCap !== null);
  const seeking = capped.filter((other) => other !== commands[index] && seeksAgent(other));
  return ({ agentId }: Offer): boolean =>
    !seeking.some(
      (other) =>
        schedule.call(other.appId, other.callId)?.agentId === agentId ||
        (isPlacing(other) && other.overrides?.includes('policy')),
    );
}
