import { toIso, type Instant } from '@reslot/core';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

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
  /** What is wrong with fields; the details have it too. */
  readonly issues?: readonly FieldIssue[];
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
    issues,
    details: { ...(reason !== undefined && { reason }), issues },
  };
}

const unavailable = (message: string): Problem => ({
  status: 503,
  code: 'unavailable',
  message,
  headers: { 'Retry-After': '1' },
});

export const problems = {
  conflict,
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
  /** `wait` is the milliseconds until the instant `nextAllowed`; `of` says what there were too many of. */
  rateLimited: (of: string, nextAllowed: Instant, wait: number): Problem => ({
    status: 429,
    code: 'rate_limit_exceeded',
    message: `too many ${of}; the next one is allowed at ${toIso(nextAllowed)}`,
    details: { nextAllowedAt: toIso(nextAllowed) },
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(wait / 1000))) },
  }),
  keyReused: {
    status: 422,
    code: 'idempotency_key_reused',
    message: 'this Idempotency-Key was used for another request',
  } satisfies Problem,
  inFlight: {
    ...conflict('idempotency_in_flight', 'the same request is being carried out'),
    headers: { 'Retry-After': '1' },
  } satisfies Problem,
  unsupportedMedia: (message: string): Problem => ({ status: 415, code: 'unsupported_media_type', message }),
  serverError: {
    status: 500,
    code: 'server_error',
    message: 'our fault; it has been noted',
  } satisfies Problem,
} as const;
