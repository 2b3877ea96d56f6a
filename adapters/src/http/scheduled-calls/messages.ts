import { ACTOR_TYPES, isEventType, SUBSCRIBABLE } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { json } from '../documents/documents.ts';
import type { Env } from '../environment.ts';
import { instant } from './shapes.ts';
import { reminderChange } from './timeline.ts';

/** What webhooks are sent, in the words of OpenAPI: decision 22 has the reasons for the envelope. */

const part = z.record(z.string(), z.unknown());

const message = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().openapi({ description: 'As the header `webhook-id`: the same at every attempt.' }),
    source: z.string().openapi({ format: 'uri-reference' }),
    type: z.enum(SUBSCRIBABLE),
    time: instant,
    subject: z.string().openapi({ description: 'The call.' }),
    datacontenttype: z.literal('application/json'),
    data: z.object({
      app_id: z.string(),
      call_id: z.string(),
      sequence: z.int().min(1).openapi({ description: 'Numbers the events of the call.' }),
      call_version: z.int().min(1),
      event: z.enum(SUBSCRIBABLE.map((type) => type.slice(type.indexOf('.') + 1)).filter(isEventType)),
      previous: part,
      current: part,
      changed: z.array(z.string()),
      withheld: z.array(z.string()),
      reason: z.string().nullable(),
      actor: z.object({ type: z.enum(ACTOR_TYPES), id: z.string() }),
      interface: z.string(),
      reminders: z.array(reminderChange),
      overridden: z.array(z.string()),
    }),
  })
  .openapi('Message');

const headers = z.object({
  'webhook-id': z.string(),
  'webhook-timestamp': z.string().openapi({ description: 'Of the attempt, in Unix seconds.' }),
  'webhook-signature': z
    .string()
    .openapi({ description: 'One or two signatures with a space between them.' }),
});

/** Describes the messages in the document; they are sent by the relay. */
export const messages = ({ openAPIRegistry }: OpenAPIHono<Env>): void =>
  openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'event',
    operationId: 'receiveEvent',
    summary: 'Something has happened to a call; a CloudEvent, signed as Standard Webhooks',
    tags: ['webhooks'],
    security: [],
    request: { headers, body: { required: true, content: json(message) } },
    responses: {
      '2XX': { description: 'Taken. Anything else, or nothing within 15 seconds: it is sent again.' },
      410: { description: 'No more of them are wanted: the webhook is disabled.' },
    },
  });
