import { Outage } from '@reslot/core';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Env, HttpPorts } from '../environment.ts';
import { wantsPage } from '../guests/manners.ts';
import { notePage } from '../guests/page.ts';
import { ProblemError, problems, type Problem } from './problems.ts';
import { reply } from './reply.ts';

/** The calls family begins here; everything else answers as the scheduled-calls family does. */
export const CALLS_PATH = '/api/calls';

/** The error envelope of the scheduled-calls family. */
export const errorBody = ({ code, message, details }: Problem, requestId: string) => ({
  error: { code, message, details: details ?? {}, requestId },
});

/** The one envelope of the calls family, as it carries an error. */
export const failureBody = ({ status, title, reason, message }: Problem) => ({
  message: title ?? TITLES[status] ?? 'Request failed',
  status: 'error' as const,
  error: reason === undefined ? message : `${reason}: ${message}`,
  data: null,
});

const TITLES: Partial<Record<number, string>> = {
  400: 'Invalid request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Payload too large',
  415: 'Unsupported media type',
  422: 'Idempotency key reused',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Server error',
  503: 'Service unavailable',
};

/** Answers with a problem, in the words of the family that was asked; to a guest in front of a browser, by a page. */
export function respond(c: Context<Env>, problem: Problem): Response | Promise<Response> {
  if (wantsPage(c)) return c.html(notePage(problem.message), problem.status, { ...problem.headers });
  const inCalls = c.req.path === CALLS_PATH || c.req.path.startsWith(`${CALLS_PATH}/`);
  const content = inCalls ? failureBody(problem) : errorBody(problem, c.get('requestId'));
  return reply(c, problem.status, content, problem.headers);
}

/** Gives every error, wherever it comes from, the envelope of the family that was asked. */
export function answerErrors(app: OpenAPIHono<Env>, report: NonNullable<HttpPorts['report']>): void {
  app.notFound((c) => respond(c, problems.notFound('there is nothing at this path')));
  app.onError((error, c) => {
    const problem = problemFrom(error);
    if (problem.status >= 500 && !(error instanceof ProblemError)) report(error, c.get('requestId'));
    return respond(c, problem);
  });
}

function problemFrom(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Outage) {
    const outcome = error.uncertain ? 'whether a change was made is unknown' : 'nothing was changed';
    return problems.unavailable(`the database is away; ${outcome}`);
  }
  // The framework's own refusals: JSON that cannot be parsed, and the like.
  if (error instanceof HTTPException && error.status < 500) return problems.malformed(error.message);
  return problems.serverError;
}

/** Answers 405 for every path that exists with other methods. Called after the routes are there. */
export function refuseOtherMethods(app: OpenAPIHono<Env>): void {
  const methodsAt = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') methodsAt.set(path, (methodsAt.get(path) ?? new Set()).add(method));
  }
  for (const [path, methods] of methodsAt) {
    app.all(path, () => {
      throw new ProblemError(problems.methodNotAllowed([...methods].toSorted()));
    });
  }
}
