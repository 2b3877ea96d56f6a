import type { CallRequest, Transition } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody, optionalJsonBody } from '../requests/body.ts';
import { carryOut, toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofChanges, ofCreations } from '../requests/headers.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { changed, createdAnswer } from './answers.ts';
import { creationBody } from './bodies.ts';
import { change, inApp, oneCall, overriding, overridesOf, shared } from './changing.ts';
import { bookSeries, seriesCreated } from './series-bookings.ts';
import { changeInScope, scope, seriesChanged } from './series.ts';
import { SOURCE, WORDS } from './words.ts';

/** The routes of the scheduled-calls family that book a call, and those that change its status. */

export function bookings(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  create(app, ports);
  cancel(app, ports);
  transition(app, ports, 'confirm', 'confirm', 'Confirm a call');
  transition(app, ports, 'start', 'start', 'Say that a call has begun: from now on it does not move');
  transition(app, ports, 'complete', 'complete', 'Say that a call is over');
  transition(app, ports, 'no-show', 'no_show', 'Say that the guest did not come');
}

const HELD_ONCE = { path: 'hold', message: 'keeps one time: it is for one call' };

function create(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'createScheduledCall';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'post',
      path: '/scheduled-calls',
      summary: 'Book a call',
      params: inApp,
      query: overriding,
      headers: ofCreations,
      body: jsonBody(creationBody),
      status: 201,
      answers: {
        description: 'The new call; of a series the first one, and all.',
        schema: z.union([seriesCreated, changed]),
      },
      errors: errors(409, 413, 415, 422),
    },
    (request) => {
      const { principal, query, headers, body } = request;
      const { scheduledAtUtc: startsAt, assignedAgentId, guestIntakeNotes, recurrence, ...rest } = body;
      const booking = {
        type: 'create' as const,
        ...toldBy(principal, SOURCE, headers['x-actor']),
        ...rest,
        agentId: assignedAgentId,
        intakeNotes: guestIntakeNotes,
        bookingSource: 'api' as const,
        overrides: overridesOf(principal, query.override),
      };
      if (recurrence !== undefined) {
        if (query.hold !== undefined) throw new ProblemError(problems.invalid([HELD_ONCE]));
        return bookSeries(ports, operationId, request, { recurrence, startsAt, booking });
      }
      const command: CallRequest = { ...booking, startsAt, holdId: query.hold };
      const answer = createdAnswer;
      return carryOut(ports.scheduler, { operationId, request, command, words: WORDS, status: 201, answer });
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'cancelScheduledCall';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'delete',
      path: '/scheduled-calls/{id}',
      summary: 'Cancel a call; again is answered like the first time',
      params: oneCall,
      query: fields.why.extend({ scope: scope.optional() }),
      headers: ofChanges,
      body: optionalJsonBody(fields.why),
      answers: { description: 'The cancelled call.', schema: z.union([seriesChanged, changed]) },
      errors: errors(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, query, headers, body } = request;
      if (body.reason !== undefined && query.reason !== undefined) {
        throw new ProblemError(
          problems.invalid([{ path: 'reason', message: 'stands in the body and in the query' }]),
        );
      }
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const reason = body.reason ?? query.reason;
      const versions = headers['if-match'];
      const command = { type: 'cancel' as const, ...told, callId: params.id, reason, versions };
      const { scope: wanted = 'this' } = query;
      return wanted === 'this'
        ? change(ports, operationId, request, command)
        : changeInScope(ports, operationId, request, { command, scope: wanted });
    },
  );
}

function transition(
  app: OpenAPIHono<Env>,
  ports: RoutePorts,
  path: string,
  type: Transition,
  summary: string,
): void {
  const operationId = `${path.replace(/-(.)/, (_, letter: string) => letter.toUpperCase())}ScheduledCall`;
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'post',
      path: `/scheduled-calls/{id}/${path}`,
      summary,
      params: oneCall,
      query: fields.noQuery,
      headers: ofChanges,
      body: optionalJsonBody(fields.why),
      answers: { description: 'The call in its new status.', schema: changed },
      errors: errors(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, headers, body } = request;
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const versions = headers['if-match'];
      return change(ports, operationId, request, {
        type,
        ...told,
        callId: params.id,
        reason: body.reason,
        versions,
      });
    },
  );
}
