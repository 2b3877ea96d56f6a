import { Outage } from '@reslot/core';
import { systemClock } from '@reslot/adapters/clock';
import { createApp } from '@reslot/adapters/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi, type Answer, type Api } from './api.ts';

/** What is refused before a rule is asked, in the envelope of either family. It does not depend on the database. */

let api: Api;
let id: string;
beforeAll(async () => {
  api = await openApi('memory');
  ({ id } = await api.book());
});
afterAll(() => api?.close());

const big = (bytes: number) => JSON.stringify({ guestName: 'x'.repeat(bytes) });

function chunked(bytes: number): ReadableStream {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 16_384);
      if (size > 0) controller.enqueue(new Uint8Array(size).fill(32));
      left -= size;
      if (left === 0) controller.close();
    },
  });
}

/** What a case sends; `stream` is a number of bytes in chunks, without a length. */
interface Sent {
  body?: NonNullable<RequestInit['body']>;
  stream?: number;
  headers?: Record<string, string>;
}

const CASES: [string, number, string, Sent][] = [
  ['no body', 400, 'invalid_request', { body: '' }],
  ['half an object', 400, 'invalid_request', { body: '{' }],
  ['one brace too many', 400, 'invalid_request', { body: '{}}' }],
  ['NaN', 400, 'invalid_request', { body: '{"guestName":NaN}' }],
  ['a trailing comma', 400, 'invalid_request', { body: '{"guestName":"x",}' }],
  ['a comment', 400, 'invalid_request', { body: '{}//' }],
  ['null', 400, 'invalid_request', { body: 'null' }],
  ['an array', 400, 'invalid_request', { body: '[]' }],
  ['text', 400, 'invalid_request', { body: '"x"' }],
  ['a number', 400, 'invalid_request', { body: '1' }],
  [
    'bytes that are not UTF-8',
    400,
    'invalid_request',
    { body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]) },
  ],
  ['half a surrogate pair', 400, 'invalid_request', { body: '{"guestName":"\\ud800"}' }],
  ['a prototype', 400, 'invalid_request', { body: '{"__proto__":{"status":"cancelled"}}' }],
  [
    'deep nesting',
    400,
    'invalid_request',
    { body: `{"guestName":${'['.repeat(30_000)}${']'.repeat(30_000)}}` },
  ],
  ['plain text', 415, 'unsupported_media_type', { headers: { 'Content-Type': 'text/plain' } }],
  [
    'a form',
    415,
    'unsupported_media_type',
    { headers: { 'Content-Type': 'multipart/form-data; boundary=x' } },
  ],
  [
    'another charset',
    415,
    'unsupported_media_type',
    { headers: { 'Content-Type': 'application/json; charset=utf-16' } },
  ],
  [
    'another kind of JSON',
    415,
    'unsupported_media_type',
    { headers: { 'Content-Type': 'application/merge-patch+json' } },
  ],
  ['compression', 415, 'unsupported_media_type', { headers: { 'Content-Encoding': 'gzip' } }],
  ['one byte too many', 413, 'payload_too_large', { body: big(65_536 - big(0).length + 1) }],
  ['one byte too many in chunks', 413, 'payload_too_large', { stream: 65_537 }],
  [
    'a length that lies',
    413,
    'payload_too_large',
    { body: big(70_000), headers: { 'Content-Length': '10' } },
  ],
];

