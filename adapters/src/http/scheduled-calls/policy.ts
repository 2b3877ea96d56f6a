import { ACTOR_TYPES, DEFAULT_POLICY, POLICY_LIMITS, type Policy } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { jsonBody, noBody } from '../requests/body.ts';
import { refused } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { WORDS } from './words.ts';

/** The routes of the scheduled-calls family that say what callers may do. */

const minutes = fields.whole(POLICY_LIMITS.minutes);
const { guest: open } = DEFAULT_POLICY.actors;

/** What is left out is as in the default, which allows everything. */
const ofActor = z
  .strictObject({
    allowed: z.boolean().default(open.allowed),
    minNoticeToOldMinutes: minutes.default(open.minNoticeToOldMinutes),
    minNoticeToNewMinutes: minutes.default(open.minNoticeToNewMinutes),
    horizonDays: fields.whole(POLICY_LIMITS.horizonDays).default(open.horizonDays),
    maxMoves: fields.whole(POLICY_LIMITS.maxMoves).nullable().default(open.maxMoves),
    maxTotalShiftMinutes: minutes.nullable().default(open.maxTotalShiftMinutes),
    reasonRequired: z.boolean().default(open.reasonRequired),
    graceAfterStartMinutes: minutes.nullable().default(open.graceAfterStartMinutes),
  })
  .openapi('ActorPolicy');

const policySchema = z
  .strictObject({
    actors: z
      .strictObject({ guest: ofActor, agent: ofActor, admin: ofActor, api: ofActor })
      .partial()
      .default({}),
    dailyCap: z
      .strictObject({ calls: fields.whole(POLICY_LIMITS.dailyCalls), timezone: fields.timezone })
      .nullable()
      .default(DEFAULT_POLICY.dailyCap),
    versionRequired: z.boolean().default(DEFAULT_POLICY.versionRequired),
    undoWindowMinutes: minutes.default(DEFAULT_POLICY.undoWindowMinutes),
  })
  .openapi('Policy');

const shown = z.object({ data: z.object({ policy: policySchema }) });

const policyOf = ({ actors, ...rest }: z.output<typeof policySchema>): Policy => {
  const { guest = open, agent = open, admin = open, api = open } = actors;
  return { actors: { guest, agent, admin, api }, ...rest };
};

const policyShape = ({ actors, ...rest }: Policy): z.output<typeof shown> => ({
  data: { policy: { actors: Object.fromEntries(ACTOR_TYPES.map((type) => [type, actors[type]])), ...rest } },
});

export function policy(app: OpenAPIHono<Env>, { scheduler, queries, callers }: RoutePorts): void {
  const shared = {
    path: '/policy',
    tags: ['policy'],
    access: bearer(callers),
    params: z.strictObject({ appId: fields.uuid }),
    query: fields.noQuery,
    headers: fields.noHeaders,
  };
  endpoint(
    app,
    {
      ...shared,
      operationId: 'getPolicy',
      method: 'get',
      summary: 'What each kind of actor may do with a move',
      scope: 'scheduling:read',
      body: noBody,
      answers: { description: 'The policy. The default allows everything.', schema: shown },
      errors: errors(),
    },
    async ({ principal }) => ({
      content: policyShape((await queries.policy(principal.appId)) ?? DEFAULT_POLICY),
    }),
  );
  endpoint(
    app,
    {
      ...shared,
      operationId: 'savePolicy',
      method: 'put',
      summary: 'Say what each kind of actor may do; what is left out is as in the default',
      scope: 'scheduling:admin',
      body: jsonBody(policySchema),
      answers: { description: 'As it is now.', schema: shown },
      errors: errors(413, 415),
    },
    async ({ principal, body }) => {
      const outcome = await scheduler.savePolicy({ appId: principal.appId, policy: policyOf(body) });
      if (outcome.kind !== 'policy_saved') throw refused(outcome, WORDS);
      return { content: policyShape(outcome.policy) };
    },
  );
}
