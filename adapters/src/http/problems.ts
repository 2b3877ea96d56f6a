import type { Refusal } from '@reslot/core';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { toIso } from './time.ts';

/** What is wrong with one field of a request. */
export interface FieldIssue {
  /** Dotted, in the words of the request; empty for the request as a whole. */
  readonly path: string;
  readonly message: string;
}

/** An error as both families tell it, each in its own envelope. */
export interface Problem {
  readonly status: ContentfulStatusCode;
  /** The word for programs. */
  readonly code: string;
  /** Which rule it was, where `code` covers several. */
  readonly reason?: string;
  /** A sentence for people. */
  readonly message: string;
  /** A headline, where the status alone does not give one; the calls family shows it. */
  readonly title?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown in a handler or middleware; the envelope of the request's family carries it out. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

const conflict = (reason: string, message: string, details?: Problem['details']): Problem => ({
  status: 409,
  code: 'conflict',
  reason,
  message,
  details: { reason, ...details },
});

/** What an answer repeats of a bad request has a bound. */
const MAX_ISSUES = 20;
const MAX_PATH = 100;

function invalid(all: readonly FieldIssue[], reason?: string): Problem {
  const issues = all
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => ({ path: path.slice(0, MAX_PATH), message }));
  const more = all.length > issues.length ? [`and ${all.length - issues.length} more`] : [];
  const sentences = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return {
    status: 400,
    code: 'invalid_request',
    ...(reason !== undefined && { reason }),
    message: [...sentences, ...more].join('; '),
    details: { ...(reason !== undefined && { reason }), issues },
  };
}

const unavailable = (message: string): Problem => ({
  status: 503,
  code: 'unavailable',
  message,
  headers: { 'Retry-After': '1' },
});

/** How a family speaks of what a refusal may name. */
export interface Wording {
  readonly startsAt: string;
  readonly agentId: string;
  readonly noCall: (callId: string) => Problem;
}

type RefusalOf = { [Kind in Refusal['kind']]: Extract<Refusal, { kind: Kind }> };

/** The one place where a refusal gets its HTTP status. A new kind does not compile until it stands here. */
const TOLD: { [Kind in Refusal['kind']]: (refusal: RefusalOf[Kind], words: Wording) => Problem } = {
  invalid: ({ issues }) => invalid(issues),
  in_past: ({ startsAt, now }, words) =>
    invalid(
      [{ path: words.startsAt, message: `${toIso(startsAt)} is not after now, ${toIso(now)}` }],
      'in_past',
    ),
  beyond_horizon: ({ startsAt, latest }, words) =>
    invalid(
      [{ path: words.startsAt, message: `${toIso(startsAt)} is after the latest start, ${toIso(latest)}` }],
      'beyond_horizon',
    ),
  agent_unavailable: (_, words) =>
    invalid(
      [{ path: words.agentId, message: 'no active agent of this app has this id' }],
      'agent_unavailable',
    ),
  call_not_found: ({ callId }, words) => words.noCall(callId),
  call_exists: () => conflict('call_exists', 'a call with this id exists'),
  final_state: ({ status }) =>
    conflict('final_state', `the call is ${status} and cannot change any more`, { status }),
  already_started: () => conflict('already_started', 'the call has started'),
  slot_taken: ({ taken }) =>
    conflict('slot_taken', 'the agent has another call at that time', {
      conflict: { agentId: taken.agentId, startUtc: toIso(taken.from), endUtc: toIso(taken.to) },
    }),
  overloaded: () => unavailable('too many requests are waiting; nothing was changed'),
  contended: () => unavailable('other changes came first at every attempt; nothing was changed'),
};

/** What a refusal is over HTTP. */
export function problemOf<Kind extends Refusal['kind']>(
  kind: Kind,
  refusal: RefusalOf[Kind],
  words: Wording,
): Problem {
  return TOLD[kind](refusal, words);
}

export const problems = {
  invalid,
  unavailable,
  malformed: (message: string): Problem => invalid([{ path: '', message }]),
  unauthorized: (scheme?: string): Problem => ({
    status: 401,
    code: 'unauthorized',
    message: 'a valid credential is required',
    ...(scheme !== undefined && { headers: { 'WWW-Authenticate': scheme } }),
  }),
  forbidden: (message: string): Problem => ({ status: 403, code: 'forbidden', message }),
  notFound: (message: string): Problem => ({ status: 404, code: 'not_found', message }),
  methodNotAllowed: (allowed: readonly string[]): Problem => ({
    status: 405,
    code: 'method_not_allowed',
    message: `this path answers to ${allowed.join(', ')}`,
    headers: { Allow: allowed.join(', ') },
  }),
  tooLarge: (bytes: number): Problem => ({
    status: 413,
    code: 'payload_too_large',
    message: `the body may have ${bytes} bytes`,
  }),
  unsupportedMedia: (message: string): Problem => ({ status: 415, code: 'unsupported_media_type', message }),
  serverError: {
    status: 500,
    code: 'server_error',
    message: 'our fault; it has been noted',
  } satisfies Problem,
} as const;
