import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Api } from './api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi('memory');
});
afterAll(() => api?.close());

test('the OpenAPI document is of version 3.1, and describes every operation', async () => {
  const { status, body } = await api.request('GET', '/openapi.json');
  expect([status, body.openapi]).toEqual([200, '3.1.0']);
  const operations = Object.entries<
    Record<string, { operationId?: string; responses: object; summary?: string }>
  >(body.paths).flatMap(([, methods]) => Object.values(methods));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operationId, responses, summary } of operations) {
    expect(operationId).toEqual(expect.any(String));
    expect(summary).toEqual(expect.any(String));
    expect(Object.keys(responses).length).toBeGreaterThan(0);
  }
});

test('every schema that the document refers to is in it', async () => {
  const { text, body } = await api.request('GET', '/openapi.json');
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(Object.keys(body.components.schemas)).toContain(name);
});

test('the documentation page loads nothing from elsewhere', async () => {
  const page = await api.request('GET', '/docs');
  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  const assets = [...page.text.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, path]) => path);
  expect(assets).toHaveLength(3);
  for (const path of assets) expect((await api.request('GET', `/${path}`)).status).toBe(200);
});

test('the app can be mounted in another one, under any path', async () => {
  const host = new Hono()
    .get('/', (c) => c.text('mine'))
    .mount('/deep/inside', (request) => api.app.fetch(request));
  expect(await (await host.request('/')).text()).toBe('mine');
  expect((await host.request('/deep/inside/healthz')).status).toBe(200);
  const refused = await host.request('/deep/inside/api/calls/call_x');
  expect([refused.status, await refused.json()]).toMatchObject([401, { status: 'error' }]);
  const page = await (await host.request('/deep/inside/docs')).text();
  const [, script = ''] = /src="([^"]*bundle[^"]*)"/.exec(page) ?? [];
  expect((await host.request(new URL(script, 'http://x/deep/inside/docs').pathname)).status).toBe(200);
});

test('health and readiness', async () => {
  expect((await api.request('GET', '/healthz')).body).toEqual({ status: 'ok' });
  expect((await api.request('GET', '/readyz')).body).toEqual({ status: 'ready', details: {} });
});

test('the message that docs/events.md shows is as the document has it, each of its fields', async () => {
  const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
  const message = JSON.parse(/```json\n(.+?)```/s.exec(page)?.[1] ?? '');
  const { body: document } = await api.request('GET', '/openapi.json');
  const { post } = document.webhooks.event;
  expect(post.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Message',
  });

  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const strict = (schema: object) => ({ ...schema, additionalProperties: false });
  const { Message: schema } = document.components.schemas;
  schema.properties.data = strict(schema.properties.data);
  const validate = ajv.compile({ ...strict(schema), components: document.components });
  expect([validate(message), validate.errors]).toEqual([true, null]);
  for (const spoilt of [{ type: 'other' }, { data: {} }, { time: 'now' }, { more: 1 }]) {
    expect(validate({ ...message, ...spoilt })).toBe(false);
  }
});
