import type { Agent } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { jsonBody, noBody } from '../requests/body.ts';
import { refused } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { WORDS } from './words.ts';

/** The routes of the scheduled-calls family that keep the directory of agents. */

const oneAgent = z.strictObject({ appId: fields.uuid, agentId: fields.agentId });
const record = z
  .strictObject({
    name: fields.agentName,
    active: z.boolean(),
    email: fields.agentEmail.nullable().default(null),
  })
  .openapi('SaveAgent');
const shown = z.object({
  data: z.object({
    agent: z
      .object({ id: z.string(), name: z.string(), active: z.boolean(), email: z.string().nullable() })
      .openapi('Agent'),
  }),
});

const agentShape = ({ id, name, active, email }: Agent): z.infer<typeof shown> => ({
  data: { agent: { id, name, active, email } },
});

export function agents(app: OpenAPIHono<Env>, { scheduler, queries, callers }: RoutePorts): void {
  const shared = {
    path: '/agents/{agentId}',
    tags: ['agents'],
    access: bearer(callers),
    params: oneAgent,
    query: fields.noQuery,
    headers: fields.noHeaders,
  };

  endpoint(
    app,
    {
      ...shared,
      operationId: 'getAgent',
      method: 'get',
      summary: 'One agent',
      scope: 'scheduling:read',
      body: noBody,
      answers: { description: 'The agent.', schema: shown },
      errors: errors(404),
    },
    async ({ principal, params }) => {
      const agent = await queries.agent(principal.appId, params.agentId);
      if (!agent) throw new ProblemError(problems.notFound('no such agent in this app'));
      return { content: agentShape(agent) };
    },
  );

  endpoint(
    app,
    {
      ...shared,
      operationId: 'saveAgent',
      method: 'put',
      summary: 'Put an agent into the directory, or change its record',
      scope: 'scheduling:admin',
      body: jsonBody(record),
      answers: { description: 'The agent as it is now.', schema: shown },
      errors: errors(413, 415),
    },
    async ({ principal, params, body }) => {
      const agent = { ...body, appId: principal.appId, id: params.agentId };
      const outcome = await scheduler.saveAgent({ agent });
      if (outcome.kind !== 'agent_saved') throw refused(outcome, WORDS);
      return { content: agentShape(outcome.agent) };
    },
  );
}
