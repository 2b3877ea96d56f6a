import type { Accepted } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody, noBody } from '../requests/body.ts';
import { toldBy } from '../commands.ts';
import { failures } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { etagOf, ofChanges } from '../requests/headers.ts';
import { ProblemError } from '../answers/problems.ts';
import { eventsAfter } from '../answers/timeline.ts';
import { toIsoSeconds, toSeconds } from '../requests/time.ts';
import { callStatus, cancelled, identityOf, rescheduled, shown, succeeded } from './answers.ts';
import { change, noCall, shared } from './changing.ts';
import { SOURCE, callShape, eventShape, type CallEventShape } from './shapes.ts';

/** The calls family. */

/** More seconds than this, the year 5138, are milliseconds that somebody forgot to divide. */
const PLAINLY_MILLISECONDS = 1e11;
/** Events that `GET` shows, the latest ones. */
const SHOWN_EVENTS = 50;

const seconds = z
  .number()
  .superRefine((value, context) => {
    const message =
      value >= PLAINLY_MILLISECONDS
        ? 'looks_like_milliseconds: send Unix seconds'
        : (value < 0 || !Number.isInteger(value)) && 'must be whole Unix seconds';
    if (message) context.addIssue({ code: 'custom', message });
  })
  .openapi({ type: 'integer', example: 1748460000, description: 'Unix seconds.' });

export function calls(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  reschedule(app, ports);
  show(app, ports);
  cancel(app, ports);
}

function reschedule(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'updateCallSchedule';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'put',
      path: '/{callId}/schedule',
      summary: 'Move a scheduled call',
      scope: 'scheduling:write',
      headers: ofChanges,
      body: jsonBody(z.strictObject({ scheduled_timestamp: seconds }).openapi('UpdateCallSchedule')),
      answers: { description: 'The move; its events are the ones just emitted.', schema: rescheduled },
      errors: failures(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, headers, body } = request;
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const edits = { startsAt: body.scheduled_timestamp * 1000 };
      const command = { ...told, callId: params.callId, edits, versions: headers['if-match'] };
      return change(ports, operationId, request, { type: 'reschedule', ...command }, rescheduledContent);
    },
  );
}

function rescheduledContent({ call, events }: Accepted) {
  const move = events.find((event) => event.type === 'rescheduled');
  return succeeded('Scheduled call time updated successfully', {
    operation: 'schedule_update' as const,
    ...identityOf(call),
    previous_scheduled_timestamp: toSeconds(move ? move.from.startsAt : call.startsAt),
    new_scheduled_timestamp: toSeconds(call.startsAt),
    scheduled_for_human: toIsoSeconds(call.startsAt),
    call: callShape(
      call,
      events.map((event) => eventShape(event, call)),
    ),
  });
}

function show(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'getCall',
      method: 'get',
      path: '/{callId}',
      summary: 'One call with its latest events',
      scope: 'scheduling:read',
      headers: fields.noHeaders,
      body: noBody,
      answers: { description: 'The call.', schema: shown },
      errors: failures(404),
    },
    async ({ principal, params }) => {
      const call = await ports.queries.call(principal.appId, params.callId);
      if (!call) throw new ProblemError(noCall(params.callId));
      const first = Math.max(0, call.lastSeq - SHOWN_EVENTS);
      const events: CallEventShape[] = [];
      for await (const event of eventsAfter(ports.queries, call, first)) events.push(eventShape(event, call));
      const data = {
        ...identityOf(call),
        call_status: callStatus(call),
        agent_id: call.agentId,
        ...callShape(call, events),
      };
      const content = succeeded('Call retrieved successfully', data);
      return { content, headers: { ETag: etagOf(call) } };
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'cancelCallSchedule';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'delete',
      path: '/{callId}',
      summary: "Cancel a call's schedule; again is answered like the first time",
      scope: 'scheduling:write',
      headers: ofChanges,
      body: noBody,
      answers: { description: 'The cancelled call.', schema: cancelled },
      errors: failures(404, 409, 412, 422, 428),
    },
    (request) => {
      const { principal, params, headers } = request;
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const command = { ...told, callId: params.callId, versions: headers['if-match'] };
      return change(ports, operationId, request, { type: 'cancel', ...command }, cancelledContent);
    },
  );
}

const cancelledContent = ({ call, events }: Accepted) =>
  succeeded('Scheduled call cancelled successfully - converted to regular call', {
    operation: 'schedule_cancelled' as const,
    ...identityOf(call),
    cancelled_scheduled_timestamp: toSeconds(call.startsAt),
    call: callShape(
      call,
      events.map((event) => eventShape(event, call)),
    ),
  });
