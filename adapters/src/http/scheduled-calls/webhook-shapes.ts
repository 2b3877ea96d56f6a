import {
  DELIVERY_STATES,
  isEventType,
  isoOrNull,
  MESSAGE_TYPES,
  SUBSCRIBABLE,
  type Delivery,
  type Endpoint,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import * as fields from '../requests/fields.ts';
import { toIso } from '../requests/time.ts';
import { instant } from './shapes.ts';
import { WORDS } from './words.ts';

/** How the scheduled-calls family speaks of webhooks. */

const messageType = z.enum(SUBSCRIBABLE);

/** Without the secrets, which are told once. */
const webhookSchema = z
  .object({
    id: z.string().openapi({ format: 'uuid' }),
    url: z.string(),
    description: z.string().nullable(),
    event_types: z
      .array(messageType)
      .nullable()
      .openapi({ description: 'Null for all, also those to come.' }),
    status: z.enum(['active', 'paused', 'disabled']),
    trouble: z.enum(['gone', 'failing']).nullable().openapi({
      description: 'Why it is not active: it answered 410, or nothing was delivered for days.',
    }),
    family_headers: z.boolean(),
    previous_secret_until: instant.nullable().openapi({
      description: 'Until then messages are signed with the secret before the last rotation, too.',
    }),
    created_at: instant,
  })
  .openapi('Webhook');

export const shown = z.object({ data: z.object({ webhook: webhookSchema }) });
export const shownAll = z.object({ data: z.object({ webhooks: z.array(webhookSchema) }) });
export const shownWithSecret = z.object({
  data: z.object({
    webhook: webhookSchema,
    secret: z.string().openapi({ description: 'Told here and nowhere else.', example: 'whsec_…' }),
  }),
});

export const webhookShape = (endpoint: Endpoint): z.infer<typeof webhookSchema> => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: endpoint.types && endpoint.types.map((type) => MESSAGE_TYPES[type]),
  status: endpoint.status,
  trouble: endpoint.trouble,
  family_headers: endpoint.familyHeaders,
  previous_secret_until: isoOrNull(endpoint.previousUntil),
  created_at: toIso(endpoint.createdAt),
});

const url = z.string().openapi({ format: 'uri', example: 'https://example.com/hooks' });
/** Events by the names of their messages; by our own from here on. */
const eventTypes = z
  .array(
    messageType.transform((word, context) => {
      const type = word.slice(word.indexOf('.') + 1);
      if (isEventType(type)) return type;
      context.addIssue({ code: 'custom', message: 'must be the type of an event' });
      return z.NEVER;
    }),
  )
  .nullable();

export const creationBody = z
  .strictObject({
    url,
    eventTypes: eventTypes.default(null),
    description: fields.description.nullable().default(null),
    familyHeaders: z.boolean().default(false),
  })
  .openapi('CreateWebhook');

export const changeBody = z
  .strictObject({
    url,
    eventTypes,
    description: fields.description.nullable(),
    familyHeaders: z.boolean(),
    status: z.enum(['active', 'paused']),
  })
  .partial()
  .refine((edits) => Object.keys(edits).length > 0, 'at least one field is required')
  .openapi('UpdateWebhook', { minProperties: 1 });

export const deliverySchema = z
  .object({
    call_id: z.string(),
    sequence: z.int().openapi({ description: 'As `data.sequence` of the message.' }),
    event_type: messageType,
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    last_outcome: z.string().nullable().openapi({ description: 'Of the last attempt, in a word or two.' }),
    next_attempt_at: instant.nullable(),
    created_at: instant,
    settled_at: instant.nullable(),
  })
  .openapi('WebhookDelivery');

export const deliveryShape = (delivery: Delivery): z.infer<typeof deliverySchema> => ({
  call_id: delivery.callId,
  sequence: delivery.seq,
  event_type: MESSAGE_TYPES[delivery.type],
  state: delivery.state,
  attempts: delivery.attempts,
  last_outcome: delivery.told,
  next_attempt_at: delivery.state === 'pending' ? toIso(delivery.dueAt) : null,
  created_at: toIso(delivery.createdAt),
  settled_at: isoOrNull(delivery.settledAt),
});

const NAMES: Readonly<Record<string, string>> = {
  types: 'eventTypes',
  from: 'fromUtc',
  before: 'toUtc',
  settledUntil: 'settledUntilUtc',
};

export const WEBHOOK_WORDS = { ...WORDS, field: (path: string) => NAMES[path] ?? path };
