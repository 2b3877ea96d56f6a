import {
  fields as rules,
  SETTLED_STATES,
  type Instant,
  type Redelivery,
  type WebhookOutcome,
  type Webhooks,
} from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody, noBody } from '../requests/body.ts';
import { refused } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { toIso } from '../requests/time.ts';
import { deliverySchema, deliveryShape, WEBHOOK_WORDS } from './webhook-shapes.ts';
import { nothing, oneWebhook, sharedBy } from './webhooks.ts';

/** The routes of the scheduled-calls family about what is sent to a webhook. */

const MAX_PAGE = 200;

const tested = z.object({
  data: z.object({
    message_id: z.string(),
    outcome: z.enum(['delivered', 'gone', 'refused', 'unreachable', 'forbidden']),
    status: z.int().nullable().openapi({ description: 'Of the answer, if there was one.' }),
    excerpt: z.string().nullable().openapi({ description: 'The beginning of the answer.' }),
    fault: z.string().nullable().openapi({ description: 'Why there was no answer.' }),
  }),
});

const outcomeShape = (outcome: WebhookOutcome) => ({
  outcome: outcome.kind,
  status: 'status' in outcome ? outcome.status : null,
  excerpt: 'status' in outcome ? outcome.excerpt : null,
  fault: 'fault' in outcome ? outcome.fault : 'message' in outcome ? outcome.message : null,
});

const deliveriesQuery = z
  .strictObject({
    state: deliverySchema.shape.state,
    callId: fields.uuid,
    fromUtc: fields.utc.openapi({ description: 'By when they were made, inclusive.' }),
    toUtc: fields.utc.openapi({ description: 'Exclusive.' }),
    limit: fields.count(1, MAX_PAGE),
    cursor: fields.cursor(positionIn),
  })
  .partial();

type After = Parameters<Webhooks['deliveries']>[4];

const page = z.object({
  data: z.object({ deliveries: z.array(deliverySchema) }),
  pagination: z.object({ limit: z.int(), hasMore: z.boolean(), nextCursor: z.string().nullable() }),
});

const redelivery = z
  .strictObject({
    callId: fields.uuid,
    seq: z.int().min(1).openapi({ description: 'Beside `callId`: one event.' }),
    state: z.enum(SETTLED_STATES),
    fromUtc: fields.utc.openapi({ description: 'By when they were made, inclusive.' }),
    toUtc: fields.utc.openapi({ description: 'Exclusive.' }),
    settledUntilUtc: fields.utc.openapi({
      description: 'By when they were delivered or given up, inclusive.',
    }),
  })
  .partial()
  .openapi('Redeliver', { minProperties: 1 });

const redelivered = z.object({
  data: z.object({
    redelivered: z.int(),
    next: z
      .object({
        callId: z.string().optional(),
        seq: z.int().optional(),
        state: z.enum(SETTLED_STATES).optional(),
        fromUtc: z.string().optional(),
        toUtc: z.string().optional(),
        settledUntilUtc: z.string().optional(),
      })
      .nullable()
      .openapi({ description: 'The body that asks for what is left; null when there is nothing.' }),
  }),
});

const isoOf = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : toIso(at));

const nextShape = ({ from, before, settledUntil, ...rest }: Redelivery) => ({
  ...rest,
  fromUtc: isoOf(from),
  toUtc: isoOf(before),
  settledUntilUtc: isoOf(settledUntil),
});

export function webhookDeliveries(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  const shared = { ...sharedBy(ports), params: oneWebhook };
  endpoint(
    app,
    {
      ...shared,
      operationId: 'testWebhook',
      method: 'post',
      path: '/webhooks/{id}/test',
      summary: 'Send a message of the type `webhook.test`, once, and see what comes of it',
      body: nothing,
      answers: { description: 'How the attempt ended, however it did.', schema: tested },
      errors: errors(404, 413, 415),
    },
    async ({ principal, params }) => {
      const outcome = await hooks.test(principal.appId, params.id);
      if (outcome.kind !== 'tested') throw refused(outcome, WEBHOOK_WORDS);
      return { content: { data: { message_id: outcome.messageId, ...outcomeShape(outcome.outcome) } } };
    },
  );
  list(app, ports, hooks);
  endpoint(
    app,
    {
      ...shared,
      operationId: 'redeliver',
      method: 'post',
      path: '/webhooks/{id}/redeliver',
      summary: 'Have messages sent again, from the first attempt',
      body: jsonBody(redelivery),
      answers: { description: 'How many; at most 250 by one request.', schema: redelivered },
      errors: errors(404, 413, 415),
    },
    async ({ principal, params, body }) => {
      const { fromUtc: from, toUtc: before, settledUntilUtc: settledUntil, ...rest } = body;
      const wish = { ...rest, from, before, settledUntil };
      const outcome = await hooks.redeliver(principal.appId, params.id, wish);
      if (outcome.kind !== 'redelivered') throw refused(outcome, WEBHOOK_WORDS);
      const { many, next } = outcome;
      return { content: { data: { redelivered: many, next: next && nextShape(next) } } };
    },
  );
}

function list(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  endpoint(
    app,
    {
      ...sharedBy(ports),
      operationId: 'listWebhookDeliveries',
      method: 'get',
      path: '/webhooks/{id}/deliveries',
      summary: 'What became of the messages to a webhook',
      params: oneWebhook,
      query: deliveriesQuery,
      body: noBody,
      answers: { description: 'The newest first.', schema: page },
      errors: errors(404),
    },
    async ({ principal, params, query }) => {
      const { fromUtc: from, toUtc: before, limit = 50, cursor, ...rest } = query;
      // One more than asked for tells whether there are more.
      const filter = { ...rest, from, before };
      const found = await hooks.deliveries(principal.appId, params.id, filter, limit + 1, cursor);
      if (found.kind !== 'deliveries') throw refused(found, WEBHOOK_WORDS);
      const deliveries = found.deliveries.slice(0, limit);
      const last = found.deliveries.length > limit ? deliveries.at(-1) : undefined;
      const nextCursor = last ? fields.cursorOf(last.createdAt, last.callId, last.seq) : null;
      const pagination = { limit, hasMore: last !== undefined, nextCursor };
      return { content: { data: { deliveries: deliveries.map(deliveryShape) }, pagination } };
    },
  );
}

function positionIn(text: string): After {
  const [, createdAt, callId, seq] = /^(\d{1,15}) (\S+) (\d{1,15})$/.exec(text) ?? [];
  if (callId === undefined || rules.id(callId) !== undefined) return undefined;
  return { createdAt: Number(createdAt), callId, seq: Number(seq) };
}
