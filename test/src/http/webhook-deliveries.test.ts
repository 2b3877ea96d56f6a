import { newRequestId } from '@reslot/adapters/ids';
import { DAY, MOST_REDELIVERED, type Endpoint, type NewDelivery } from '@reslot/core';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bookAtOnce } from '../contract/samples.ts';
import { engines } from '../engines/engines.ts';
import { receiver, type Received } from '../webhooks/receivers.ts';
import { iso, openApi, type Answer, type Api } from './api.ts';
import { end, made, pathsOf, told } from './hooks.ts';
import { newTenant, type Tenant } from './tenants.ts';

const DEAD = { state: 'dead', told: '500; 10 attempts' } as const;
const DELIVERED = { state: 'delivered', told: '204' } as const;

describe.each(engines())('messages to webhooks on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  /** The attempts that have begun. */
  const sent: string[] = [];
  beforeAll(async () => {
    api = await openApi(name, undefined, undefined, (ports) => ({
      ...ports,
      sender: {
        send(attempt) {
          sent.push(attempt.messageId);
          return ports.sender.send(attempt);
        },
      },
    }));
    // Whoever verifies a signature does it by the machine's clock.
    api.engine.clock.set(Date.now());
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
  });

  const ask = (method: string, path: string, body?: unknown) => tenant.ask(method, `/webhooks${path}`, body);
  const becomes = async (id: string, over: Partial<Endpoint>) => {
    const before = await api.engine.endpoints.endpoint(tenant.appId, id);
    if (!before) throw new Error('there is no such endpoint');
    await api.engine.endpoints.change(before, { ...before, ...over });
  };

  describe('test', () => {
    const tried = async (id: string) => (await ask('POST', `/${id}/test`)).body.data;
    const verify = (secret: string, { body, headers }: Received): unknown =>
      new Webhook(secret).verify(
        body,
        Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, String(value)])),
      );

    test('sends one signed CloudEvent at once, and tells what came of it', async () => {
      const { url, received } = await receiver((_, response) => response.writeHead(202).end('thanks'));
      const { id, secret } = await made(tenant, { url });
      const { status, body } = await ask('POST', `/${id}/test`);
      const messageId = body.data.message_id;
      expect([status, body]).toEqual([
        200,
        {
          data: {
            message_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            outcome: 'delivered',
            status: 202,
            excerpt: 'thanks',
            fault: null,
          },
        },
      ]);
      const [message] = received;
      if (!message || received.length > 1) throw new Error('one message was to come');
      expect(message.headers['webhook-id']).toBe(messageId);
      expect(Object.keys(message.headers).filter((header) => header.startsWith('x-'))).toEqual([]);
      expect(verify(secret, message)).toEqual({
        specversion: '1.0',
        id: messageId,
        source: `https://calls.example.com/apps/${tenant.appId}/webhooks/${id}`,
        type: 'webhook.test',
        time: iso(api.engine.clock.now()),
        subject: id,
        datacontenttype: 'application/json',
        data: { app_id: tenant.appId, webhook_id: id },
      });
      expect(await api.engine.outbox.deliveries(tenant.appId, {}, 1)).toEqual([]);
    });

    test('has the headers of the family where they are wanted', async () => {
      const { url, received } = await receiver((_, response) => response.end());
      const { id } = await made(tenant, { url, familyHeaders: true });
      await tried(id);
      expect(received[0]?.headers).toMatchObject({
        'x-apifycloud-event': 'webhook.test',
        'x-apifycloud-delivery': `${id}:1`,
      });
    });

    test('is signed with both secrets for a day after a rotation, then with the new one', async () => {
      const { url, received } = await receiver((_, response) => response.end());
      const { id, secret } = await made(tenant, { url });
      const next = (await ask('POST', `/${id}/rotate`)).body.data.secret;
      api.engine.clock.advance(DAY - 1);
      await tried(id);
      api.engine.clock.advance(1);
      await tried(id);
      api.engine.clock.advance(-DAY);
      const signatures = received.map(
        ({ headers }) => String(headers['webhook-signature']).split(' ').length,
      );
      expect(signatures).toEqual([2, 1]);
      await tried(id);
      const [, , message] = received;
      if (!message) throw new Error('three messages were to come');
      for (const one of [secret, next]) expect(verify(one, message)).toBeTruthy();
    });

    test.each([
      [500, 'refused'],
      [404, 'refused'],
      [302, 'refused'],
      [410, 'gone'],
    ])('tells of %d that it is %s, and nothing else becomes of it', async (status, outcome) => {
      const { url } = await receiver((_, response) =>
        response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end('no'),
      );
      const { id } = await made(tenant, { url });
      const before = (await ask('GET', `/${id}`)).text;
      expect(await tried(id)).toMatchObject({ outcome, status, excerpt: 'no', fault: null });
      expect((await ask('GET', `/${id}`)).text).toBe(before);
    });

    test('tells why there was no answer', async () => {
      const { url } = await receiver((request) => request.socket.destroy());
      const { id } = await made(tenant, { url });
      expect(await tried(id)).toMatchObject({
        outcome: 'unreachable',
        status: null,
        excerpt: null,
        fault: 'connection',
      });
    });

    test('is sent to one that is paused or disabled, too', async () => {
      const { url, received } = await receiver((_, response) => response.end());
      const { id } = await made(tenant, { url });
      for (const status of ['paused', 'disabled'] as const) {
        await becomes(id, { status });
        expect(await tried(id)).toMatchObject({ outcome: 'delivered' });
      }
      expect(received).toHaveLength(2);
    });

    test('of one app comes after the other; of another app at the same time', async () => {
      const answers: (() => void)[] = [];
      const { url } = await receiver((_, response) => answers.push(() => response.end()));
      const arrived = async (count: number) => {
        while (answers.length < count) await new Promise(setImmediate);
      };
      const { id } = await made(tenant, { url });
      const first = ask('POST', `/${id}/test`);
      await arrived(1);
      const second = await ask('POST', `/${id}/test`);
      expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
      const other = await newTenant(api);
      const others = other.ask('POST', `/webhooks/${(await made(other, { url })).id}/test`);
      await arrived(2);
      for (const answer of answers) answer();
      expect([(await first).status, (await others).status]).toEqual([200, 200]);
      const third = ask('POST', `/${id}/test`);
      await arrived(3);
      answers[2]?.();
      expect((await third).status).toBe(200);
    });

    test('of all apps are 32 at a time', async () => {
      const answers: (() => void)[] = [];
      let isOpen = false;
      const { url } = await receiver((_, response) => {
        if (isOpen) response.end();
        else answers.push(() => response.end());
      });
      sent.length = 0;
      const tests: Promise<Answer>[] = [];
      const tryAnother = async (): Promise<Promise<Answer>[]> => {
        const another = await newTenant(api);
        return [another.ask('POST', `/webhooks/${(await made(another, { url })).id}/test`)];
      };
      while (tests.length < 32) tests.push(...(await tryAnother()));
      while (sent.length < 32) await new Promise(setImmediate);
      const [oneMore] = await tryAnother();
      expect((await oneMore)?.status).toBe(503);
      isOpen = true;
      for (const answer of answers) answer();
      expect(new Set((await Promise.all(tests)).map(({ status }) => status))).toEqual(new Set([200]));
    });

    test('with a secret that cannot be signed with is our fault, and does not say which', async () => {
      const { id } = await made(tenant);
      await becomes(id, { secret: 'whsec_not base64!' });
      const { status, text } = await ask('POST', `/${id}/test`);
      expect([status, api.reports.length]).toEqual([500, 1]);
      expect(text).not.toContain('not base64');
      api.reports.length = 0;
    });
  });

  describe('deliveries', () => {
    const list = async (id: string, query = '') => (await ask('GET', `/${id}/deliveries${query}`)).body;
    const callsOf = ({ data }: { data: { deliveries: { call_id: string }[] } }) =>
      data.deliveries.map(({ call_id: call }) => call);

    test('are shown with what became of them', async () => {
      const { id } = await made(tenant);
      const at = iso(api.engine.clock.now());
      const waiting = await told(api, tenant, id);
      const common = { sequence: 1, event_type: 'scheduled.created', created_at: at };
      const pending = {
        ...common,
        call_id: waiting,
        state: 'pending',
        attempts: 0,
        last_outcome: null,
        next_attempt_at: at,
        settled_at: null,
      };
      expect(await list(id)).toEqual({
        data: { deliveries: [pending] },
        pagination: { limit: 50, hasMore: false, nextCursor: null },
      });
      const given = await told(api, tenant, id, DEAD);
      const dead = {
        ...common,
        call_id: given,
        state: 'dead',
        attempts: 1,
        last_outcome: '500; 10 attempts',
        next_attempt_at: null,
        settled_at: at,
      };
      expect((await list(id, '?state=dead')).data.deliveries).toEqual([dead]);
    });

    test('are of this webhook, the newest first, as the query says', async () => {
      const [{ id }, other] = [await made(tenant), await made(tenant)];
      const start = api.engine.clock.now();
      const calls: string[] = [];
      for (const settlement of [DELIVERED, DEAD, undefined]) {
        calls.unshift(await told(api, tenant, id, settlement));
        api.engine.clock.advance(10);
      }
      await told(api, tenant, other.id);
      const [third, second, first] = calls;
      expect(callsOf(await list(id))).toEqual(calls);
      expect(callsOf(await list(id, '?state=delivered'))).toEqual([first]);
      expect(callsOf(await list(id, '?state=dead'))).toEqual([second]);
      expect(callsOf(await list(id, '?state=pending'))).toEqual([third]);
      expect(callsOf(await list(id, `?callId=${second}`))).toEqual([second]);
      expect(callsOf(await list(id, `?fromUtc=${iso(start + 10)}`))).toEqual([third, second]);
      expect(callsOf(await list(id, `?toUtc=${iso(start + 10)}`))).toEqual([first]);
      const page = await list(id, '?limit=2');
      const { nextCursor, ...pagination } = page.pagination;
      expect([callsOf(page), pagination]).toEqual([[third, second], { limit: 2, hasMore: true }]);
      const all = { limit: 3, hasMore: false, nextCursor: null };
      expect((await list(id, '?limit=3')).pagination).toEqual(all);
      // What comes meanwhile is on no later page.
      await told(api, tenant, id);
      const rest = await list(id, `?limit=2&cursor=${nextCursor}`);
      expect([callsOf(rest), rest.pagination]).toEqual([[first], { ...all, limit: 2 }]);
    });

    test('are shown page by page also where they were made at once', async () => {
      const { id } = await made(tenant);
      const calls = new Set<string>();
      for (let count = 0; count < 5; count += 1) calls.add(await told(api, tenant, id));
      const seen: string[] = [];
      for (let query = '?limit=2'; query !== '';) {
        const page = await list(id, query);
        seen.push(...callsOf(page));
        query = page.pagination.nextCursor === null ? '' : `?limit=2&cursor=${page.pagination.nextCursor}`;
      }
      expect(seen).toHaveLength(5);
      expect(new Set(seen)).toEqual(calls);
    });

    test.each([
      'state=lost',
      'callId=x',
      'fromUtc=today',
      'limit=0',
      'limit=201',
      'seq=1',
      'cursor=x',
      `cursor=${Buffer.from('1 a').toString('base64url')}`,
      `cursor=${Buffer.from('1 é 1').toString('base64url')}`,
    ])('are not shown for %s', async (query) => {
      const { id } = await made(tenant);
      const answer = await ask('GET', `/${id}/deliveries?${query}`);
      expect([answer.status, pathsOf(answer)]).toEqual([400, [query.replace(/=.*/, '')]]);
    });
  });

  describe('redeliver', () => {
    const redeliver = async (id: string, wish: object) =>
      (await ask('POST', `/${id}/redeliver`, wish)).body.data;
    /** So many messages that wait. */
    async function toldAtOnce(destination: string, count: number): Promise<NewDelivery[]> {
      const { store, outbox } = api.engine;
      const ids = Array.from({ length: count }, (_, index) => `call-${index}`);
      const events = await bookAtOnce(store, tenant.appId, ids);
      const messages = events.map(({ appId, callId, seq, type }) => ({
        appId,
        destination,
        callId,
        seq,
        type,
      }));
      await outbox.handOut((await outbox.waiting(1000)).events, messages);
      return messages;
    }
    /** The calls whose messages are to be sent. */
    const pending = async (id: string) =>
      (await api.engine.outbox.deliveries(tenant.appId, { destination: id, state: 'pending' }, 500)).map(
        ({ callId, attempts }) => `${callId} ${attempts}`,
      );

    test('has those sent again that are meant, from the first attempt', async () => {
      const [{ id }, other] = [await made(tenant), await made(tenant)];
      const start = api.engine.clock.now();
      const first = await told(api, tenant, id, DELIVERED);
      api.engine.clock.advance(10);
      const second = await told(api, tenant, id, DEAD);
      api.engine.clock.advance(10);
      await told(api, tenant, other.id, DEAD);
      const nothing = { redelivered: 0, next: null };
      const one = { redelivered: 1, next: null };
      expect(await redeliver(id, { callId: first, seq: 2 })).toEqual(nothing);
      expect(await redeliver(id, { callId: first, state: 'dead' })).toEqual(nothing);
      expect(await redeliver(id, { toUtc: iso(start) })).toEqual(nothing);
      expect(await redeliver(id, { fromUtc: iso(start), settledUntilUtc: iso(start - 1) })).toEqual(nothing);
      expect(await pending(id)).toEqual([]);
      expect(await redeliver(id, { callId: first, seq: 1 })).toEqual(one);
      expect(await pending(id)).toEqual([`${first} 0`]);
      // What waits already is left alone.
      expect(await redeliver(id, { fromUtc: iso(start), toUtc: iso(start + 11) })).toEqual(one);
      expect(await pending(id)).toEqual([`${second} 0`, `${first} 0`]);
      expect(await pending(other.id)).toEqual([]);
    });

    test('does so in parts, and says what to ask for next', async () => {
      const { id } = await made(tenant);
      const { clock } = api.engine;
      const count = MOST_REDELIVERED + 10;
      const keys = await toldAtOnce(id, count);
      await end(api, keys, DELIVERED);
      const asked = clock.now();
      const wish = { state: 'delivered', fromUtc: iso(asked - 5), toUtc: iso(asked + 5) };
      const part = await redeliver(id, wish);
      const next = { ...wish, settledUntilUtc: iso(asked) };
      expect(part).toEqual({ redelivered: MOST_REDELIVERED, next });
      // Those of the first part have arrived by then.
      clock.advance(1);
      const arrived = await pending(id);
      await end(
        api,
        keys.filter(({ callId }) => arrived.includes(`${callId} 0`)),
        DELIVERED,
      );
      expect(await redeliver(id, next)).toEqual({ redelivered: 10, next: null });
      expect(await redeliver(id, next)).toEqual({ redelivered: 0, next: null });
      expect(await pending(id)).toHaveLength(10);
    });

    test('says so when nothing is left, even after a full part', async () => {
      const { id } = await made(tenant);
      await end(api, await toldAtOnce(id, MOST_REDELIVERED), DEAD);
      expect(await redeliver(id, { state: 'dead' })).toEqual({ redelivered: MOST_REDELIVERED, next: null });
    });

    test.each<[object, string]>([
      [{}, ''],
      [{ settledUntilUtc: iso(0) }, ''],
      [{ seq: 1 }, 'seq'],
      [{ callId: newRequestId(), seq: 0 }, 'seq'],
      [{ state: 'pending' }, 'state'],
      [{ callId: 'x' }, 'callId'],
      [{ fromUtc: iso(5), toUtc: iso(5) }, 'toUtc'],
      [{ all: true }, 'all'],
    ])('refuses %j, and nothing is sent', async (wish, path) => {
      const { id } = await made(tenant);
      await told(api, tenant, id, DEAD);
      const answer = await ask('POST', `/${id}/redeliver`, wish);
      expect([answer.status, pathsOf(answer)]).toEqual([400, [path]]);
      expect(await pending(id)).toEqual([]);
    });
  });
});
