import type {
  Accepted,
  Actor,
  AppId,
  CallRequest,
  Decision,
  InFlight,
  KeyReused,
  Once,
  Refusal,
  Replayed,
  Scheduler,
} from '@reslot/core';
import { sha256, type Principal } from './callers/credentials.ts';
import type { Answered } from './endpoint.ts';
import { ProblemError, problems, type Problem } from './answers/problems.ts';
import { problemOf, type AnyRefusal, type Wording } from './answers/refusals.ts';
import type { Replay } from './answers/reply.ts';
import { createTurnstile } from './admission/turnstile.ts';

/** What a command tells of itself. */
interface Told {
  readonly appId: AppId;
  readonly actor: Actor;
  readonly source: string;
}

/** What a command of this caller tells of itself. It may speak for somebody else, as `X-Actor` says. */
export function toldBy({ appId, id, scopes }: Principal, source: string, onBehalfOf?: Actor): Told {
  if (onBehalfOf?.type === 'admin' && !scopes.includes('scheduling:admin')) {
    throw new ProblemError(
      problems.forbidden('the scope scheduling:admin is missing, to speak for an admin'),
    );
  }
  return { appId, actor: onBehalfOf ?? { type: 'api', id }, source };
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
  readonly weigh: (requests: number) => Promise<void>;
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

/** Each few that go out by themselves wake up somebody who waits for them; of too many the database would have to wait. */
const FEWEST_ANSWERS_A_TURN = 16;
const answering = createTurnstile(FEWEST_ANSWERS_A_TURN);

/** Has a command carried out, once if it has a key, or answers with the problem that its refusal is. */
export async function carryOut<Answer>(
  scheduler: Scheduler,
  change: Change<Answer>,
): Promise<Answered<Answer> | Replay> {
  const { operationId, command, words, status, answer, request } = change;
  const remember = (decision: Decision): Replay | Problem => {
    return decision.kind === 'accepted' ? kept(status, answer(decision)) : problemOf(decision, words);
  };
  const once = onceOf(command.appId, operationId, request, words, remember);
  const outcome = await (once ? scheduler.executeOnce(command, once) : scheduler.execute(command));
  if (outcome.kind === 'accepted') {
    await answering();
    return answer(outcome);
  }
  return replayOf(outcome, words);
}

/** What is remembered of an answer, to be given again. */
export const kept = (status: number, answered: Answered<unknown> | Problem): Replay | Problem =>
  'content' in answered
    ? { status, headers: answered.headers ?? {}, replayed: JSON.stringify(answered.content) }
    : answered;

/** What a change answers that is not carried out, or not this time; throws the problem that it is. */
export function replayOf(outcome: Refusal | Replayed | KeyReused | InFlight, words: Wording): Replay {
  if (outcome.kind === 'replayed') return JSON.parse(outcome.answer) satisfies Replay;
  if (outcome.kind === 'key_reused') throw new ProblemError(problems.keyReused);
  if (outcome.kind === 'in_flight') throw new ProblemError(problems.inFlight);
  throw refused(outcome, words);
}

/** What makes a request with a key be carried out once. `remember` says what it is answered. */
export function onceOf<Outcome>(
  appId: AppId,
  operationId: string,
  { principal, params, query, headers, body, requestId }: Asked,
  words: Wording,
  remember: (outcome: Outcome) => Replay | Problem,
): Once<Outcome> | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  return {
    key: { appId, principal: principal.id, digest: sha256(key) },
    // What is asked, and on whose behalf; not on which condition, which may be another when it is asked again.
    fingerprint: sha256(JSON.stringify([operationId, params, query, headers['x-actor'], body])),
    answer: (outcome) => {
      const answered = remember(outcome);
      if ('replayed' in answered) return JSON.stringify(answered);
      if (!isDecided(answered)) return undefined;
      const { status, headers: given = {} } = answered;
      const replayed = JSON.stringify(words.body(answered, requestId));
      return JSON.stringify({ status, headers: given, replayed } satisfies Replay);
    },
  };
}

/** Other refusals change with the request, or with the time: the same request may be sent again with its key. */
const isDecided = ({ status }: Problem): boolean => status === 404 || status === 409;

/** What a refusal is to the one who asked. */
export const refused = (refusal: AnyRefusal, words: Wording): ProblemError =>
  new ProblemError(problemOf(refusal, words));
