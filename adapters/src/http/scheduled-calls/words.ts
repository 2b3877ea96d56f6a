import { errorBody } from '../answers/envelopes.ts';
import { problems, type Problem } from '../answers/problems.ts';
import type { Wording } from '../answers/refusals.ts';

/** How the scheduled-calls family speaks. */

/** What its events call the interface that wrote them. */
export const SOURCE = 'scheduled-calls';

/** Does not repeat the id: an unknown call and another app's call get the same bytes. */
export const noCall = (): Problem => problems.notFound('no such call in this app');

export const WORDS: Wording = {
  startsAt: 'scheduledAtUtc',
  agentId: 'assignedAgentId',
  noCall,
  body: errorBody,
};
