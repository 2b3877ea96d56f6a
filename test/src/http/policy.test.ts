import { DAY, type ActorType } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { detailsOf, newTenant, speakingFor, type Tenant } from './tenants.ts';

const OPEN = {
  allowed: true,
  minNoticeToOldMinutes: 0,
  minNoticeToNewMinutes: 0,
  horizonDays: 730,
  maxMoves: null,
  maxTotalShiftMinutes: null,
  reasonRequired: false,
  graceAfterStartMinutes: null,
};
const DEFAULT = {
  actors: { guest: OPEN, agent: OPEN, admin: OPEN, api: OPEN },
  dailyCap: null,
  versionRequired: false,
  undoWindowMinutes: 60,
};
const START = NOW + 2 * DAY;

describe.each(engines())('the policy on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.set(NOW);
    tenant = await newTenant(api);
    await tenant.agent('ana');
  });

  const put = (policy: unknown) => tenant.ask('PUT', '/policy', policy);
  const patch = (id: string, body: object, actor: ActorType = 'api', headers = {}) =>
    tenant.patch(id, body, { ...speakingFor(actor), ...headers });
  const to = (startsAt: number) => ({ scheduledAtUtc: iso(startsAt) });

  describe('GET and PUT', () => {
    test('allows everything until one is put, and shows the one that was put', async () => {
      const shown = await tenant.ask('GET', '/policy');
      expect([shown.status, shown.body]).toEqual([200, { data: { policy: DEFAULT } }]);
      const strict = {
        allowed: false,
        minNoticeToOldMinutes: 1,
        minNoticeToNewMinutes: 2,
        horizonDays: 3,
        maxMoves: 0,
        maxTotalShiftMinutes: 4,
        reasonRequired: true,
        graceAfterStartMinutes: 5,
      };
      const policy = {
        actors: { guest: strict, agent: OPEN, admin: OPEN, api: { ...OPEN, maxMoves: 7 } },
        dailyCap: { calls: 0, timezone: 'Asia/Kathmandu' },
        versionRequired: true,
        undoWindowMinutes: 0,
      };
      const saved = await put(policy);
      expect([saved.status, saved.body]).toEqual([200, { data: { policy } }]);
      expect((await tenant.ask('GET', '/policy')).body).toEqual({ data: { policy } });
    });

    test('what is left out is as in the default, whatever was there before', async () => {
      await tenant.settle({
        actors: { guest: { allowed: false }, api: { maxMoves: 1 } },
        versionRequired: true,
      });
      const { body } = await put({ actors: { agent: { reasonRequired: true } } });
      const actors = { ...DEFAULT.actors, agent: { ...OPEN, reasonRequired: true } };
      expect(body).toEqual({ data: { policy: { ...DEFAULT, actors } } });
      const guests = { ...DEFAULT.actors, guest: { ...OPEN, allowed: false } };
      const told = { data: { policy: { ...DEFAULT, actors: guests } } };
      expect((await put({ actors: { guest: { allowed: false } } })).body).toEqual(told);
      expect((await put({})).body).toEqual({ data: { policy: DEFAULT } });
    });

    test.each<[string, object, string]>([
      ['an actor of no kind', { actors: { robot: {} } }, 'actors.robot'],
      ['an unknown rule', { actors: { guest: { minNotice: 1 } } }, 'actors.guest.minNotice'],
      ['an unknown field', { cap: 1 }, 'cap'],
      ['a horizon of no days', { actors: { api: { horizonDays: 0 } } }, 'actors.api.horizonDays'],
      ['a horizon beyond every horizon', { actors: { api: { horizonDays: 731 } } }, 'actors.api.horizonDays'],
      [
        'less than no notice',
        { actors: { agent: { minNoticeToNewMinutes: -1 } } },
        'actors.agent.minNoticeToNewMinutes',
      ],
      ['half a move', { actors: { guest: { maxMoves: 0.5 } } }, 'actors.guest.maxMoves'],
      [
        'a notice of null',
        { actors: { guest: { minNoticeToOldMinutes: null } } },
        'actors.guest.minNoticeToOldMinutes',
      ],
      ['text for a switch', { versionRequired: 'yes' }, 'versionRequired'],
      ['a cap without a zone', { dailyCap: { calls: 1 } }, 'dailyCap.timezone'],
      ['a cap in an unknown zone', { dailyCap: { calls: 1, timezone: 'Mars/Base' } }, 'dailyCap.timezone'],
      ['a cap in a zone to name only', { dailyCap: { calls: 1, timezone: 'PST' } }, 'dailyCap.timezone'],
      ['a cap below zero', { dailyCap: { calls: -1, timezone: 'UTC' } }, 'dailyCap.calls'],
    ])('refuse %s, and nothing is changed', async (_, policy, path) => {
      await tenant.settle({ undoWindowMinutes: 5 });
      const { status, body } = await put(policy);
      expect([status, body.error.details.issues.map((issue: { path: string }) => issue.path)]).toEqual([
        400,
        [path],
      ]);
      expect((await tenant.ask('GET', '/policy')).body.data.policy.undoWindowMinutes).toBe(5);
    });
  });

  describe('X-Actor', () => {
    test('lands in the timeline, whatever is asked; without it, the key does', async () => {
      const [{ id }, other] = [await tenant.book({ startsAt: START }), await tenant.book({ agentId: null })];
      await patch(id, to(START + DAY), 'guest');
      await tenant.ask('POST', `/scheduled-calls/${id}/confirm`, undefined, { 'X-Actor': 'agent/a:b@c' });
      await tenant.voice('DELETE', `/call_${id}`, undefined, { 'X-Actor': 'admin/zoe' });
      await patch(other.id, to(START));
      const actorsOf = async (call: string): Promise<string[]> =>
        (await tenant.ask('GET', `/scheduled-calls/${call}`)).body.data.events
          .slice(1)
          .map((event: { actor_type: string; actor_id: string }) => `${event.actor_type}/${event.actor_id}`);
      expect(await actorsOf(id)).toEqual(['guest/amina', 'agent/a:b@c', 'admin/zoe']);
      expect(await actorsOf(other.id)).toEqual([expect.stringMatching(/^api\/./)]);
    });

    test('admin takes the scope scheduling:admin, the others do not', async () => {
      const { id } = await tenant.book({ startsAt: START });
      const ask = await tenant.askWith(['scheduling:write', 'scheduling:read']);
      const statusFor = async (method: string, path: string, actor: ActorType, body?: object) =>
        (await ask(method, path, body, speakingFor(actor))).status;
      expect(await statusFor('PATCH', `/scheduled-calls/${id}`, 'admin', to(START + DAY))).toBe(403);
      const query = `fromUtc=${iso(START)}&toUtc=${iso(START + DAY)}&callId=${id}`;
      expect(await statusFor('GET', `/availability?${query}`, 'admin')).toBe(403);
      expect((await tenant.ask('GET', `/scheduled-calls/${id}`)).body.data.call.version).toBe(1);
      expect(await statusFor('PATCH', `/scheduled-calls/${id}`, 'guest', to(START + DAY))).toBe(200);
      expect(await statusFor('PATCH', `/scheduled-calls/${id}`, 'agent', to(START))).toBe(200);
    });

    test.each([
      'guest',
      'guest/',
      'guest/a b',
      'Guest/a',
      'api/key',
      'robot/a',
      'guest/a/b',
      `guest/${'x'.repeat(129)}`,
    ])('%j is refused', async (actor) => {
      const { id } = await tenant.book({ startsAt: START });
      const { status, body } = await patch(id, to(START + DAY), 'api', { 'X-Actor': actor });
      expect([status, body.error.details.issues]).toEqual([
        400,
        [{ path: 'x-actor', message: expect.any(String) }],
      ]);
    });
  });

  describe('versionRequired', () => {
    test('every change of a call has to name its version: 428 without, 412 with another', async () => {
      await tenant.settle({ versionRequired: true });
      const { id } = await tenant.book({ startsAt: START });
      const asked = [
        await patch(id, to(START + DAY)),
        await patch(id, { guestName: 'Bruno' }, 'guest'),
        await tenant.ask('POST', `/scheduled-calls/${id}/confirm`),
        await tenant.ask('DELETE', `/scheduled-calls/${id}`),
        await tenant.voice('DELETE', `/call_${id}`),
        await tenant.voice('PUT', `/call_${id}/schedule`, { scheduled_timestamp: START / 1000 + 60 }),
      ];
      expect(asked.map(({ status, headers }) => [status, headers.get('etag')])).toEqual(
        asked.map(() => [428, '"v1"']),
      );
      expect(detailsOf(await patch(id, to(START + DAY)))).toEqual({ reason: 'version_required' });
      expect((await patch(id, to(START + DAY), 'api', { 'If-Match': '"v2"' })).status).toBe(412);
      expect((await patch(id, to(START + DAY), 'api', { 'If-Match': '"v1"' })).status).toBe(200);
      expect((await patch(id, to(START), 'api', { 'If-Match': '*' })).status).toBe(200);
    });

    test('no override passes over it', async () => {
      await tenant.settle({ versionRequired: true });
      const { id } = await tenant.book({ startsAt: START });
      const path = `/scheduled-calls/${id}?override=policy,availability`;
      expect((await tenant.ask('PATCH', path, to(START + DAY))).status).toBe(428);
    });
  });

  test('is each app’s own', async () => {
    const other = await newTenant(api);
    const strict = { allowed: false };
    const policy = { actors: { api: strict, guest: strict }, versionRequired: true, dailyCap: null };
    await other.settle(policy);
    expect((await tenant.ask('GET', '/policy')).body.data.policy).toEqual(DEFAULT);
    const { id } = await tenant.book({ startsAt: START });
    expect((await patch(id, to(START + DAY), 'guest')).status).toBe(200);
    const { status } = await other.ask('PATCH', `/scheduled-calls/${id}`, to(START));
    expect(status).toBe(404);
  });

  test('takes scheduling:admin to put, scheduling:read to see', async () => {
    const ask = await tenant.askWith(['scheduling:read', 'scheduling:write', 'scheduling:override']);
    expect((await ask('PUT', '/policy', {})).status).toBe(403);
    expect((await ask('GET', '/policy')).status).toBe(200);
    expect((await (await tenant.askWith(['scheduling:write']))('GET', '/policy')).status).toBe(403);
  });
});
