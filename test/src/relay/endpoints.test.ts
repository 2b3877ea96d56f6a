import { createWebhooks, type System, type WebhookPorts, type WebhookSender } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { NEWEST, PREVIOUS } from '../webhooks/receivers.ts';
import { openWorld, workOff } from './world.ts';

/** What an app, or who runs the house, asks about endpoints past HTTP. */

const URL = 'https://there.example/hooks';
const CONTENT = { url: URL, description: null, types: null, familyHeaders: false } as const;

describe.each(engines())('endpoints on %s', (name) => {
  /** A world, and what its endpoints are asked about through; `lookedUp` has the URLs whose names were looked up. */
  async function open(over: Partial<WebhookPorts> = {}) {
    const world = await openWorld(name);
    const { engine, appId } = world;
    const lookedUp: unknown[] = [];
    let ids = 0;
    const webhooks = createWebhooks({
      endpoints: engine.endpoints,
      outbox: engine.outbox,
      sender: { send: async () => ({ kind: 'delivered', status: 204, excerpt: '' }) },
      wrongWithUrl: async (url) => {
        lookedUp.push(url);
        return url === URL ? undefined : 'leads nowhere';
      },
      ids: {
        id: () => {
          ids += 1;
          return `made-${ids}`;
        },
        secret: () => PREVIOUS,
      },
      installation: 'https://calls.example',
      ...over,
    });
    return {
      ...world,
      webhooks,
      lookedUp,
      /** Deliveries of the app that wait, by destination and sequence. */
      async pending() {
        const log = await engine.outbox.deliveries(appId, { state: 'pending' }, 100);
        return log.map(({ destination, seq }) => `${destination} ${seq}`).toSorted();
      },
    };
  }

  test('have names looked up for what is right otherwise, where there is one', async () => {
    const { appId, webhooks, lookedUp } = await open();
    const wrong = await webhooks.add(appId, { ...CONTENT, description: ' ' });
    expect([wrong.kind, lookedUp]).toEqual(['invalid', []]);
    const added = await webhooks.add(appId, CONTENT);
    if (added.kind !== 'endpoint') throw new Error(`was to be added: ${added.kind}`);
    const { id } = added.endpoint;
    await webhooks.edit(appId, id, { description: 'new' });
    expect(lookedUp).toEqual([URL]);
    const url = 'https://nowhere.example/';
    const nowhere = { kind: 'invalid', issues: [{ path: 'url', message: 'leads nowhere' }] };
    expect(await webhooks.edit(appId, id, { url })).toEqual(nowhere);
    expect(await webhooks.add(appId, { ...CONTENT, url })).toEqual(nowhere);
    expect(lookedUp).toEqual([URL, url, url]);
    expect(await webhooks.find(appId, id)).toMatchObject({ endpoint: { url: URL, description: 'new' } });
  });

  test('are tried by one message of now, signed with what is live', async () => {
    const sent: unknown[] = [];
    const { engine, appId, webhooks, endpoint } = await open({
      sender: {
        async send(attempt) {
          sent.push({ ...attempt, body: JSON.parse(attempt.body).source });
          return { kind: 'gone', status: 410, excerpt: '' };
        },
      },
    });
    const at = engine.clock.now();
    const overlap = { previousSecret: PREVIOUS, previousUntil: at + 1, familyHeaders: true };
    await endpoint('one', URL, overlap);
    const outcome = { kind: 'gone', status: 410, excerpt: '' };
    expect(await webhooks.test(appId, 'one')).toEqual({ kind: 'tested', messageId: 'made-1', outcome });
    expect(sent).toEqual([
      {
        url: URL,
        secrets: [NEWEST, PREVIOUS],
        messageId: 'made-1',
        body: `https://calls.example/apps/${appId}/webhooks/one`,
        at,
        eventType: 'webhook.test',
        endpointId: 'one',
        number: 1,
        familyHeaders: true,
      },
    ]);
  });

  test('that cannot be tried because of a mistake of ours can be tried again', async () => {
    let isBroken = true;
    const { appId, webhooks, endpoint } = await open({
      sender: {
        async send() {
          if (isBroken) throw new Error('a mistake of ours');
          return { kind: 'delivered', status: 204, excerpt: '' };
        },
      },
    });
    await endpoint('one', URL);
    await expect(webhooks.test(appId, 'one')).rejects.toThrow('a mistake of ours');
    isBroken = false;
    expect(await webhooks.test(appId, 'one')).toMatchObject({ kind: 'tested' });
  });

  test('are all told again where none is named, and so are the systems of every app', async () => {
    const { engine, appId, webhooks, endpoint, book, relay, pending } = await open();
    await endpoint('one', URL);
    await endpoint('two', URL);
    const id = await book();
    const refusing: WebhookSender = { send: async () => ({ kind: 'gone', status: 410, excerpt: '' }) };
    const bus: System = {
      name: '@bus',
      wants: () => true,
      deliver: async () => ({ kind: 'delivered', told: '' }),
    };
    await workOff(relay({}, [bus], { sender: refusing }));
    expect(await pending()).toEqual([]);
    const asked = engine.clock.now();
    expect(await webhooks.redeliver(appId, 'two', { callId: id })).toEqual({
      kind: 'redelivered',
      many: 1,
      next: null,
    });
    expect(await pending()).toEqual(['two 1']);
    expect(await webhooks.redeliver(appId, undefined, { callId: id, settledUntil: asked })).toEqual({
      kind: 'redelivered',
      many: 2,
      next: null,
    });
    expect(await pending()).toEqual(['@bus 1', 'one 1', 'two 1']);
    expect(await webhooks.redeliver('another', undefined, { callId: id })).toMatchObject({ many: 0 });
    expect(await webhooks.redeliver(appId, 'three', { callId: id })).toEqual({ kind: 'endpoint_not_found' });
    expect(await webhooks.redeliver(appId, undefined, {})).toMatchObject({ kind: 'invalid' });
  });

  test('that are not there are so first of all, whatever is asked of them', async () => {
    const { appId, webhooks, endpoint } = await open();
    await endpoint('one', URL);
    const none = { kind: 'endpoint_not_found' };
    expect(await webhooks.edit(appId, 'two', { description: ' ' })).toEqual(none);
    expect(await webhooks.rotate(appId, 'two')).toEqual(none);
    expect(await webhooks.remove(appId, 'two')).toEqual(none);
    expect(await webhooks.edit(appId, 'one', { description: ' ' })).toMatchObject({ kind: 'invalid' });
    expect(await webhooks.list(appId)).toMatchObject([{ id: 'one', description: null }]);
  });
});
