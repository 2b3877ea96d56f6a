import { CUSTOM_MINUTES } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody } from '../requests/body.ts';
import { carryOut, toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofChanges } from '../requests/headers.ts';
import { changed, changedAnswer } from './answers.ts';
import { oneCall, shared } from './changing.ts';
import { SOURCE, WORDS } from './words.ts';

/** The route of the scheduled-calls family that asks for one more reminder. */

const body = z
  .strictObject({
    minutesBefore: fields
      .whole(CUSTOM_MINUTES)
      .openapi({ description: 'Before the start; it moves with the call.' }),
    reason: fields.reason.optional(),
  })
  .openapi('AddReminder');

export function reminders(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'addScheduledCallReminder';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'post',
      path: '/scheduled-calls/{id}/reminders',
      summary: 'Ask for one more reminder',
      params: oneCall,
      query: fields.noQuery,
      headers: ofChanges,
      body: jsonBody(body),
      status: 202,
      answers: {
        description: 'The call with its plan; no events when the reminder is there.',
        schema: changed,
      },
      errors: errors(404, 409, 412, 413, 415, 422, 428),
    },
    (request) => {
      const { principal, params, headers, body: asked } = request;
      return carryOut(ports.scheduler, {
        operationId,
        request,
        command: {
          type: 'remind',
          callId: params.id,
          minutesBefore: asked.minutesBefore,
          reason: asked.reason,
          versions: headers['if-match'],
          ...toldBy(principal, SOURCE, headers['x-actor']),
        },
        words: WORDS,
        status: 202,
        answer: changedAnswer,
      });
    },
  );
}
