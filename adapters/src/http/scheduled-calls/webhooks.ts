import type { Endpoint, EndpointSettled, WebhookRefusal, Webhooks } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { jsonBody, noBody, optionalJsonBody } from '../requests/body.ts';
import { refused } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofNewWebhooks } from '../requests/headers.ts';
import {
  changeBody,
  creationBody,
  shown,
  shownAll,
  shownWithSecret,
  webhookShape,
  WEBHOOK_WORDS,
} from './webhook-shapes.ts';

/** The routes of the scheduled-calls family that say where an app wants to be told what happens. */

const ofApp = z.strictObject({ appId: fields.uuid });
export const oneWebhook = z.strictObject({ appId: fields.uuid, id: fields.uuid });
export const nothing = optionalJsonBody(z.strictObject({}));

/** What the endpoints here and of deliveries have in common. */
export const sharedBy = ({ callers }: RoutePorts) => ({
  tags: ['webhooks'],
  access: bearer(callers),
  scope: 'webhooks:manage' as const,
  query: fields.noQuery,
  headers: fields.noHeaders,
});

function settled(outcome: EndpointSettled | WebhookRefusal): Endpoint {
  if (outcome.kind !== 'endpoint') throw refused(outcome, WEBHOOK_WORDS);
  return outcome.endpoint;
}

const withSecret = (one: Endpoint) => ({ data: { webhook: webhookShape(one), secret: one.secret } });
const withoutSecret = (one: Endpoint) => ({ data: { webhook: webhookShape(one) } });

export function webhooks(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  ofAll(app, ports, hooks);
  ofOne(app, ports, hooks);
  rotation(app, ports, hooks);
}

function ofAll(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  const shared = { ...sharedBy(ports), path: '/webhooks', params: ofApp };
  endpoint(
    app,
    {
      ...shared,
      operationId: 'createWebhook',
      method: 'post',
      summary: 'Be told what happens',
      headers: ofNewWebhooks,
      body: jsonBody(creationBody),
      status: 201,
      answers: {
        description: 'The webhook, and the secret that its messages are signed with.',
        schema: shownWithSecret,
      },
      errors: errors(409, 413, 415),
    },
    async ({ principal, body: { eventTypes: types, ...rest } }) => {
      const made = settled(await hooks.add(principal.appId, { ...rest, types }));
      return { content: withSecret(made), headers: { Location: `webhooks/${made.id}` } };
    },
  );
  endpoint(
    app,
    {
      ...shared,
      operationId: 'listWebhooks',
      method: 'get',
      summary: 'The webhooks of the app',
      body: noBody,
      answers: { description: 'All of them, the oldest first.', schema: shownAll },
      errors: errors(),
    },
    async ({ principal }) => ({
      content: { data: { webhooks: (await hooks.list(principal.appId)).map(webhookShape) } },
    }),
  );
}

function ofOne(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  const shared = { ...sharedBy(ports), path: '/webhooks/{id}', params: oneWebhook };
  endpoint(
    app,
    {
      ...shared,
      operationId: 'getWebhook',
      method: 'get',
      summary: 'One webhook',
      body: noBody,
      answers: { description: 'The webhook.', schema: shown },
      errors: errors(404),
    },
    async ({ principal, params }) => ({
      content: withoutSecret(settled(await hooks.find(principal.appId, params.id))),
    }),
  );
  endpoint(
    app,
    {
      ...shared,
      operationId: 'updateWebhook',
      method: 'patch',
      summary: 'Change a webhook, pause it, or go on with it',
      body: jsonBody(changeBody),
      answers: { description: 'The webhook as it is now.', schema: shown },
      errors: errors(404, 413, 415),
    },
    async ({ principal, params, body: { eventTypes: types, ...rest } }) => ({
      content: withoutSecret(settled(await hooks.edit(principal.appId, params.id, { ...rest, types }))),
    }),
  );
  endpoint(
    app,
    {
      ...shared,
      operationId: 'deleteWebhook',
      method: 'delete',
      summary: 'Be told no more; what has not been delivered is forgotten',
      body: noBody,
      answers: { description: 'The webhook as it was.', schema: shown },
      errors: errors(404),
    },
    async ({ principal, params }) => ({
      content: withoutSecret(settled(await hooks.remove(principal.appId, params.id))),
    }),
  );
}

function rotation(app: OpenAPIHono<Env>, ports: RoutePorts, hooks: Webhooks): void {
  endpoint(
    app,
    {
      ...sharedBy(ports),
      operationId: 'rotateWebhookSecret',
      method: 'post',
      path: '/webhooks/{id}/rotate',
      summary: 'Get a new secret',
      params: oneWebhook,
      body: nothing,
      answers: {
        description: 'The new secret; the one before is signed with for a day, too.',
        schema: shownWithSecret,
      },
      errors: errors(404, 413, 415),
    },
    async ({ principal, params }) => ({
      content: withSecret(settled(await hooks.rotate(principal.appId, params.id))),
    }),
  );
}
