import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { carryOut, toldBy } from '../commands.ts';
import { answer, body, failures } from '../documents.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
import { jsonBody, keyPair } from '../guards.ts';
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

/** What the routes here have in common. */
const shared = ({ credentials, clock }: HttpPorts) => ({
  tags: ['calls'],
  security: [{ apiKey: [], apiSecret: [] }],
  authorized: keyPair(credentials, clock),
});

function reschedule(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'put',
      path: '/{callId}/schedule',
      operationId: 'updateCallSchedule',
      summary: 'Move a scheduled call',
      middleware: [authorized('scheduling:write'), jsonBody] as const,
      request: {
        params: oneCall,
        query: fields.noQuery,
        body: body(z.strictObject({ scheduled_timestamp: seconds }).openapi('UpdateCallSchedule'), true),
      },
      responses: {
        200: answer('The move; its events are the ones just emitted.', rescheduled),
        ...failures(404, 409, 413, 415),
      },
    }),
    async (c) => {
      const startsAt = c.req.valid('json').scheduled_timestamp * 1000;
      const { call, events } = await carryOut(
        ports.scheduler,
        {
          type: 'reschedule',
          ...toldBy(c.var.principal, SOURCE),
          callId: c.req.valid('param').callId,
          edits: { startsAt },
        },
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
      return c.json(succeeded('Scheduled call time updated successfully', data), 200);
    },
  );
}

function show(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'get',
      path: '/{callId}',
      operationId: 'getCall',
      summary: 'One call with its latest events',
      middleware: [authorized('scheduling:read')] as const,
      request: { params: oneCall, query: fields.noQuery },
      responses: { 200: answer('The call.', shown), ...failures(404) },
    }),
    async (c) => {
      const { appId } = c.var.principal;
      const { callId } = c.req.valid('param');
      const call = await ports.queries.call(appId, callId);
      if (!call) throw new ProblemError(noCall(callId));
      const first = Math.max(0, call.lastSeq - SHOWN_EVENTS);
      const events: CallEventShape[] = [];
      for await (const event of eventsAfter(ports.queries, call, first)) events.push(eventShape(event, call));
      const data = {
        ...identityOf(call),
        call_status: callStatus(call),
        agent_id: call.agentId,
        ...callShape(call, events),
      };
      return c.json(succeeded('Call retrieved successfully', data), 200);
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'delete',
      path: '/{callId}',
      operationId: 'cancelCallSchedule',
      summary: "Cancel a call's schedule; again is answered like the first time",
      middleware: [authorized('scheduling:write')] as const,
      request: { params: oneCall, query: fields.noQuery },
      responses: { 200: answer('The cancelled call.', cancelled), ...failures(404, 409) },
    }),
    async (c) => {
      const { call, events } = await carryOut(
        ports.scheduler,
        { type: 'cancel', ...toldBy(c.var.principal, SOURCE), callId: c.req.valid('param').callId },
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
      return c.json(
        succeeded('Scheduled call cancelled successfully - converted to regular call', data),
        200,
      );
    },
  );
}
