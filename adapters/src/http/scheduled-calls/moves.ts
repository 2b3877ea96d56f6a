import type { RescheduleCall } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody, optionalJsonBody } from '../requests/body.ts';
import { toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofChanges } from '../requests/headers.ts';
import { changedOrPreview } from './answers.ts';
import { editsOf, updateBody } from './bodies.ts';
import { changeOrPreview, oneCall, overridesOf, placing, shared } from './changing.ts';
import { changeInScope, scope, seriesChanged } from './series.ts';
import { SOURCE } from './words.ts';

/** The routes of the scheduled-calls family that put a call elsewhere, or edit it. */

export function moves(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  update(app, ports);
  undo(app, ports);
}

function update(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'updateScheduledCall';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'patch',
      path: '/scheduled-calls/{id}',
      summary: 'Move a call, give it to another agent, or edit its guest: one event per kind of change',
      params: oneCall,
      query: placing.extend({ scope: scope.optional() }),
      headers: ofChanges,
      body: jsonBody(updateBody),
      answers: {
        description: 'The call as it is now, and the events just emitted; none when nothing changes.',
        schema: z.union([changedOrPreview, seriesChanged]),
      },
      errors: errors(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, query, headers, body } = request;
      const command: RescheduleCall = {
        type: 'reschedule',
        callId: params.id,
        edits: editsOf(body),
        reason: body.reason,
        versions: headers['if-match'],
        overrides: overridesOf(principal, query.override),
        holdId: query.hold,
        ...toldBy(principal, SOURCE, headers['x-actor']),
      };
      const { scope: wanted = 'this', dryRun: isPreview } = query;
      return wanted === 'this'
        ? changeOrPreview(ports, operationId, request, command)
        : changeInScope(ports, operationId, request, { command, scope: wanted, isPreview });
    },
  );
}

function undo(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'undoScheduledCallMove';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'post',
      path: '/scheduled-calls/{id}/undo',
      summary: 'Take back the last move, if the old slot is still free',
      params: oneCall,
      query: placing,
      headers: ofChanges,
      body: optionalJsonBody(fields.why),
      answers: { description: 'The call where it was before.', schema: changedOrPreview },
      errors: errors(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, query, headers, body } = request;
      return changeOrPreview(ports, operationId, request, {
        type: 'undo',
        callId: params.id,
        reason: body.reason,
        versions: headers['if-match'],
        overrides: overridesOf(principal, query.override),
        holdId: query.hold,
        ...toldBy(principal, SOURCE, headers['x-actor']),
      });
    },
  );
}
