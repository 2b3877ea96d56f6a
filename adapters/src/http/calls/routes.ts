import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { carryOut, toldBy } from '../commands.ts';
import { keyPair } from '../access.ts';
import { jsonBody, noBody } from '../body.ts';
import { failures } from '../documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
import { ProblemError, type Problem, type Wording } from '../problems.ts';
import { eventsAfter } from '../timeline.ts';
import { toIsoSeconds, toSeconds } from '../time.ts';
import { callStatus, cancelled, identityOf, rescheduled, shown, succeeded } from './answers.ts';
import { SOURCE, callIdOf, callShape, eventShape, type CallEventShape } from './shapes.ts';

/** The calls family. */

/** More seconds than this, the year 5138, are milliseconds that somebody forgot to divide. */
const PLAINLY_MILLISECONDS = 1e11;
/** Events that `GET` shows, the latest ones. */
const SHOWN_EVENTS = 50;

const oneCall = z.strictObject({
  callId: z
    .string()
    .regex(/^call_/, 'must be call_ and a UUID')
    .transform((text) => text.slice('call_'.length))
    .pipe(fields.uuid)
    .openapi({ type: 'string', example: 'call_bf2a9c7d-4e5f-4318-9b2a-8d7c6e4f1a0b' }),
});

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

const noCall = (id: string): Problem => ({
  status: 404,
  code: 'not_found',
  title: 'Call not found',
  message: `Call with ID '${callIdOf({ id })}' does not exist`,
});

const WORDS: Wording = { startsAt: 'scheduled_timestamp', agentId: 'agent_id', noCall };

export function calls(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  reschedule(app, ports);
  show(app, ports);
  cancel(app, ports);
}

/** What the endpoints here have in common. */
const shared = ({ credentials, clock }: HttpPorts) => ({
  tags: ['calls'],
  access: keyPair(credentials, clock),
  params: oneCall,
  query: fields.noQuery,
});

function reschedule(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'updateCallSchedule',
      method: 'put',
      path: '/{callId}/schedule',
      summary: 'Move a scheduled call',
      scope: 'scheduling:write',
      body: jsonBody(z.strictObject({ scheduled_timestamp: seconds }).openapi('UpdateCallSchedule')),
      answers: { description: 'The move; its events are the ones just emitted.', schema: rescheduled },
      errors: failures(404, 409, 413, 415),
    },
    async ({ principal, params, body }) => {
      const startsAt = body.scheduled_timestamp * 1000;
      const { callId } = params;
      const { call, events } = await carryOut(
        ports.scheduler,
        { type: 'reschedule', ...toldBy(principal, SOURCE), callId, edits: { startsAt } },
        WORDS,
      );
      const move = events.find((event) => event.type === 'rescheduled');
      const data = {
        operation: 'schedule_update' as const,
        ...identityOf(call),
        previous_scheduled_timestamp: toSeconds(move ? move.from.startsAt : call.startsAt),
        new_scheduled_timestamp: toSeconds(call.startsAt),
        scheduled_for_human: toIsoSeconds(call.startsAt),
        call: callShape(
          call,
          events.map((event) => eventShape(event, call)),
        ),
      };
      return succeeded('Scheduled call time updated successfully', data);
    },
  );
}

function show(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'getCall',
      method: 'get',
      path: '/{callId}',
      summary: 'One call with its latest events',
      scope: 'scheduling:read',
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
      return succeeded('Call retrieved successfully', data);
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'cancelCallSchedule',
      method: 'delete',
      path: '/{callId}',
      summary: "Cancel a call's schedule; again is answered like the first time",
      scope: 'scheduling:write',
      body: noBody,
      answers: { description: 'The cancelled call.', schema: cancelled },
      errors: failures(404, 409),
    },
    async ({ principal, params }) => {
      const { call, events } = await carryOut(
        ports.scheduler,
        { type: 'cancel', ...toldBy(principal, SOURCE), callId: params.callId },
        WORDS,
      );
      const data = {
        operation: 'schedule_cancelled' as const,
        ...identityOf(call),
        cancelled_scheduled_timestamp: toSeconds(call.startsAt),
        call: callShape(
          call,
          events.map((event) => eventShape(event, call)),
        ),
      };
      return succeeded('Scheduled call cancelled successfully - converted to regular call', data);
    },
  );
}
