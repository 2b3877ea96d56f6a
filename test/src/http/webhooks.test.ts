import { randomUUID } from 'node:crypto';
import { DAY, MOST_ENDPOINTS, SUBSCRIBABLE, type Endpoint, type EndpointStore } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { receiver } from '../webhooks/receivers.ts';
import { iso, openApi, type Api } from './api.ts';
import { alike, made, pathsOf, SOMEWHERE, told } from './hooks.ts';
import { newTenant, type Tenant } from './tenants.ts';

const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe.each(engines())('webhooks on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  /** What another change does while one is under way, before each attempt of it. */
  let meanwhile: (store: EndpointStore, before: Endpoint) => Promise<unknown>;
  beforeAll(async () => {
    api = await openApi(name, undefined, undefined, (ports) => {
      const { endpoints } = ports;
      const change: EndpointStore['change'] = async (before, after) => {
        await meanwhile(endpoints, before);
        return endpoints.change(before, after);
      };
      return { ...ports, endpoints: { ...endpoints, change } };
    });
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
    meanwhile = async () => undefined;
  });

  const ask = (method: string, path = '', body?: unknown) => tenant.ask(method, `/webhooks${path}`, body);
  const shown = async (id: string) => (await ask('GET', `/${id}`)).body.data.webhook;
  const stored = async (id: string): Promise<Endpoint> => {
    const endpoint = await api.engine.endpoints.endpoint(tenant.appId, id);
    if (!endpoint) throw new Error('there is no such endpoint');
    return endpoint;
  };
  const becomes = async (id: string, over: Partial<Endpoint>) => {
    const before = await stored(id);
    expect(await api.engine.endpoints.change(before, { ...before, ...over })).toBe('changed');
  };

  describe('POST', () => {
    test('makes one that is told everything, unless it says otherwise', async () => {
      const { status, body, headers } = await ask('POST', '', { url: SOMEWHERE });
      const webhook = {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        url: SOMEWHERE,
        description: null,
        event_types: null,
        status: 'active',
        trouble: null,
        family_headers: false,
        previous_secret_until: null,
        created_at: iso(api.engine.clock.now()),
      };
      expect([status, body]).toEqual([201, { data: { webhook, secret: expect.stringMatching(SECRET) } }]);
      const { id } = body.data.webhook;
      expect(headers.get('location')).toBe(`webhooks/${id}`);
      expect((await ask('GET', `/${id}`)).body).toEqual({ data: { webhook: body.data.webhook } });
      expect((await stored(id)).secret).toBe(body.data.secret);
    });

    test('makes one as it is said, each with a secret of its own', async () => {
      const said = {
        url: 'https://127.0.0.1/a?b=c',
        eventTypes: ['scheduled.rescheduled', 'scheduled.no_show'],
        description: 'Zoë’s ✓',
        familyHeaders: true,
      };
      const { body } = await ask('POST', '', said);
      expect(body.data.webhook).toMatchObject({
        url: said.url,
        event_types: said.eventTypes,
        description: said.description,
        family_headers: true,
      });
      expect((await stored(body.data.webhook.id)).types).toEqual(['rescheduled', 'no_show']);
      expect((await made(tenant, said)).secret).not.toBe(body.data.secret);
      expect((await ask('POST', '', { url: SOMEWHERE, eventTypes: SUBSCRIBABLE })).status).toBe(201);
    });

    test.each<[string, object, string]>([
      ['no URL', { url: undefined }, 'url'],
      ['a URL that is none', { url: 'hooks' }, 'url'],
      ['a URL that is no text', { url: 7 }, 'url'],
      ['no type', { eventTypes: [] }, 'eventTypes'],
      ['a type twice', { eventTypes: ['scheduled.created', 'scheduled.created'] }, 'eventTypes'],
      ['an unknown type', { eventTypes: ['scheduled.created', 'scheduled.moved'] }, 'eventTypes.1'],
      ['a type by our own name', { eventTypes: ['created'] }, 'eventTypes.0'],
      ['a type for a list', { eventTypes: 'scheduled.created' }, 'eventTypes'],
      ['a blank description', { description: ' ' }, 'description'],
      ['a long description', { description: 'x'.repeat(501) }, 'description'],
      ['a description of two lines', { description: 'a\nb' }, 'description'],
      ['text for a switch', { familyHeaders: 'true' }, 'familyHeaders'],
      ['a status', { status: 'active' }, 'status'],
      ['a secret', { secret: 'whsec_AAAA' }, 'secret'],
      ['a name in the other spelling', { event_types: null }, 'event_types'],
    ])('refuses %s, and makes nothing', async (_, over, path) => {
      const answer = await ask('POST', '', { url: SOMEWHERE, ...over });
      expect([answer.status, answer.body.error.code, pathsOf(answer)]).toEqual([
        400,
        'invalid_request',
        [path],
      ]);
      expect((await ask('GET')).body.data.webhooks).toEqual([]);
    });

    test(`makes ${MOST_ENDPOINTS} for an app, and as many for another`, async () => {
      for (let count = 0; count < MOST_ENDPOINTS; count += 1) await made(tenant);
      const { status, body } = await ask('POST', '', { url: SOMEWHERE });
      expect([status, body.error.details]).toEqual([
        409,
        { reason: 'limit_reached', rule: 'webhooks', limit: MOST_ENDPOINTS },
      ]);
      await made(await newTenant(api));
      await ask('DELETE', `/${(await ask('GET')).body.data.webhooks[7].id}`);
      await made(tenant);
    });
  });

  test('GET lists those of the app, the oldest first', async () => {
    const first = await made(tenant);
    api.engine.clock.advance(1);
    const second = await made(tenant);
    await made(await newTenant(api));
    expect((await ask('GET')).body).toEqual({
      data: { webhooks: [await shown(first.id), await shown(second.id)] },
    });
  });

  describe('PATCH', () => {
    test.each<[object, object]>([
      [{ url: 'https://127.0.0.1/other' }, { url: 'https://127.0.0.1/other' }],
      [{ eventTypes: ['scheduled.cancelled'] }, { event_types: ['scheduled.cancelled'] }],
      [{ eventTypes: null }, { event_types: null }],
      [{ description: 'new' }, { description: 'new' }],
      [{ description: null }, { description: null }],
      [{ familyHeaders: false }, { family_headers: false }],
      [{ status: 'paused' }, { status: 'paused' }],
    ])('of %j changes that, and nothing else', async (edits, change) => {
      const said = { description: 'old', eventTypes: ['scheduled.created'], familyHeaders: true };
      const { id } = await made(tenant, said);
      const before = await shown(id);
      const { status, body } = await ask('PATCH', `/${id}`, edits);
      expect([status, body]).toEqual([200, { data: { webhook: { ...before, ...change } } }]);
      expect(await shown(id)).toEqual({ ...before, ...change });
    });

    test.each<[object, string]>([
      [{}, ''],
      [{ status: 'disabled' }, 'status'],
      [{ url: 'ftp://127.0.0.1/' }, 'url'],
      [{ url: null }, 'url'],
      [{ description: 'new', eventTypes: [] }, 'eventTypes'],
      [{ description: 'new', secret: 'mine' }, 'secret'],
    ])('of %j is refused whole', async (edits, path) => {
      const { id } = await made(tenant);
      const before = await shown(id);
      const answer = await ask('PATCH', `/${id}`, edits);
      expect([answer.status, pathsOf(answer)]).toEqual([400, [path]]);
      expect(await shown(id)).toEqual(before);
    });

    test('of the status ends what was the matter; another one does not', async () => {
      const { id } = await made(tenant);
      for (const [status, trouble] of [
        ['disabled', 'gone'],
        ['paused', 'failing'],
      ] as const) {
        await becomes(id, { status, trouble });
        expect((await ask('PATCH', `/${id}`, { description: trouble })).body.data.webhook).toMatchObject({
          status,
          trouble,
        });
        for (const wanted of ['active', 'paused']) {
          await becomes(id, { status, trouble });
          expect((await ask('PATCH', `/${id}`, { status: wanted })).body.data.webhook).toMatchObject({
            status: wanted,
            trouble: null,
          });
        }
      }
    });
  });

  describe('DELETE', () => {
    test('answers what was there, once, and its deliveries go with it', async () => {
      const [{ id }, other] = [await made(tenant), await made(tenant)];
      await told(api, tenant, id);
      await told(api, tenant, other.id);
      const webhook = await shown(id);
      const { status, body } = await ask('DELETE', `/${id}`);
      expect([status, body]).toEqual([200, { data: { webhook } }]);
      expect((await ask('DELETE', `/${id}`)).status).toBe(404);
      expect((await ask('GET')).body.data.webhooks).toEqual([await shown(other.id)]);
      const left = await api.engine.outbox.deliveries(tenant.appId, {}, 10);
      expect(left.map(({ destination }) => destination)).toEqual([other.id]);
    });
  });

  describe('rotate', () => {
    test('gives a new secret; the old one counts for another day', async () => {
      const { id, secret } = await made(tenant);
      const { status, body } = await ask('POST', `/${id}/rotate`);
      const until = api.engine.clock.now() + DAY;
      expect([status, body]).toEqual([
        200,
        {
          data: {
            webhook: { ...(await shown(id)), previous_secret_until: iso(until) },
            secret: expect.stringMatching(SECRET),
          },
        },
      ]);
      expect(body.data.secret).not.toBe(secret);
      expect(await stored(id)).toMatchObject({
        secret: body.data.secret,
        previousSecret: secret,
        previousUntil: until,
      });
    });

    test('twice drops the first', async () => {
      const { id } = await made(tenant);
      const [once, twice] = [await ask('POST', `/${id}/rotate`, {}), await ask('POST', `/${id}/rotate`)];
      expect(await stored(id)).toMatchObject({
        secret: twice.body.data.secret,
        previousSecret: once.body.data.secret,
      });
    });

    test('takes no wishes', async () => {
      const { id, secret } = await made(tenant);
      expect(pathsOf(await ask('POST', `/${id}/rotate`, { secret: 'mine' }))).toEqual(['secret']);
      expect((await stored(id)).secret).toBe(secret);
    });
  });

  describe('changes of one at the same time', () => {
    test('are all made, each on what is there', async () => {
      const { id, secret } = await made(tenant);
      let others = 7;
      meanwhile = async (store, before) => {
        others -= 1;
        if (others >= 0) await store.change(before, { ...before, description: `other ${others}` });
      };
      const { status } = await ask('PATCH', `/${id}`, { familyHeaders: true });
      expect([status, await shown(id)]).toMatchObject([
        200,
        { description: 'other 0', family_headers: true },
      ]);
      others = 3;
      const rotation = await ask('POST', `/${id}/rotate`);
      expect(await stored(id)).toMatchObject({
        description: 'other 0',
        secret: rotation.body.data.secret,
        previousSecret: secret,
      });
    });

    test('are 503 when others come first every time', async () => {
      const { id } = await made(tenant);
      meanwhile = async (store, before) => store.change(before, { ...before, description: 'other' });
      const { status, headers, body } = await ask('PATCH', `/${id}`, { familyHeaders: true });
      expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '1', 'unavailable']);
      expect(await shown(id)).toMatchObject({ description: 'other', family_headers: false });
    });

    test('are 404 when it is gone', async () => {
      const { id } = await made(tenant);
      meanwhile = async (store, { appId }) => store.remove(appId, id);
      expect((await ask('PATCH', `/${id}`, { familyHeaders: true })).status).toBe(404);
      expect((await ask('GET')).body.data.webhooks).toEqual([]);
    });
  });

  const OF_ONE: [method: string, path: string, body?: object][] = [
    ['GET', ''],
    ['PATCH', '', { description: 'mine' }],
    ['DELETE', ''],
    ['POST', '/rotate'],
    ['POST', '/test'],
    ['GET', '/deliveries'],
    ['POST', '/redeliver', { state: 'dead' }],
  ];

  test.each(OF_ONE)('%s %s of another app answers as if there were nothing', async (method, path, body) => {
    const { url, received } = await receiver((_, response) => response.end());
    const { id } = await made(tenant, { url });
    await told(api, tenant, id, { state: 'dead', told: '500' });
    const [before, deliveries] = [await stored(id), (await ask('GET', `/${id}/deliveries`)).text];
    const other = await newTenant(api);
    const foreign = await other.ask(method, `/webhooks/${id}${path}`, body);
    const unknown = await other.ask(method, `/webhooks/${randomUUID()}${path}`, body);
    expect(foreign.status).toBe(404);
    expect(alike(foreign)).toEqual(alike(unknown));
    expect(await stored(id)).toEqual(before);
    expect((await ask('GET', `/${id}/deliveries`)).text).toBe(deliveries);
    expect(received).toEqual([]);
  });

  test('secrets are told when they are made, and never again', async () => {
    const { url } = await receiver((_, response) => response.end());
    const { id, secret } = await made(tenant, { url });
    const next = (await ask('POST', `/${id}/rotate`)).body.data.secret;
    await told(api, tenant, id, { state: 'dead', told: '500' });
    const answers = [await ask('GET'), await ask('POST', '', {}), await ask('PATCH', `/${id}`, {})];
    for (const [method, path, body] of OF_ONE) {
      if (method !== 'DELETE' && path !== '/rotate') answers.push(await ask(method, `/${id}${path}`, body));
    }
    answers.push(await ask('DELETE', `/${id}`));
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 200, 200, 200, 200, 200, 200]);
    for (const { text, headers } of answers) {
      const all = text + JSON.stringify([...headers]);
      for (const one of [secret, next]) expect(all).not.toContain(one.slice('whsec_'.length));
    }
    expect(api.reports).toEqual([]);
  });
});
