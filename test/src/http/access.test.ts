import { randomUUID } from 'node:crypto';
import { SCOPES, type Scope } from '@reslot/core';
import { digestOf, KEY_LIFE, type Secrets } from '@reslot/adapters/http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

/** Every route, with the scope that it wants; `{id}` stands for a call of the app. */
const ROUTES: { family: 'video' | 'voice'; method: string; path: string; body?: unknown; scope: Scope }[] = [
  { family: 'video', method: 'GET', path: '/scheduled-calls', scope: 'scheduling:read' },
  { family: 'video', method: 'GET', path: '/scheduled-calls/{id}', scope: 'scheduling:read' },
  { family: 'video', method: 'GET', path: '/scheduled-calls/{id}/invite.ics', scope: 'scheduling:read' },
  { family: 'video', method: 'POST', path: '/scheduled-calls', body: {}, scope: 'scheduling:write' },
  { family: 'video', method: 'PATCH', path: '/scheduled-calls/{id}', body: {}, scope: 'scheduling:write' },
  { family: 'video', method: 'POST', path: '/scheduled-calls/{id}/confirm', scope: 'scheduling:write' },
  { family: 'video', method: 'POST', path: '/scheduled-calls/{id}/start', scope: 'scheduling:write' },
  { family: 'video', method: 'POST', path: '/scheduled-calls/{id}/complete', scope: 'scheduling:write' },
  { family: 'video', method: 'POST', path: '/scheduled-calls/{id}/no-show', scope: 'scheduling:write' },
  { family: 'video', method: 'DELETE', path: '/scheduled-calls/{id}', scope: 'scheduling:write' },
  { family: 'video', method: 'GET', path: '/agents/ana', scope: 'scheduling:read' },
  { family: 'video', method: 'PUT', path: '/agents/ana', body: {}, scope: 'scheduling:admin' },
  {
    family: 'video',
    method: 'POST',
    path: '/scheduled-calls/{id}/reminders',
    body: { minutesBefore: 30 },
    scope: 'scheduling:write',
  },
  {
    family: 'video',
    method: 'POST',
    path: '/scheduled-calls/{id}/undo',
    body: {},
    scope: 'scheduling:write',
  },
  {
    family: 'video',
    method: 'POST',
    path: '/scheduled-calls/{id}/guest-links',
    body: { purposes: ['view'] },
    scope: 'scheduling:write',
  },
  { family: 'video', method: 'GET', path: '/agents/ana/availability', scope: 'scheduling:read' },
  { family: 'video', method: 'PUT', path: '/agents/ana/availability', body: {}, scope: 'scheduling:admin' },
  { family: 'video', method: 'GET', path: '/availability', scope: 'scheduling:read' },
  { family: 'video', method: 'POST', path: '/reschedules', body: {}, scope: 'scheduling:write' },
  { family: 'video', method: 'GET', path: '/agents/ana/displaced', scope: 'scheduling:read' },
  { family: 'video', method: 'POST', path: '/holds', body: {}, scope: 'scheduling:write' },
  { family: 'video', method: 'DELETE', path: '/holds/{id}', scope: 'scheduling:write' },
  { family: 'video', method: 'GET', path: '/policy', scope: 'scheduling:read' },
  { family: 'video', method: 'PUT', path: '/policy', body: {}, scope: 'scheduling:admin' },
  { family: 'video', method: 'POST', path: '/webhooks', body: {}, scope: 'webhooks:manage' },
  { family: 'video', method: 'GET', path: '/webhooks', scope: 'webhooks:manage' },
  { family: 'video', method: 'GET', path: '/webhooks/{id}', scope: 'webhooks:manage' },
  { family: 'video', method: 'PATCH', path: '/webhooks/{id}', body: {}, scope: 'webhooks:manage' },
  { family: 'video', method: 'DELETE', path: '/webhooks/{id}', scope: 'webhooks:manage' },
  { family: 'video', method: 'POST', path: '/webhooks/{id}/rotate', body: {}, scope: 'webhooks:manage' },
  { family: 'video', method: 'POST', path: '/webhooks/{id}/test', body: {}, scope: 'webhooks:manage' },
  { family: 'video', method: 'GET', path: '/webhooks/{id}/deliveries', scope: 'webhooks:manage' },
  { family: 'video', method: 'POST', path: '/webhooks/{id}/redeliver', body: {}, scope: 'webhooks:manage' },
  { family: 'voice', method: 'GET', path: '/call_{id}', scope: 'scheduling:read' },
  { family: 'voice', method: 'PUT', path: '/call_{id}/schedule', body: {}, scope: 'scheduling:write' },
  { family: 'voice', method: 'DELETE', path: '/call_{id}', scope: 'scheduling:write' },
];

