import { fields as rules, type PageStart } from '@reslot/core';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema, callShape, eventSchema, eventShape, summarySchema, summaryShape } from './shapes.ts';
import { answer, errors } from '../documents.ts';
import type { Env, HttpPorts } from '../environment.ts';
import * as fields from '../fields.ts';
import { bearer } from '../guards.ts';
import { ProblemError } from '../problems.ts';
import { timelinePage } from '../timeline.ts';
import { noCall } from './changes.ts';

/** The routes of the scheduled-calls family that show calls. */

const MAX_PAGE = 200;
const MAX_SKIP = 100_000;
const DEFAULT_EVENTS = 100;

const status = callSchema.shape.status;

const listQuery = z
  .strictObject({
    agentId: fields.agentId,
    status: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(status).min(1))
      .openapi({ type: 'string', description: 'One or several statuses, separated by commas.' }),
    bookingSource: callSchema.shape.booking_source,
    dateFrom: fields.utc.openapi({ description: 'Inclusive.' }),
    dateTo: fields.utc.openapi({ description: 'Exclusive.' }),
    search: fields.search.openapi({ description: "A part of the guest's name, phone or e-mail." }),
    limit: fields.count(1, MAX_PAGE),
    offset: fields.count(0, MAX_SKIP),
    cursor: z
      .string()
      .transform((text, context): Extract<PageStart, { after: unknown }> => {
        const start = parseCursor(text);
        if (start) return start;
        context.addIssue({ code: 'custom', message: 'must be the nextCursor of another page' });
        return z.NEVER;
      })
      .openapi({ type: 'string' }),
  })
  .partial()
  .refine(({ offset, cursor }) => offset === undefined || cursor === undefined, {
    message: 'offset and cursor exclude each other',
    path: ['cursor'],
  });

const page = z.object({
  data: z.object({ calls: z.array(summarySchema) }),
  pagination: z.object({
    total: z.int(),
    limit: z.int(),
    offset: z.int().nullable(),
    hasMore: z.boolean(),
    nextCursor: z.string().nullable(),
  }),
});

const timeline = z.object({
  data: z.object({ call: callSchema, events: z.array(eventSchema) }),
  pagination: z.object({
    limit: z.int(),
    hasMore: z.boolean(),
    nextAfter: z.int().nullable().openapi({ description: '`eventsAfter` of the next page of the timeline.' }),
  }),
});

export function callQueries(app: OpenAPIHono<Env>, ports: HttpPorts): void {
  list(app, ports);
  show(app, ports);
}

function list(app: OpenAPIHono<Env>, { queries, credentials, clock }: HttpPorts): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/scheduled-calls',
      operationId: 'listScheduledCalls',
      summary: 'The calls of the app by their start',
      tags: ['scheduled calls'],
      security: [{ bearer: [] }],
      middleware: [bearer(credentials, clock)('scheduling:read')] as const,
      request: { params: z.strictObject({ appId: fields.uuid }), query: listQuery },
      responses: { 200: answer('One page of calls.', page), ...errors() },
    }),
    async (c) => {
      const { appId } = c.var.principal;
      const {
        status: statuses,
        dateFrom,
        dateTo,
        limit = 50,
        offset = 0,
        cursor,
        ...rest
      } = c.req.valid('query');
      const filter = { ...rest, statuses, startsFrom: dateFrom, startsBefore: dateTo };
      // One more than asked for tells whether there is another page.
      const found = await queries.calls(appId, filter, cursor ?? { skip: offset }, limit + 1);
      const calls = found.calls.slice(0, limit);
      const last = found.calls.length > limit ? calls.at(-1) : undefined;
      const pagination = {
        total: found.total,
        limit,
        offset: cursor ? null : offset,
        hasMore: last !== undefined,
        nextCursor: last ? toCursor(last) : null,
      };
      return c.json({ data: { calls: calls.map(summaryShape) }, pagination }, 200);
    },
  );
}

function show(app: OpenAPIHono<Env>, { queries, credentials, clock }: HttpPorts): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/scheduled-calls/{id}',
      operationId: 'getScheduledCall',
      summary: 'One call with its timeline',
      tags: ['scheduled calls'],
      security: [{ bearer: [] }],
      middleware: [bearer(credentials, clock)('scheduling:read')] as const,
      request: {
        params: z.strictObject({ appId: fields.uuid, id: fields.uuid }),
        query: z
          .strictObject({ eventsAfter: fields.count(0, 999_999_999), eventsLimit: fields.count(1, MAX_PAGE) })
          .partial(),
      },
      responses: { 200: answer('The call and a page of its timeline.', timeline), ...errors(404) },
    }),
    async (c) => {
      const { appId } = c.var.principal;
      const { id } = c.req.valid('param');
      const { eventsAfter = 0, eventsLimit: limit = DEFAULT_EVENTS } = c.req.valid('query');
      const call = await queries.call(appId, id);
      if (!call) throw new ProblemError(noCall());
      const events = await timelinePage(queries, call, eventsAfter, limit);
      const last = events.at(-1);
      const hasMore = last !== undefined && last.seq < call.lastSeq;
      const pagination = { limit, hasMore, nextAfter: hasMore ? last.seq : null };
      return c.json({ data: { call: callShape(call), events: events.map(eventShape) }, pagination }, 200);
    },
  );
}

const toCursor = ({ startsAt, id }: { startsAt: number; id: string }): string =>
  Buffer.from(`${startsAt} ${id}`).toString('base64url');

function parseCursor(text: string): Extract<PageStart, { after: unknown }> | undefined {
  const [, startsAt, id] = /^(\d{1,15}) (\S+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (startsAt === undefined || id === undefined || rules.id(id) !== undefined) return undefined;
  return { after: { startsAt: Number(startsAt), id } };
}
