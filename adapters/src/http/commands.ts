import type { Accepted, Actor, CallRequest, Scheduler } from '@reslot/core';
import type { Principal } from './credentials.ts';
import { createTurnstile } from './turnstile.ts';
import { problemOf, ProblemError, type Wording } from './problems.ts';

/** What a command of this caller tells of itself. */
export const toldBy = (
  principal: Principal,
  source: string,
): { appId: string; actor: Actor; source: string } => ({
  appId: principal.appId,
  actor: { type: 'api', id: principal.keyId },
  source,
});

const FEWEST_ANSWERS_A_TURN = 4;
const answering = createTurnstile(FEWEST_ANSWERS_A_TURN);

/** Has the command carried out, or answers with the problem that its refusal is. */
export async function carryOut(
  scheduler: Scheduler,
  request: CallRequest,
  words: Wording,
): Promise<Accepted> {
  const outcome = await scheduler.execute(request);
  if (outcome.kind !== 'accepted') throw new ProblemError(problemOf(outcome.kind, outcome, words));
  await answering();
  return outcome;
}
