import type { CallRequest, Transition } from '@reslot/core';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema, callShape, eventSchema, eventShape } from './shapes.ts';
import { carryOut, toldBy } from '../commands.ts';
import { answer, body, errors } from '../documents.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
import { bearer, jsonBody, optionalJsonBody } from '../guards.ts';
import { ProblemError, problems, type Problem, type Wording } from '../problems.ts';
import { creationBody, updateBody } from './bodies.ts';

/** The routes of the scheduled-calls family that change a call. */

/** What this family's events call the interface that wrote them. */
const SOURCE = 'scheduled-calls';

/** Does not repeat the id: an unknown call and another app's call get the same bytes. */
export const noCall = (): Problem => problems.notFound('no such call in this app');

export const WORDS: Wording = { startsAt: 'scheduledAtUtc', agentId: 'assignedAgentId', noCall };

const changed = z.object({ data: z.object({ call: callSchema, events: z.array(eventSchema) }) });
const inApp = z.strictObject({ appId: fields.uuid });
const oneCall = inApp.extend({ id: fields.uuid });

export function scheduledCalls(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  update(app, ports);
  create(app, ports);
  cancel(app, ports);
  transition(app, ports, 'confirm', 'confirm', 'Confirm a call');
  transition(app, ports, 'start', 'start', 'Say that a call has begun: from now on it does not move');
  transition(app, ports, 'complete', 'complete', 'Say that a call is over');
  transition(app, ports, 'no-show', 'no_show', 'Say that the guest did not come');
}

/** What the routes here have in common. */
const shared = ({ credentials, clock }: HttpPorts) => ({
  tags: ['scheduled calls'],
  security: [{ bearer: [] }],
  authorized: bearer(credentials, clock)('scheduling:write'),
});

async function change({ scheduler }: HttpPorts, request: CallRequest) {
  const { call, events } = await carryOut(scheduler, request, WORDS);
  return { data: { call: callShape(call), events: events.map(eventShape) } };
}

function update(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'patch',
      path: '/scheduled-calls/{id}',
      operationId: 'updateScheduledCall',
      summary: 'Move a call, give it to another agent, or edit its guest: one event per kind of change',
      middleware: [authorized, jsonBody] as const,
      request: { params: oneCall, query: fields.noQuery, body: body(updateBody, true) },
      responses: {
        200: answer(
          'The call as it is now, and the events just emitted; none when nothing changes.',
          changed,
        ),
        ...errors(404, 409, 413, 415),
      },
    }),
    async (c) => {
      const { reason, scheduledAtUtc, assignedAgentId, guestIntakeNotes, ...guest } = c.req.valid('json');
      const edits = {
        ...guest,
        startsAt: scheduledAtUtc,
        agentId: assignedAgentId,
        intakeNotes: guestIntakeNotes,
      };
      const { id: callId } = c.req.valid('param');
      const told = toldBy(c.var.principal, SOURCE);
      return c.json(await change(ports, { type: 'reschedule', ...told, callId, edits, reason }), 200);
    },
  );
}

function create(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'post',
      path: '/scheduled-calls',
      operationId: 'createScheduledCall',
      summary: 'Book a call',
      middleware: [authorized, jsonBody] as const,
      request: { params: inApp, query: fields.noQuery, body: body(creationBody, true) },
      responses: { 201: answer('The new call.', changed), ...errors(409, 413, 415) },
    }),
    async (c) => {
      const { scheduledAtUtc, assignedAgentId, guestIntakeNotes, ...rest } = c.req.valid('json');
      const created = await change(ports, {
        type: 'create',
        ...toldBy(c.var.principal, SOURCE),
        ...rest,
        startsAt: scheduledAtUtc,
        agentId: assignedAgentId,
        intakeNotes: guestIntakeNotes,
        bookingSource: 'api',
      });
      // Relative, so that it holds wherever the app is mounted.
      c.header('Location', `scheduled-calls/${created.data.call.id}`);
      return c.json(created, 201);
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'delete',
      path: '/scheduled-calls/{id}',
      operationId: 'cancelScheduledCall',
      summary: 'Cancel a call; again is answered like the first time',
      middleware: [authorized, optionalJsonBody] as const,
      request: { params: oneCall, query: fields.why, body: body(fields.why, false) },
      responses: { 200: answer('The cancelled call.', changed), ...errors(404, 409, 413, 415) },
    }),
    async (c) => {
      const [inBody, inQuery] = [c.req.valid('json').reason, c.req.valid('query').reason];
      if (inBody !== undefined && inQuery !== undefined) {
        throw new ProblemError(
          problems.invalid([{ path: 'reason', message: 'stands in the body and in the query' }]),
        );
      }
      const { id: callId } = c.req.valid('param');
      const told = toldBy(c.var.principal, SOURCE);
      return c.json(await change(ports, { type: 'cancel', ...told, callId, reason: inBody ?? inQuery }), 200);
    },
  );
}

function transition(
  app: OpenAPIHono<Env>,
  ports: HttpPorts,
  path: string,
  type: Transition,
  summary: string,
): void {
  const { authorized, ...documented } = shared(ports);
  app.openapi(
    createRoute({
      ...documented,
      method: 'post',
      path: `/scheduled-calls/{id}/${path}`,
      operationId: `${path.replace(/-(.)/, (_, letter: string) => letter.toUpperCase())}ScheduledCall`,
      summary,
      middleware: [authorized, optionalJsonBody] as const,
      request: { params: oneCall, query: fields.noQuery, body: body(fields.why, false) },
      responses: { 200: answer('The call in its new status.', changed), ...errors(404, 409, 413, 415) },
    }),
    async (c) => {
      const { reason } = c.req.valid('json');
      const { id: callId } = c.req.valid('param');
      return c.json(await change(ports, { type, ...toldBy(c.var.principal, SOURCE), callId, reason }), 200);
    },
  );
}
