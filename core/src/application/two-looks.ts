import type { KeyReused, Replayed } from '../domain/requests.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { Contended, GroupCommit, Judgement, Overloaded } from './group-commit.ts';
import { answeredOnce, type Once } from './once.ts';
import { NO_CHANGES, type Need } from './ports.ts';

/** What is judged, written and answered as a whole: a command, many moves, a series. */
export interface Unit<Outcome> {
  readonly needs: readonly Need[];
  /** With all that is looked at to say where else the calls could go that the first look has refused for their places. */
  readonly wideNeeds: (first: Outcome) => readonly Need[];
  /** Pure. `first` is what the first look said, undefined if this is that look; `misses`, how often this look was in vain. */
  readonly judge: (
    schedule: Schedule,
    now: Instant,
    first: Outcome | undefined,
    misses: number,
  ) => Judgement<Outcome>;
  /** Whether calls are refused for their places. */
  readonly isMisplaced: (outcome: Outcome) => boolean;
}

/**
 * Has a unit judged. One that is refused for its places is judged again with a wider look at the calendars, to say where
 * else its calls could go; the others do not pay for it. A first look that is followed by another is no answer: it writes
 * nothing, and nothing is kept of it for a key.
 */
export function inTwoLooks<Outcome>(
  commits: GroupCommit,
  unit: Unit<Outcome>,
): Promise<Outcome | Overloaded | Contended>;
export function inTwoLooks<Outcome>(
  commits: GroupCommit,
  unit: Unit<Outcome>,
  once: Once<Outcome> | undefined,
): Promise<Outcome | Replayed | KeyReused | Overloaded | Contended>;
export async function inTwoLooks<Outcome>(
  commits: GroupCommit,
  unit: Unit<Outcome>,
  once?: Once<Outcome>,
): Promise<Outcome | Replayed | KeyReused | Overloaded | Contended> {
  const first = await look(commits, unit, undefined, once);
  if (first.kind !== 'looked') return first;
  if (first.isAnswer) return first.outcome;
  const second = await look(commits, unit, first.outcome, once);
  return second.kind === 'looked' ? second.outcome : second;
}

interface Looked<Outcome> {
  readonly kind: 'looked';
  readonly outcome: Outcome;
  readonly isAnswer: boolean;
}

function look<Outcome>(
  commits: GroupCommit,
  unit: Unit<Outcome>,
  first: Outcome | undefined,
  once: Once<Outcome> | undefined,
): Promise<Looked<Outcome> | Replayed | KeyReused | Overloaded | Contended> {
  const needs = first === undefined ? unit.needs : unit.wideNeeds(first);
  const judge = (schedule: Schedule, now: Instant, misses: number): Judgement<Looked<Outcome>> => {
    const judgement = unit.judge(schedule, now, first, misses);
    const outcome = judgement.answer;
    const isAnswer = first !== undefined || !unit.isMisplaced(outcome);
    const answer = { kind: 'looked' as const, outcome, isAnswer };
    return isAnswer ? { ...judgement, answer } : { answer, changes: NO_CHANGES };
  };
  if (!once) return commits.submit(needs, judge);
  const kept: Once<Looked<Outcome>> = {
    ...once,
    answer: ({ outcome, isAnswer }) => (isAnswer ? once.answer(outcome) : undefined),
  };
  // A need of its own would count in the queue as one command more.
  const [need = { appId: once.key.appId }, ...others] = needs;
  return commits.submit([{ ...need, request: once.key }, ...others], (schedule, now, misses) =>
    answeredOnce(kept, (...looked) => judge(...looked, misses))(schedule, now),
  );
}
