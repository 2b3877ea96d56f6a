import { wantedPlace, type RescheduleCall } from './commands.ts';
import { decide, type Decision } from './decide.ts';
import type { Schedule } from './schedule.ts';
import type { Instant } from './time.ts';

export const MODES = ['atomic', 'best_effort'] as const;
/** All moves or none, judged by the state that they make together; or each that can be made after those before it. */
export type Mode = (typeof MODES)[number];

/** What becomes of many moves. */
export interface Together {
  readonly kind: 'together';
  /** Whether what was accepted is carried out: of atomic moves only if all are. */
  readonly carriedOut: boolean;
  /** One for each, in their order. */
  readonly decisions: readonly Decision[];
}

/** Judges moves of different calls. Of atomic ones none is in the way of another's old place, so that two can change places. */
export function decideTogether(
  commands: readonly RescheduleCall[],
  mode: Mode,
  schedule: Schedule,
  now: Instant,
): Together {
  const moving = commands.flatMap((command) => {
    const call = schedule.call(command.appId, command.callId);
    return mode === 'atomic' && call && wantedPlace(command, call) ? [call] : [];
  });
  const after = schedule.vacated(moving);
  const decisions = commands.map((command) => {
    const decision = decide(command, after, now);
    if (decision.kind === 'accepted') after.recordCall(decision.call);
    return decision;
  });
  const all = decisions.every(({ kind }) => kind === 'accepted');
  return { kind: 'together', carriedOut: mode === 'best_effort' || all, decisions };
}