const named = ROUTES.map((route) => ({ ...route, name: `${route.method} ${route.path}` }));

/** The parts of an answer that must not tell two cases apart. */
const alike = ({ status, body }: Answer) => ({
  status,
  body: 'error' in body && typeof body.error === 'object' ? { ...body.error, requestId: '' } : body,
});

describe.each(engines())('access on %s', (name) => {
  let api: Api;
  let id: string;
  beforeAll(async () => {
    api = await openApi(name);
    ({ id } = await api.book());
  });
  afterAll(() => api?.close());

  const ask = ({ family, method, path, body }: (typeof ROUTES)[number], headers = {}, callId = id) =>
    api[family](method, path.replace('{id}', callId), body, headers);
  const credential = (family: string, secrets: Api['secrets']): Record<string, string> =>
    family === 'video'
      ? { Authorization: `Bearer ${secrets.token}` }
      : { 'X-API-KEY': secrets.apiKey, 'X-API-SECRET': secrets.apiSecret };

  test('every route of the document is in the table', async () => {
    const { body } = await api.request('GET', '/openapi.json');
    const paths: [string, object][] = Object.entries(body.paths);
    const documented = paths.flatMap(([path, methods]) =>
      path.startsWith('/api') ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
    );
    const known = ROUTES.map(({ family, method, path }) =>
      family === 'video'
        ? `${method} /api/v1/video/{appId}${path.replace('/ana', '/{agentId}')}`
        : `${method} /api/calls${path.replace('call_{id}', '{callId}')}`,
    );
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  test.each(named)('$name without a credential is 401', async (route) => {
    const anonymous = { Authorization: '', 'X-API-KEY': '', 'X-API-SECRET': '' };
    const { status, headers, body } = await ask(route, anonymous);
    expect(status).toBe(401);
    if (route.family === 'video') {
      expect(headers.get('www-authenticate')).toBe('Bearer realm="reslot"');
      expect(body.error.code).toBe('unauthorized');
    } else {
      expect(body).toMatchObject({ message: 'Unauthorized', status: 'error', data: null });
    }
  });

  test.each(named)('$name wants $scope, and nothing else will do', async (route) => {
    const others = SCOPES.filter((scope) => scope !== route.scope);
    const lacking = await ask(route, credential(route.family, await api.newKey({ scopes: others })));
    expect(lacking.status).toBe(403);
    const having = await ask(route, credential(route.family, await api.newKey({ scopes: [route.scope] })));
    expect([401, 403]).not.toContain(having.status);
  });

  test.each(named)('$name of another app answers as if there were nothing', async (route) => {
    const otherApp = randomUUID();
    const secrets = await api.newKey({ appId: otherApp });
    const headers = credential(route.family, secrets);
    const before = (
      await api.video(
        'GET',
        `/scheduled-calls/${(await api.book({ startsAt: NOW + 9e8, agentId: null })).id}`,
      )
    ).body.data.call;
    const there = async (callId: string, body = route.body) => {
      const path = route.path.replace('{id}', callId);
      return route.family === 'video'
        ? api.request(route.method, `/api/v1/video/${otherApp}${path}`, body, headers)
        : api.request(route.method, `/api/calls${path}`, body, headers);
    };
    // A body that would be carried out if the call were its own.
    const fitting =
      route.family === 'voice' ? { scheduled_timestamp: NOW / 1000 + 9_999 } : { guestName: 'Thief' };
    const body =
      route.method === 'PATCH' || (route.method === 'PUT' && route.family === 'voice') ? fitting : route.body;
    const nobodys = randomUUID();
    const foreign = await there(before.id, body);
    const unknown = await there(nobodys, body);
    expect(JSON.stringify(alike(foreign)).replaceAll(before.id, '')).toBe(
      JSON.stringify(alike(unknown)).replaceAll(nobodys, ''),
    );
    expect((await api.video('GET', `/scheduled-calls/${before.id}`)).body.data.call).toEqual(before);
  });

  test('a token of this app does not open the path of another', async () => {
    const headers = { Authorization: `Bearer ${api.secrets.token}` };
    const { status, body } = await api.request(
      'GET',
      `/api/v1/video/${randomUUID()}/scheduled-calls/${id}`,
      undefined,
      headers,
    );
    expect([status, body.error.code]).toEqual([403, 'forbidden']);
  });

  test('an app and a call are found under their ids in either case', async () => {
    const headers = { Authorization: `Bearer ${api.secrets.token}` };
    const path = `/api/v1/video/${api.appId.toUpperCase()}/scheduled-calls/${id.toUpperCase()}`;
    expect((await api.request('GET', path, undefined, headers)).body.data.call.id).toBe(id);
  });

  describe('a credential that is not one', () => {
    const token = (text: string) => api.video('GET', '/scheduled-calls', undefined, { Authorization: text });
    const pair = (apiKey: string, apiSecret: string) =>
      api.voice('GET', `/call_${id}`, undefined, { 'X-API-KEY': apiKey, 'X-API-SECRET': apiSecret });

    test.each([
      '',
      'Bearer',
      'Bearer ',
      'Basic dXNlcjpwYXNz',
      'Bearer x',
      'Bearer a.b',
      'Bearer key_0.',
      "Bearer ' OR 1=1",
    ])('header %j', async (header) => {
      expect((await token(header)).status).toBe(401);
    });

    test('a wrong secret, a secret of another key, an unknown key', async () => {
      const { apiKey, apiSecret, token: good } = api.secrets;
      const other = await api.newKey();
      const flipped = `${apiSecret.slice(0, -1)}${apiSecret.endsWith('A') ? 'B' : 'A'}`;
      const answers = [
        await pair(apiKey, flipped),
        await pair(apiKey, other.apiSecret),
        await pair(`key_${'0'.repeat(24)}`, apiSecret),
        await pair(apiKey, ''),
        await pair('', apiSecret),
      ];
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect((await token(`Bearer ${apiKey}.${other.apiSecret}`)).status).toBe(401);
      expect((await token(`bearer ${good}`)).status).toBe(200);
      expect((await token(`Bearer ${good}, Bearer ${good}`)).status).toBe(401);
    });

    test('a key that is revoked, and one that has expired', async () => {
      const revoked = await api.newKey();
      expect((await token(`Bearer ${revoked.token}`)).status).toBe(200);
      await api.engine.credentials.revokeKey(revoked.apiKey, NOW);
      api.clock.advance(KEY_LIFE);
      expect((await token(`Bearer ${revoked.token}`)).status).toBe(401);
      api.clock.set(NOW);
      const short = await api.newKey({ expiresAt: NOW + 1 });
      expect((await token(`Bearer ${short.token}`)).status).toBe(200);
      api.clock.advance(1);
      expect((await token(`Bearer ${short.token}`)).status).toBe(401);
      api.clock.set(NOW);
    });

    test('of a key that got a new secret both hold for a while, and then the new one', async () => {
      const old = await api.newKey();
      const { credentials } = api.engine;
      const [second, third] = ['B'.repeat(43), 'C'.repeat(43)];
      const works = async (...secrets: string[]) => {
        const answers = await Promise.all(secrets.map((secret) => pair(old.apiKey, secret)));
        return answers.map(({ status }) => status === 200);
      };
      await credentials.rotateKey(old.apiKey, digestOf(second), NOW + 2 * KEY_LIFE);
      expect(await works(old.apiSecret, second)).toEqual([true, true]);
      api.clock.advance(2 * KEY_LIFE);
      expect(await works(old.apiSecret, second)).toEqual([false, true]);
      await credentials.rotateKey(old.apiKey, digestOf(third), NOW + 9 * KEY_LIFE);
      api.clock.advance(KEY_LIFE);
      expect(await works(old.apiSecret, second, third)).toEqual([false, true, true]);
      await credentials.revokeKey(old.apiKey, NOW);
      api.clock.advance(KEY_LIFE);
      expect(await works(old.apiSecret, second, third)).toEqual([false, false, false]);
      api.clock.set(NOW);
    });

    test('the use of a credential is noted, of one that is refused it is not', async () => {
      const [good, wrong] = [await api.newKey(), await api.newKey()];
      const lastUse = async ({ apiKey }: Secrets) => (await api.engine.credentials.key(apiKey))?.lastUsedAt;
      expect((await token(`Bearer ${good.token}`)).status).toBe(200);
      expect((await pair(wrong.apiKey, good.apiSecret)).status).toBe(401);
      await expect.poll(() => lastUse(good)).toBe(NOW);
      expect(await lastUse(wrong)).toBeNull();
    });
  });

  test('secrets are nowhere in what is stored', async () => {
    const stored = JSON.stringify(await api.engine.credentials.keys());
    expect(stored).toContain(api.secrets.apiKey);
    expect(stored).not.toContain(api.secrets.apiSecret);
  });

  test('the wish of a request that is refused leaves no trace', async () => {
    const before = (await api.video('GET', `/scheduled-calls/${id}`)).text;
    await api.request('PATCH', `/api/v1/video/${api.appId}/scheduled-calls/${id}`, {
      scheduledAtUtc: iso(NOW + 9e8),
    });
    expect((await api.video('GET', `/scheduled-calls/${id}`)).text).toBe(before);
  });
});
