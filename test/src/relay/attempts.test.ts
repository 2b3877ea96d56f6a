import {
  MINUTE,
  MOST_ATTEMPTS,
  Outage,
  RELAY_LIMITS,
  RETRY_DELAYS,
  type Endpoint,
  type RelayPorts,
  type WebhookAttempt,
  type WebhookOutcome,
} from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { NEWEST, PREVIOUS } from '../webhooks/receivers.ts';
import { openWorld, workOff } from './world.ts';

const TAKEN: WebhookOutcome = { kind: 'delivered', status: 204, excerpt: '' };
const REFUSED: WebhookOutcome = { kind: 'refused', status: 500, excerpt: '' };

describe.each(engines())('an attempt on %s', (name) => {
  /** A world with an endpoint and a call, whose relays send by what answers `outcome`; `sent` has what it was to send. */
  async function open(outcome: () => WebhookOutcome, over: Partial<Endpoint> = {}) {
    const world = await openWorld(name);
    const { engine, appId } = world;
    const sent: WebhookAttempt[] = [];
    const sender = {
      send: async (attempt: WebhookAttempt) => {
        sent.push(attempt);
        return outcome();
      },
    };
    await world.endpoint('one', 'https://there.example/hooks', { types: ['created'], ...over });
    await world.book();
    return {
      ...world,
      sent,
      relayWith: (ports: Partial<RelayPorts> = {}) => world.relay({}, [], { sender, ...ports }),
      /** What has become of the only delivery. */
      async end() {
        const [delivery] = await engine.outbox.deliveries(appId, {}, 10);
        return `${delivery?.state} ${delivery?.told} ${delivery?.attempts}`;
      },
      status: async () => (await engine.endpoints.endpoint(appId, 'one'))?.status,
    };
  }

  test('is of the message, for the endpoint, and says which it is', async () => {
    const { engine, appId, sent, relayWith } = await open(() => REFUSED, {
      familyHeaders: true,
      previousSecret: PREVIOUS,
      previousUntil: Date.UTC(2031, 0, 1) + 1,
    });
    const { clock } = engine;
    const start = clock.now();
    await workOff(relayWith());
    clock.advance(MINUTE);
    await workOff(relayWith());
    const [first, second] = sent;
    const body = JSON.parse(first?.body ?? '');
    expect(first).toEqual({
      url: 'https://there.example/hooks',
      secrets: [NEWEST, PREVIOUS],
      messageId: body.id,
      body: first?.body,
      at: start,
      eventType: 'scheduled.created',
      endpointId: 'one',
      number: 1,
      familyHeaders: true,
    });
    expect(body).toMatchObject({ type: 'scheduled.created', data: { app_id: appId } });
    expect(second).toEqual({ ...first, secrets: [NEWEST], at: start + MINUTE, number: 2 });
  });

  test.each<[WebhookOutcome, string]>([
    [TAKEN, 'delivered 204 1'],
    [{ kind: 'gone', status: 410, excerpt: '' }, 'dead 410 1'],
    [REFUSED, 'pending 500 1'],
    [{ kind: 'unreachable', fault: 'dns' }, 'pending dns 1'],
    // Nobody was asked.
    [{ kind: 'unreachable', fault: 'busy' }, 'pending busy 0'],
    [{ kind: 'forbidden', message: 'leads to 10.0.0.1' }, 'pending forbidden address 1'],
  ])('whose outcome is %j leaves a delivery that is %s', async (outcome, expected) => {
    const { relayWith, end, status } = await open(() => outcome);
    await workOff(relayWith());
    expect(await end()).toBe(expected);
    expect(await status()).toBe(outcome.kind === 'gone' ? 'disabled' : 'active');
  });

  test('that throws is told of, and counts', async () => {
    const fault = new Error('a mistake of ours');
    const { relayWith, end, reports } = await open(() => {
      throw fault;
    });
    await workOff(relayWith());
    expect([await end(), reports]).toEqual(['pending error 1', [fault]]);
  });

  test('whose end cannot be written down is told of, and made again when its lease is over', async () => {
    const { engine, sent, relayWith, end, reports } = await open(() => TAKEN);
    const away = new Outage('database: away');
    let ended = 0;
    const relay = relayWith({
      outbox: { ...engine.outbox, settle: () => Promise.reject(away) },
      ended: () => (ended += 1),
    });
    await workOff(relay);
    expect([await end(), reports, ended]).toEqual(['pending null 1', [away], 1]);
    await workOff(relayWith());
    expect(sent).toHaveLength(1);
    engine.clock.advance(RELAY_LIMITS.lease + 1);
    await workOff(relayWith());
    expect([sent.length, await end()]).toEqual([2, 'delivered 204 2']);
  });

  test.each([
    [MOST_ATTEMPTS - 1, 1, `delivered 204 ${MOST_ATTEMPTS}`],
    [MOST_ATTEMPTS, 0, `dead ${MOST_ATTEMPTS} attempts ${MOST_ATTEMPTS + 1}`],
  ])('after %i that nobody has lived to settle', async (before, made, expected) => {
    const { engine, sent, relayWith, end } = await open(() => TAKEN);
    const { outbox, clock } = engine;
    await workOff(relayWith({ outbox: { ...outbox, claim: async () => [] } }));
    for (let attempts = 0; attempts < before; attempts += 1) {
      const shares = { most: 1, mostToEndpoints: 1, perDestination: 1, perApp: 1 };
      const none = { underWay: new Map<string, number>(), underWayOf: new Map<string, number>() };
      await outbox.claim({ token: `dies-${attempts}`, lease: MINUTE, systems: [], ...shares, ...none });
      clock.advance(MINUTE + 1);
    }
    await workOff(relayWith());
    expect([sent.length, await end()]).toEqual([made, expected]);
  });

  describe('that was the last', () => {
    /** `meanwhile` says what somebody else does to the endpoint whenever it is to be changed. */
    async function tried(meanwhile: (store: Endpoint) => Partial<Endpoint> | 'removes' | undefined) {
      const world = await open(() => REFUSED);
      const { endpoints } = world.engine;
      let changes = 0;
      const change: typeof endpoints.change = async (before, after) => {
        const other = meanwhile(before);
        changes += 1;
        if (other === 'removes') await endpoints.remove(before.appId, before.id);
        else if (other) await endpoints.change(before, { ...before, ...other });
        return endpoints.change(before, after);
      };
      const relay = world.relayWith({ endpoints: { ...endpoints, change } });
      for (const delay of [...RETRY_DELAYS, 0]) {
        await workOff(relay);
        world.engine.clock.advance(delay);
      }
      return { ...world, changes: () => changes };
    }

    test('pauses the endpoint, whoever changes it meanwhile', async () => {
      let others = 7;
      const { status, changes, end } = await tried(() => {
        others -= 1;
        return others >= 0 ? { description: `other ${others}` } : undefined;
      });
      expect(await end()).toBe(`dead 500; ${MOST_ATTEMPTS} attempts ${MOST_ATTEMPTS}`);
      expect([await status(), changes()]).toEqual(['paused', 8]);
    });

    test('leaves it as it is when others come first every time', async () => {
      const { status, changes } = await tried(({ version }) => ({ description: `version ${version}` }));
      expect([await status(), changes()]).toEqual(['active', 8]);
    });

    test.each<[string, Partial<Endpoint>]>([
      ['disabled', { status: 'disabled', trouble: 'gone' }],
      ['elsewhere', { url: 'https://elsewhere.example/hooks' }],
    ])('leaves one that is %s by then', async (_, other) => {
      const { engine, appId, changes } = await tried(() => other);
      expect(await engine.endpoints.endpoint(appId, 'one')).toMatchObject({ trouble: null, ...other });
      expect(changes()).toBe(1);
    });

    test('says nothing of one that is removed by then', async () => {
      const { status, changes, reports } = await tried(() => 'removes');
      expect([await status(), changes(), reports]).toEqual([undefined, 1, []]);
    });
  });
});
