import {
  isMisplaced,
  type Call,
  type GuestLinkRefusal,
  type Instant,
  type Offer,
  type Refusal,
} from '@reslot/core';
import { errorBody } from '../answers/envelopes.ts';
import { ProblemError, problems, type Problem } from '../answers/problems.ts';
import { problemOf, type Wording } from '../answers/refusals.ts';
import { timeShape } from './shapes.ts';
import { saidOf } from './words.ts';

/** How a guest is told that something cannot be done. */

/** One answer for every link that does not hold. */
export const noLink = (): Problem =>
  problems.notFound(
    'this link does not hold, or not any more; the latest message about the call has the one that does',
  );

const WORDS: Wording = {
  startsAt: 'startUtc',
  agentId: 'agentId',
  field: (path) => path.replace(/^(from|to)$/, '$1Utc'),
  noCall: noLink,
  body: errorBody,
};

/** What was filled into the form for another time. */
export interface Filled {
  readonly startsAt: Instant;
  readonly reason?: string | undefined;
}

/** A move that was refused, and times to choose among at once, with what was filled in. */
export class RefusedMove extends ProblemError {
  /** Where the call could begin. */
  readonly starts: readonly Instant[];
  readonly filled: Filled;

  constructor(problem: Problem, starts: readonly Instant[], filled: Filled) {
    super(problem);
    this.starts = starts;
    this.filled = filled;
  }
}

/** A guest does not choose agents. */
const ownOffers = (refusal: Refusal | GuestLinkRefusal, { agentId }: Call): Offer[] =>
  isMisplaced(refusal) ? refusal.alternatives.filter((offer) => offer.agentId === agentId) : [];

/** Why an agent has no time is the agent's business: a guest is told that it has none. */
function problemToGuest(refusal: Refusal | GuestLinkRefusal, call: Call): Problem {
  if (isMisplaced(refusal)) {
    const told = { alternatives: ownOffers(refusal, call).map(timeShape) };
    return problems.conflict('slot_taken', 'that time is not free any more', told);
  }
  const { issues, ...problem } = problemOf(refusal, WORDS);
  const said = saidOf(refusal);
  return said === undefined ? { ...problem, ...(issues && { issues }) } : { ...problem, message: said };
}

export const refusedToGuest = (refusal: Refusal | GuestLinkRefusal, call: Call): ProblemError =>
  new ProblemError(problemToGuest(refusal, call));

/** As above, with the times that are left: the one that was chosen, if all that it wants is a reason. */
export function moveRefusedToGuest(
  refusal: Refusal | GuestLinkRefusal,
  call: Call,
  filled: Filled,
): RefusedMove {
  const starts =
    refusal.kind === 'reason_required'
      ? [filled.startsAt]
      : ownOffers(refusal, call)
          .map(({ from }) => from)
          .toSorted((a, b) => a - b);
  return new RefusedMove(problemToGuest(refusal, call), starts, filled);
}
