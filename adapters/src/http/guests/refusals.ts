import { isMisplaced, type Call, type GuestLinkRefusal, type Refusal } from '@reslot/core';
import { errorBody } from '../answers/envelopes.ts';
import { ProblemError, problems, type Problem } from '../answers/problems.ts';
import { problemOf, type AnyRefusal, type Wording } from '../answers/refusals.ts';
import { timeShape } from './shapes.ts';

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

/** Where the words for an application would not do for a guest. */
const SAID: Partial<Record<AnyRefusal['kind'], string>> = {
  stale_version: 'the call has changed since this link was made',
  final_state: 'the call is over, or cancelled, and cannot be changed any more',
  not_allowed: 'the call cannot be moved by its guest',
  reason_required: 'please say why',
  too_soon: 'that is too short a notice',
  too_late: 'that is too late',
  limit_reached: 'the call cannot be moved so often, or so far',
};

/** Why an agent has no time is the agent's business: a guest is told that it has none. */
export function refusedToGuest(refusal: Refusal | GuestLinkRefusal, { agentId }: Call): ProblemError {
  if (isMisplaced(refusal)) {
    const own = refusal.alternatives.filter((offer) => offer.agentId === agentId);
    const told = { alternatives: own.map(timeShape) };
    return new ProblemError(problems.conflict('slot_taken', 'that time is not free any more', told));
  }
  const problem = problemOf(refusal, WORDS);
  return new ProblemError({ ...problem, message: SAID[refusal.kind] ?? problem.message });
}
