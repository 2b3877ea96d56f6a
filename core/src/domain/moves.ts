import type { AgentId, Call } from './call.ts';
import type { Changed } from './events.ts';
import type { Instant } from './time.ts';

/** What is remembered of a call's moves. */
export interface Moves {
  /** How often it has been moved to another time. */
  readonly count: number;
  readonly firstStartsAt: Instant;
  /** What the last move left, as long as it has not been taken back. */
  readonly last: LastMove | null;
}

export interface LastMove {
  readonly at: Instant;
  /** The version that it made. */
  readonly version: number;
  readonly startsAt: Instant;
  readonly agentId: AgentId | null;
}

export const neverMoved = (startsAt: Instant): Moves => ({ count: 0, firstStartsAt: startsAt, last: null });

/** The moves of `before` after one more event. Time and agent can change in one version, by an event each. */
export function afterMove(before: Call, event: Changed): Moves {
  const { moves } = before;
  if (event.type === 'move_undone') {
    return { ...moves, count: moves.count - (event.from.startsAt === undefined ? 0 : 1), last: null };
  }
  if (event.type !== 'rescheduled' && event.type !== 'assigned') return moves;
  const { at, version } = event;
  const { startsAt, agentId } = before;
  // Its series has moved to a time that clocks skip, and it is there already.
  if (event.type === 'rescheduled' && event.to.startsAt === startsAt) return moves;
  return {
    ...moves,
    count: moves.count + (event.type === 'rescheduled' ? 1 : 0),
    last: moves.last?.version === version ? moves.last : { at, version, startsAt, agentId },
  };
}
