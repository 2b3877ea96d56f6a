import type { Invitations } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { noBody } from '../requests/body.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { etagOf } from '../requests/headers.ts';
import { ProblemError } from '../answers/problems.ts';
import { noCall } from './words.ts';

/** The route that shows a call as calendars take it. */
export function invitation(
  app: OpenAPIHono<Env>,
  { queries, callers }: RoutePorts,
  invitations: Invitations,
): void {
  endpoint(
    app,
    {
      operationId: 'getInvitation',
      method: 'get',
      path: '/scheduled-calls/{id}/invite.ics',
      summary: 'The call as an invitation, for calendars',
      tags: ['scheduled calls'],
      access: bearer(callers),
      scope: 'scheduling:read',
      params: z.strictObject({ appId: fields.uuid, id: fields.uuid }),
      query: fields.noQuery,
      headers: fields.noHeaders,
      body: noBody,
      answers: {
        description: 'An iCalendar object of one event; the parameter `method` of its type is its METHOD.',
        schema: z.string(),
        media: 'text/calendar',
      },
      errors: errors(404),
    },
    async ({ principal: { appId }, params }) => {
      const call = await queries.call(appId, params.id);
      if (!call) throw new ProblemError(noCall());
      const agent = call.agentId === null ? undefined : await queries.agent(appId, call.agentId);
      const { method, text } = invitations.current(call, agent);
      return {
        verbatim: text,
        headers: {
          'Content-Type': `text/calendar; charset=utf-8; method=${method}`,
          // A UUID: nothing in it has to be quoted.
          'Content-Disposition': `attachment; filename="call-${params.id}.ics"`,
          ETag: etagOf(call),
        },
      };
    },
  );
}