async function send(path: string, method: string, init: Sent): Promise<Answer> {
  const { token, apiKey, apiSecret } = api.secrets;
  const headers = {
    Authorization: `Bearer ${token}`,
    'X-API-KEY': apiKey,
    'X-API-SECRET': apiSecret,
    'Content-Type': 'application/json',
    ...init.headers,
  };
  const request = new Request(`http://localhost${path}`, {
    method,
    body: init.stream === undefined ? (init.body ?? '{"guestName":"x"}') : chunked(init.stream),
    headers,
    duplex: 'half',
  } as RequestInit);
  const response = await api.app.fetch(request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

describe('the envelope of the scheduled-calls family', () => {
  test.each(CASES)('%s: %i', async (_, status, code, init) => {
    const answer = await send(`/api/v1/video/${api.appId}/scheduled-calls/${id}`, 'PATCH', init);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: {
        code,
        message: expect.any(String),
        details: expect.any(Object),
        requestId: answer.headers.get('x-request-id'),
      },
    });
  });

  test.each([
    ['GET', '/', 404, 'not_found'],
    ['GET', '/api/v1/video', 404, 'not_found'],
    ['GET', '/api/v1/videos/x/scheduled-calls', 404, 'not_found'],
    ['POST', '/healthz', 405, 'method_not_allowed'],
    ['PUT', '/api/v1/video/x/scheduled-calls', 405, 'method_not_allowed'],
    ['GET', '/api/v1/video/x/scheduled-calls/x/confirm', 405, 'method_not_allowed'],
  ])('%s %s: %i', async (method, path, status, code) => {
    const answer = await api.request(method, path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.headers.get('allow') !== null).toBe(status === 405);
  });

  test.each(['x', '0', '%00', '..%2f..%2fetc', '%E0%A4%A', '018f3c1e-9d2b-7c3a-8f00-00000000000g', '１２３'])(
    'the id %j: 400',
    async (bad) => {
      const answer = await api.video('PATCH', `/scheduled-calls/${bad}`, { guestName: 'x' });
      expect([answer.status, answer.body.error.details.issues[0].path]).toEqual([400, 'id']);
    },
  );

  test('a query that nobody reads: 400, and nothing is done', async () => {
    const answer = await api.video('PATCH', `/scheduled-calls/${id}?nope=true`, { guestName: 'Changed' });
    expect([answer.status, answer.body.error.details.issues]).toEqual([
      400,
      [{ path: 'nope', message: 'unknown field' }],
    ]);
    expect((await api.video('GET', `/scheduled-calls/${id}`)).body.data.call.guest_name).toBe('Amina');
  });

  test('all that is wrong with a body is told at once', async () => {
    const answer = await api.video('PATCH', `/scheduled-calls/${id}`, {
      guestPhone: 'x',
      guestEmail: 'x',
      nope: 1,
    });
    const paths = answer.body.error.details.issues.map(({ path }: { path: string }) => path);
    expect(paths.toSorted()).toEqual(['guestEmail', 'guestPhone', 'nope']);
  });

  test('of a body with a hundred faults the first ones are told, and that there are more', async () => {
    const faults = Array.from({ length: 100 }, (_, index) => [`${index}`.repeat(150), 1]);
    const body = { guestName: 'Amina', ...Object.fromEntries(faults) };
    const answer = await api.video('PATCH', `/scheduled-calls/${id}`, body);
    const { message, details } = answer.body.error;
    expect([answer.status, details.issues.length]).toEqual([400, 20]);
    expect(message).toMatch(/; and 80 more$/);
    for (const { path } of details.issues) expect(path.length).toBeLessThanOrEqual(100);
  });

  test('a reason alone edits nothing', async () => {
    for (const body of [{}, { reason: 'x' }]) {
      expect((await api.video('PATCH', `/scheduled-calls/${id}`, body)).status).toBe(400);
    }
  });
});

describe('the envelope of the calls family', () => {
  const schedule = () => `/api/calls/call_${id}/schedule`;

  test.each(CASES)('%s: %i', async (_, status, _code, init) => {
    const answer = await send(schedule(), 'PUT', init);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      message: expect.any(String),
      status: 'error',
      error: expect.stringMatching(/./),
      data: null,
    });
  });

  test.each([
    ['GET', '/api/calls', 404],
    ['GET', '/api/calls/x/y/z', 404],
    ['POST', '/api/calls/x', 405],
    ['PATCH', '/api/calls/x/schedule', 405],
  ])('%s %s: %i', async (method, path, status) => {
    const answer = await api.request(method, path);
    expect([answer.status, answer.body.status, answer.body.data]).toEqual([status, 'error', null]);
  });
});

