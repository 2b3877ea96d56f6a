import type { Accepted, Actor, AppId, CallRequest, Decision, Once, Refusal, Scheduler } from '@reslot/core';
import { sha256, type Principal } from './credentials.ts';
import type { Answered } from './endpoint.ts';
import { ProblemError, problems, type Problem } from './problems.ts';
import { problemOf, type Wording } from './refusals.ts';
import type { Replay } from './reply.ts';
import { createTurnstile } from './turnstile.ts';

/** What a command tells of itself. */
interface Told {
  readonly appId: AppId;
  readonly actor: Actor;
  readonly source: string;
}

/** What a command of this caller tells of itself. It may speak for somebody else, as `X-Actor` says. */
export function toldBy({ appId, keyId, scopes }: Principal, source: string, onBehalfOf?: Actor): Told {
  if (onBehalfOf?.type === 'admin' && !scopes.includes('scheduling:admin')) {
    throw new ProblemError(
      problems.forbidden('the scope scheduling:admin is missing, to speak for an admin'),
    );
  }
  return { appId, actor: onBehalfOf ?? { type: 'api', id: keyId }, source };
}

/** A request for a change. */
export interface Asked {
  readonly principal: Principal;
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: {
    readonly 'idempotency-key'?: string | undefined;
    readonly 'x-actor'?: Actor | undefined;
  };
  readonly body: unknown;
  readonly requestId: string;
}

/** What a request asks for, and how its family answers. */
export interface Change<Answer> {
  readonly operationId: string;
  readonly request: Asked;
  readonly command: CallRequest;
  readonly words: Wording;
  readonly status: number;
  readonly answer: (accepted: Accepted) => Answered<Answer>;
}

const FEWEST_ANSWERS_A_TURN = 4;
const answering = createTurnstile(FEWEST_ANSWERS_A_TURN);

/** Has a command carried out, once if it has a key, or answers with the problem that its refusal is. */
export async function carryOut<Answer>(
  scheduler: Scheduler,
  change: Change<Answer>,
): Promise<Answered<Answer> | Replay> {
  const { command, words, answer, request } = change;
  const key = request.headers['idempotency-key'];
  const outcome =
    key === undefined
      ? await scheduler.execute(command)
      : await scheduler.executeOnce(command, onceOf(change, key));
  if (outcome.kind === 'replayed') return JSON.parse(outcome.answer) satisfies Replay;
  if (outcome.kind === 'key_reused') throw new ProblemError(problems.keyReused);
  if (outcome.kind === 'in_flight') throw new ProblemError(problems.inFlight);
  if (outcome.kind !== 'accepted') throw new ProblemError(problemOf(outcome, words));
  await answering();
  return answer(outcome);
}

function onceOf<Answer>(change: Change<Answer>, key: string): Once {
  const { operationId, request, command, words } = change;
  const { principal, params, query, headers: heads, body, requestId } = request;
  // What is asked, and on whose behalf; not on which condition, which may be another when it is asked again.
  const asked = [operationId, params, query, heads['x-actor'], body];
  return {
    key: { appId: command.appId, principal: principal.keyId, digest: sha256(key) },
    fingerprint: sha256(JSON.stringify(asked)),
    answer: (decision: Decision) => {
      if (decision.kind === 'accepted') {
        const { content, headers = {} } = change.answer(decision);
        return remembered({ status: change.status, headers, replayed: JSON.stringify(content) });
      }
      const problem = problemOf(decision, words);
      if (!isDecided(problem)) return undefined;
      const { status, headers = {} } = problem;
      return remembered({ status, headers, replayed: JSON.stringify(words.body(problem, requestId)) });
    },
  };
}

/** Other refusals change with the request, or with the time: the same request may be sent again with its key. */
const isDecided = ({ status }: Problem): boolean => status === 404 || status === 409;

const remembered = (replay: Replay): string => JSON.stringify(replay);

/** What a refusal that is no answer to a change is. */
export const refused = (refusal: Refusal, words: Wording): ProblemError =>
  new ProblemError(problemOf(refusal, words));
