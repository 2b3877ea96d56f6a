import { isMovable } from './call.ts';
import { seeksAgent, wantedPlace, type ChangeCall } from './commands.ts';
import { decide, type Decision } from './decide.ts';
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

/** Judges changes of different calls. */
export function decideTogether(
  commands: readonly ChangeCall[],
  mode: Mode,
  schedule: Schedule,
  now: Instant,
): Together {
  const decisions = (mode === 'atomic' ? atOnce : inTurn)(commands, schedule, now);
  const all = decisions.every(({ kind }) => kind === 'accepted');
  return { kind: 'together', carriedOut: mode === 'best_effort' || all, decisions };
}

function inTurn(commands: readonly ChangeCall[], schedule: Schedule, now: Instant): Decision[] {
  const after = schedule.vacated([]);
  return commands.map((command) => {
    const decision = decide(command, after, now);
    if (decision.kind === 'accepted') after.recordCall(decision.call);
    return decision;
  });
}

/**
 * Each is judged with all others where they want to be, so that two can change places. Where every move names its agent,
 * or keeps it, the order does not matter, and of two that want one time each is refused. Those that leave the agent open
 * choose one after the other, when the others have their places: another order may give them others, or none.
 */
function atOnce(commands: readonly ChangeCall[], schedule: Schedule, now: Instant): Decision[] {
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
  return named.map((command) => decide(command, after, now));
}
