import type { CallRequest, Transition } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../access.ts';
import { jsonBody, optionalJsonBody } from '../body.ts';
import { callSchema, callShape, eventSchema, eventShape } from './shapes.ts';
import { carryOut, toldBy } from '../commands.ts';
import { errors } from '../documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
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

/** What the endpoints here have in common. */
const shared = ({ credentials, clock }: HttpPorts) => ({
  tags: ['scheduled calls'],
  access: bearer(credentials, clock),
  scope: 'scheduling:write' as const,
});

async function change({ scheduler }: HttpPorts, request: CallRequest): Promise<z.output<typeof changed>> {
  const { call, events } = await carryOut(scheduler, request, WORDS);
  return { data: { call: callShape(call), events: events.map(eventShape) } };
}

function update(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'updateScheduledCall',
      method: 'patch',
      path: '/scheduled-calls/{id}',
      summary: 'Move a call, give it to another agent, or edit its guest: one event per kind of change',
      params: oneCall,
      query: fields.noQuery,
      body: jsonBody(updateBody),
      answers: {
        description: 'The call as it is now, and the events just emitted; none when nothing changes.',
        schema: changed,
      },
      errors: errors(404, 409, 413, 415),
    },
    ({ principal, params, body }) => {
      const edits = {
        startsAt: body.scheduledAtUtc,
        agentId: body.assignedAgentId,
        guestName: body.guestName,
        guestPhone: body.guestPhone,
        guestEmail: body.guestEmail,
        guestTimezone: body.guestTimezone,
        intakeNotes: body.guestIntakeNotes,
      };
      const { reason } = body;
      return change(ports, {
        type: 'reschedule',
        callId: params.id,
        edits,
        reason,
        ...toldBy(principal, SOURCE),
      });
    },
  );
}

function create(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'createScheduledCall',
      method: 'post',
      path: '/scheduled-calls',
      summary: 'Book a call',
      params: inApp,
      query: fields.noQuery,
      body: jsonBody(creationBody),
      status: 201,
      answers: { description: 'The new call.', schema: changed },
      // Relative, so that it holds wherever the app is mounted.
      headers: ({ data }) => ({ Location: `scheduled-calls/${data.call.id}` }),
      errors: errors(409, 413, 415),
    },
    ({ principal, body }) => {
      const { scheduledAtUtc, assignedAgentId, guestIntakeNotes, ...rest } = body;
      return change(ports, {
        type: 'create',
        ...toldBy(principal, SOURCE),
        ...rest,
        startsAt: scheduledAtUtc,
        agentId: assignedAgentId,
        intakeNotes: guestIntakeNotes,
        bookingSource: 'api',
      });
    },
  );
}

function cancel(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'cancelScheduledCall',
      method: 'delete',
      path: '/scheduled-calls/{id}',
      summary: 'Cancel a call; again is answered like the first time',
      params: oneCall,
      query: fields.why,
      body: optionalJsonBody(fields.why),
      answers: { description: 'The cancelled call.', schema: changed },
      errors: errors(404, 409, 413, 415),
    },
    ({ principal, params, query, body }) => {
      if (body.reason !== undefined && query.reason !== undefined) {
        throw new ProblemError(
          problems.invalid([{ path: 'reason', message: 'stands in the body and in the query' }]),
        );
      }
      const told = toldBy(principal, SOURCE);
      const reason = body.reason ?? query.reason;
      return change(ports, { type: 'cancel', ...told, callId: params.id, reason });
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
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: `${path.replace(/-(.)/, (_, letter: string) => letter.toUpperCase())}ScheduledCall`,
      method: 'post',
      path: `/scheduled-calls/{id}/${path}`,
      summary,
      params: oneCall,
      query: fields.noQuery,
      body: optionalJsonBody(fields.why),
      answers: { description: 'The call in its new status.', schema: changed },
      errors: errors(404, 409, 413, 415),
    },
    ({ principal, params, body }) =>
      change(ports, { type, ...toldBy(principal, SOURCE), callId: params.id, reason: body.reason }),
  );
}
