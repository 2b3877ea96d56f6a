import type { Agent } from '@reslot/core';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { answer, body, errors } from '../documents.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
import { bearer, jsonBody } from '../guards.ts';
import { problemOf, ProblemError, problems } from '../problems.ts';
import { WORDS } from './changes.ts';

/** The routes of the scheduled-calls family that keep the directory of agents. */

const oneAgent = z.strictObject({ appId: fields.uuid, agentId: fields.agentId });
const record = z.strictObject({ name: fields.agentName, active: z.boolean() }).openapi('SaveAgent');
const shown = z.object({
  data: z.object({
    agent: z.object({ id: z.string(), name: z.string(), active: z.boolean() }).openapi('Agent'),
  }),
});

const agentShape = ({ id, name, active }: Agent): z.infer<typeof shown> => ({
  data: { agent: { id, name, active } },
});

export function agents(app: OpenAPIHono<Env>, { scheduler, queries, credentials, clock }: HttpPorts): void {
  const authorized = bearer(credentials, clock);

  app.openapi(
    createRoute({
      method: 'get',
      path: '/agents/{agentId}',
      operationId: 'getAgent',
      summary: 'One agent',
      tags: ['agents'],
      security: [{ bearer: [] }],
      middleware: [authorized('scheduling:read')] as const,
      request: { params: oneAgent, query: fields.noQuery },
      responses: { 200: answer('The agent.', shown), ...errors(404) },
    }),
    async (c) => {
      const agent = await queries.agent(c.var.principal.appId, c.req.valid('param').agentId);
      if (!agent) throw new ProblemError(problems.notFound('no such agent in this app'));
      return c.json(agentShape(agent), 200);
    },
  );

  app.openapi(
    createRoute({
      method: 'put',
      path: '/agents/{agentId}',
      operationId: 'saveAgent',
      summary: 'Put an agent into the directory, or change its record',
      tags: ['agents'],
      security: [{ bearer: [] }],
      middleware: [authorized('scheduling:admin'), jsonBody] as const,
      request: { params: oneAgent, query: fields.noQuery, body: body(record, true) },
      responses: { 200: answer('The agent as it is now.', shown), ...errors(413, 415) },
    }),
    async (c) => {
      const agent = {
        ...c.req.valid('json'),
        appId: c.var.principal.appId,
        id: c.req.valid('param').agentId,
      };
      const outcome = await scheduler.saveAgent({ agent });
      if (outcome.kind !== 'agent_saved') {
        throw new ProblemError(problemOf(outcome.kind, outcome, WORDS));
      }
      return c.json(agentShape(outcome.agent), 200);
    },
  );
}
