import { fields as rules, type PageStart } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema, callShape, summarySchema, summaryShape } from './shapes.ts';
import { eventSchema, eventShape } from './timeline.ts';
import { bearer } from '../callers/access.ts';
import { noBody } from '../requests/body.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { etagOf } from '../requests/headers.ts';
import { ProblemError } from '../answers/problems.ts';
import { timelinePage } from '../answers/timeline.ts';
import { noCall } from './words.ts';

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
    seriesId: fields.uuid.openapi({ description: 'The calls that were booked together.' }),
    dateFrom: fields.utc.openapi({ description: 'Inclusive.' }),
    dateTo: fields.utc.openapi({ description: 'Exclusive.' }),
    search: fields.search.openapi({ description: "A part of the guest's name, phone or e-mail." }),
    limit: fields.count(1, MAX_PAGE),
    offset: fields.count(0, MAX_SKIP),
    cursor: fields.cursor(pageAfter),
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

export function callQueries(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  list(app, ports);
  show(app, ports);
}

/** What the endpoints here have in common. */
const shared = ({ callers }: RoutePorts) => ({
  method: 'get' as const,
  tags: ['scheduled calls'],
  access: bearer(callers),
  scope: 'scheduling:read' as const,
  headers: fields.noHeaders,
  body: noBody,
});

function list(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'listScheduledCalls',
      path: '/scheduled-calls',
      summary: 'The calls of the app by their start',
      params: z.strictObject({ appId: fields.uuid }),
      query: listQuery,
      answers: { description: 'One page of calls.', schema: page },
      errors: errors(),
    },
    async ({ principal, query }) => {
      const { status: statuses, dateFrom, dateTo, limit = 50, offset = 0, cursor, ...rest } = query;
      const filter = { ...rest, statuses, startsFrom: dateFrom, startsBefore: dateTo };
      // One more than asked for tells whether there is another page.
      const start = cursor ?? { skip: offset };
      const found = await ports.queries.calls(principal.appId, filter, start, limit + 1);
      const calls = found.calls.slice(0, limit);
      const last = found.calls.length > limit ? calls.at(-1) : undefined;
      const pagination = {
        total: found.total,
        limit,
        offset: cursor ? null : offset,
        hasMore: last !== undefined,
        nextCursor: last ? fields.cursorOf(last.startsAt, last.id) : null,
      };
      return { content: { data: { calls: calls.map(summaryShape) }, pagination } };
    },
  );
}

function show(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'getScheduledCall',
      path: '/scheduled-calls/{id}',
      summary: 'One call with its timeline',
      params: z.strictObject({ appId: fields.uuid, id: fields.uuid }),
      query: z
        .strictObject({ eventsAfter: fields.count(0, 999_999_999), eventsLimit: fields.count(1, MAX_PAGE) })
        .partial(),
      answers: { description: 'The call and a page of its timeline.', schema: timeline },
      errors: errors(404),
    },
    async ({ principal, params, query }) => {
      const { eventsAfter = 0, eventsLimit: limit = DEFAULT_EVENTS } = query;
      const call = await ports.queries.call(principal.appId, params.id);
      if (!call) throw new ProblemError(noCall());
      const events = await timelinePage(ports.queries, call, eventsAfter, limit);
      const last = events.at(-1);
      const hasMore = last !== undefined && last.seq < call.lastSeq;
      const pagination = { limit, hasMore, nextAfter: hasMore ? last.seq : null };
      const data = { call: callShape(call), events: events.map(eventShape) };
      return { content: { data, pagination }, headers: { ETag: etagOf(call) } };
    },
  );
}

function pageAfter(text: string): Extract<PageStart, { after: unknown }> | undefined {
  const [, startsAt, id] = /^(\d{1,15}) (\S+)$/.exec(text) ?? [];
  if (startsAt === undefined || id === undefined || rules.id(id) !== undefined) return undefined;
  return { after: { startsAt: Number(startsAt), id } };
}