describe('faults that are not the caller’s', () => {
  const failing = (error: Error) => {
    const reports: unknown[] = [];
    const away = () => Promise.reject(error);
    const { queries, credentials } = api.engine;
    const app = createApp({
      scheduler: { ...api.scheduler, execute: away, saveAgent: away },
      queries: { ...queries, call: away, calls: away },
      credentials,
      clock: systemClock,
      report: (fault, requestId) => reports.push([fault, requestId]),
    });
    const ask = async (method: string, path: string, body?: string) => {
      const headers = {
        Authorization: `Bearer ${api.secrets.token}`,
        'Content-Type': 'application/json',
        'X-Request-Id': 'mine',
      };
      const init = body === undefined ? { method, headers } : { method, headers, body };
      const response = await app.fetch(
        new Request(`http://localhost/api/v1/video/${api.appId}${path}`, init),
      );
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    return { ask, reports };
  };

  test('an outage is 503, says when to come back, and is reported', async () => {
    const outage = new Outage('database: ECONNREFUSED', { cause: new Error('secret detail') });
    const { ask, reports } = failing(outage);
    for (const answer of [
      await ask('GET', '/scheduled-calls'),
      await ask('PATCH', `/scheduled-calls/${id}`, '{"guestName":"x"}'),
    ]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(JSON.parse(answer.text).error.code).toBe('unavailable');
      expect(answer.text).toContain('nothing was changed');
      expect(answer.text).not.toMatch(/secret|ECONN/);
    }
    expect(reports).toEqual([
      [outage, 'mine'],
      [outage, 'mine'],
    ]);
  });

  test('an outage in the middle of a commit does not claim that nothing was changed', async () => {
    const { ask } = failing(new Outage('database: PROTOCOL_CONNECTION_LOST', { uncertain: true }));
    const answer = await ask('PATCH', `/scheduled-calls/${id}`, '{"guestName":"x"}');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('unknown');
  });

  test('a mistake of ours is 500, tells nothing, and is reported', async () => {
    const { ask, reports } = failing(new TypeError('secret detail'));
    const answer = await ask('GET', `/scheduled-calls/${id}`);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'server_error', requestId: 'mine' } });
    expect(answer.text).not.toContain('secret');
    expect(reports).toHaveLength(1);
  });

  test('an engine that is overloaded is 503', async () => {
    const { queries, credentials } = api.engine;
    const refuse = async () => ({ kind: 'overloaded' as const });
    const app = createApp({
      scheduler: { ...api.scheduler, execute: refuse, saveAgent: refuse },
      queries,
      credentials,
      clock: systemClock,
    });
    const headers = { 'X-API-KEY': api.secrets.apiKey, 'X-API-SECRET': api.secrets.apiSecret };
    const response = await app.fetch(
      new Request(`http://localhost/api/calls/call_${id}`, { method: 'DELETE', headers }),
    );
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({
      message: 'Service unavailable',
      status: 'error',
      data: null,
    });
  });

  test('a request id is taken when it is one, and made otherwise', async () => {
    const idOf = async (value: string) =>
      (await api.request('GET', '/healthz', undefined, { 'X-Request-Id': value })).headers.get(
        'x-request-id',
      );
    expect(await idOf('abc-123')).toBe('abc-123');
    for (const bad of ['a b', 'x'.repeat(129), 'a"b']) expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

test.each<[string, string, object | undefined, string[]]>([
  ['POST', '/scheduled-calls', {}, ['scheduledAtUtc', 'appTimezone', 'guestName']],
  ['POST', '/holds', {}, ['agentId', 'startUtc']],
  ['POST', '/reschedules', {}, ['moves']],
  ['PUT', '/agents/ana', { name: 'Ana' }, ['active']],
  ['GET', '/availability?toUtc=2026-05-04T10:00:00Z', undefined, ['fromUtc']],
])('%s %s says of each field that is missing that it is', async (method, path, body, missing) => {
  const refused = await api.video(method, path, body);
  expect(refused.status).toBe(400);
  for (const name of missing) {
    expect(refused.body.error.details.issues).toContainEqual({ path: name, message: 'is missing' });
  }
  expect(refused.text).not.toMatch(/expected|undefined/);
});

test('the calls family says that a field is missing', async () => {
  const { status, body } = await api.voice('PUT', `/call_${id}/schedule`, {});
  expect([status, body.error]).toEqual([400, 'scheduled_timestamp: is missing']);
});
