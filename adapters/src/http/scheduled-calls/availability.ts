import { EXCEPTION_KINDS, MOST_EXCEPTIONS, MOST_WINDOWS, type Availability, type Span } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { jsonBody, noBody } from '../requests/body.ts';
import { refused, toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofQueries } from '../requests/headers.ts';
import { ProblemError, problems } from '../answers/problems.ts';
import { slotSchema, slotShape } from '../requests/slots.ts';
import { toIso } from '../requests/time.ts';
import { SOURCE, WORDS } from './words.ts';

/** The routes of the scheduled-calls family that say when agents take calls, and where there is room. */

/** All that an agent may have of each. */
const MAX_BYTES = 128 * 1024;

const window = z.strictObject({
  weekday: z.int().min(0).max(6).openapi({ description: '0 is Sunday.' }),
  start: fields.localTime,
  end: fields.localTime.openapi({ example: '17:00', description: '24:00 is the end of the day.' }),
  timezone: fields.timezone,
});
const stretch = { startUtc: fields.utc, endUtc: fields.utc };
const record = z
  .strictObject({
    windows: z.array(window).max(MOST_WINDOWS).default([]),
    exceptions: z
      .array(z.strictObject({ kind: z.enum(EXCEPTION_KINDS), ...stretch }))
      .max(MOST_EXCEPTIONS)
      .default([]),
    doNotDisturb: z.array(z.strictObject(stretch)).max(MOST_EXCEPTIONS).default([]),
  })
  .openapi('SaveAvailability');

const instant = z.string().openapi({ format: 'date-time' });
const shownStretch = { startUtc: instant, endUtc: instant };
const shown = z.object({
  data: z.object({
    availability: z
      .object({
        windows: z.array(
          z.object({ weekday: z.int(), start: z.string(), end: z.string(), timezone: z.string() }),
        ),
        exceptions: z.array(z.object({ kind: z.enum(EXCEPTION_KINDS), ...shownStretch })),
        doNotDisturb: z.array(z.object(shownStretch)),
      })
      .openapi('Availability'),
  }),
});

const fromStretch = ({ startUtc, endUtc }: { startUtc: number; endUtc: number }): Span => ({
  from: startUtc,
  to: endUtc,
});
const toStretch = ({ from, to }: Span) => ({ startUtc: toIso(from), endUtc: toIso(to) });

const availabilityOf = ({ windows, exceptions, doNotDisturb }: z.output<typeof record>): Availability => ({
  windows,
  exceptions: exceptions.map(({ kind, ...span }) => ({ kind, ...fromStretch(span) })),
  doNotDisturb: doNotDisturb.map(fromStretch),
});

const availabilityShape = ({ windows, exceptions, doNotDisturb }: Availability): z.infer<typeof shown> => ({
  data: {
    availability: {
      windows: [...windows],
      exceptions: exceptions.map(({ kind, ...span }) => ({ kind, ...toStretch(span) })),
      doNotDisturb: doNotDisturb.map(toStretch),
    },
  },
});

/** Our names of the ends of a stretch, and theirs. */
const inStretches = (path: string) => path.replace(/\.from$/, '.startUtc').replace(/\.to$/, '.endUtc');
const inQuery = (path: string) =>
  path.replace(/^(from|to)$/, '$1Utc').replace('respectHours', 'respectWorkingHours');

export function availability(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  ofAgents(app, ports);
  slots(app, ports);
}

function ofAgents(app: OpenAPIHono<Env>, { scheduler, queries, callers }: RoutePorts): void {
  const shared = {
    path: '/agents/{agentId}/availability',
    tags: ['agents'],
    access: bearer(callers),
    params: z.strictObject({ appId: fields.uuid, agentId: fields.agentId }),
    query: fields.noQuery,
    headers: fields.noHeaders,
  };
  endpoint(
    app,
    {
      ...shared,
      operationId: 'getAgentAvailability',
      method: 'get',
      summary: 'When an agent takes calls',
      scope: 'scheduling:read',
      body: noBody,
      answers: { description: 'Without windows, at any hour.', schema: shown },
      errors: errors(404),
    },
    async ({ principal, params }) => {
      const agent = await queries.agent(principal.appId, params.agentId);
      if (!agent) throw new ProblemError(problems.notFound('no such agent in this app'));
      return { content: availabilityShape(agent.availability) };
    },
  );
  endpoint(
    app,
    {
      ...shared,
      operationId: 'saveAgentAvailability',
      method: 'put',
      summary: 'Say when an agent takes calls. Calls that are there stay where they are',
      scope: 'scheduling:admin',
      body: jsonBody(record, MAX_BYTES),
      answers: { description: 'As it is now.', schema: shown },
      errors: errors(404, 413, 415),
    },
    async ({ principal, params, body }) => {
      const outcome = await scheduler.saveAvailability({
        appId: principal.appId,
        agentId: params.agentId,
        availability: availabilityOf(body),
      });
      if (outcome.kind !== 'agent_saved') throw refused(outcome, { ...WORDS, field: inStretches });
      return { content: availabilityShape(outcome.agent.availability) };
    },
  );
}

const wanted = z.strictObject({
  fromUtc: fields.utc,
  toUtc: fields.utc.openapi({ description: 'A slot ends by then.' }),
  durationMinutes: fields.count(5, 480).optional(),
  callId: fields.uuid
    .optional()
    .openapi({ description: 'A call to be moved: its length counts, and its own time is not in its way.' }),
  agentId: fields.agentId.optional().openapi({ description: 'Default: every active agent.' }),
  stepMinutes: fields.count(1, 1440).optional().openapi({ description: 'Default: as long as the call.' }),
  bufferBeforeMinutes: fields.count(0, 240).optional(),
  bufferAfterMinutes: fields.count(0, 240).optional(),
  respectWorkingHours: fields.flag
    .optional()
    .openapi({ description: 'Default true. Slots outside of the hours are taken with an override only.' }),
});

function slots(app: OpenAPIHono<Env>, { scheduler, callers }: RoutePorts): void {
  endpoint(
    app,
    {
      operationId: 'findSlots',
      method: 'get',
      path: '/availability',
      summary: 'Free slots: at most 400 candidates, that is starts times agents, are looked at',
      tags: ['scheduled calls'],
      access: bearer(callers),
      scope: 'scheduling:read',
      params: z.strictObject({ appId: fields.uuid }),
      query: wanted,
      headers: ofQueries,
      body: noBody,
      answers: {
        description: 'By start, then agent. Each is accepted if it is sent at once.',
        schema: z.object({ data: z.object({ slots: z.array(slotSchema) }) }),
      },
      errors: errors(404),
    },
    async ({ principal, query, headers }) => {
      const { fromUtc: from, toUtc: to, respectWorkingHours: respectHours, ...rest } = query;
      const { appId, actor } = toldBy(principal, SOURCE, headers['x-actor']);
      const outcome = await scheduler.openSlots({ appId, actor, from, to, respectHours, ...rest });
      if (outcome.kind !== 'open_slots')
        throw refused(outcome, { ...WORDS, agentId: 'agentId', field: inQuery });
      return { content: { data: { slots: outcome.slots.map(slotShape) } } };
    },
  );
}
