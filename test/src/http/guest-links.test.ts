import { createGuestLinkTokens } from '@reslot/adapters/guest-links';
import { DAY, MINUTE, type Call } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, LINK_SECRET, NOW, openApi, type Answer, type Api } from './api.ts';
import { issue, linkFor, pathOfLink, stateOf } from './guests.ts';
import { at, blocked, hours, newTenant, toldOf, type Tenant } from './tenants.ts';

const START = at('10:00');
const HOUR = 60 * MINUTE;

describe.each(engines())('links of guests on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  let call: Call;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.set(NOW);
    tenant = await newTenant(api);
    for (const id of ['ana', 'ben']) await tenant.agent(id);
    call = await tenant.book({
      startsAt: START,
      guestPhone: '+33 1 23 45 67 89',
      guestTimezone: 'Asia/Kathmandu',
      intakeNotes: 'a secret',
    });
  });

  const get = (path: string) => api.request('GET', path);
  const post = (path: string, body?: unknown) => api.request('POST', path, body);
  const moveTo = (link: string, startsAt: number, more = {}) =>
    post(`${link}/reschedule`, { startUtc: iso(startsAt), ...more });
  const startOf = ({ body }: Answer): string => body.data.call.scheduled_at;
  const told = ({ status, body }: Answer) => [status, body.error?.details.reason];
  const signed = (over: object) =>
    createGuestLinkTokens([LINK_SECRET]).write({
      appId: tenant.appId,
      callId: call.id,
      version: 1,
      purposes: ['reschedule', 'cancel'],
      expiresAt: START,
      ...over,
    });

  describe('are given out', () => {
    test('for the call as it is, until it should begin', async () => {
      const { status, headers, body } = await issue(tenant, call.id, { purposes: ['cancel', 'view'] });
      const { url, ...rest } = body.data.guestLink;
      expect([status, rest]).toEqual([
        201,
        { purposes: ['cancel', 'view'], callVersion: 1, expiresAtUtc: iso(START) },
      ]);
      expect(url).toMatch(/^https:\/\/calls\.example\.com\/g\/[\w.-]+$/);
      expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', '"v1"']);
    });

    test('for a shorter time', async () => {
      const { body } = await issue(tenant, call.id, { purposes: ['view'], expiresInSeconds: 600 });
      expect(body.data.guestLink.expiresAtUtc).toBe(iso(NOW + 10 * MINUTE));
    });

    test.each<[string, object, string]>([
      ['no purposes', {}, 'purposes'],
      ['an empty list', { purposes: [] }, 'purposes'],
      ['an unknown purpose', { purposes: ['own'] }, 'purposes.0'],
      ['a purpose twice', { purposes: ['view', 'view'] }, 'purposes'],
      ['an end that is no number', { purposes: ['view'], expiresInSeconds: '600' }, 'expiresInSeconds'],
      ['an end at once', { purposes: ['view'], expiresInSeconds: 59 }, 'expiresInSeconds'],
      ['an unknown field', { purposes: ['view'], for: 'ever' }, 'for'],
    ])('but not for %s', async (_, body, path) => {
      const answer = await issue(tenant, call.id, body);
      expect([answer.status, answer.body.error.details.issues[0].path]).toEqual([400, path]);
    });

    test('but not for what has begun, is over, or is not there', async () => {
      const ask = (id: string, purposes = ['view']) => issue(tenant, id, { purposes });
      const free = await tenant.book({ agentId: null });
      expect(told(await ask(free.id, ['reschedule']))).toEqual([409, 'no_agent']);
      expect((await ask(free.id, ['cancel'])).status).toBe(201);
      await tenant.ask('POST', `/scheduled-calls/${free.id}/start`);
      expect(told(await ask(free.id))).toEqual([409, 'already_started']);
      const other = await newTenant(api);
      expect((await issue(other, call.id, { purposes: ['view'] })).status).toBe(404);
      await tenant.ask('DELETE', `/scheduled-calls/${call.id}`);
      expect(told(await ask(call.id))).toEqual([409, 'final_state']);
    });

    test('to those who may write, and not on conditions', async () => {
      const ask = await tenant.askWith(['scheduling:read', 'scheduling:admin']);
      const path = `/scheduled-calls/${call.id}/guest-links`;
      expect((await ask('POST', path, { purposes: ['view'] })).status).toBe(403);
      for (const header of ['Idempotency-Key', 'If-Match']) {
        const refused = await tenant.ask('POST', path, { purposes: ['view'] }, { [header]: '"v1"' });
        expect(refused.status).toBe(400);
      }
    });

    test('with all that there is to be done, for what goes to the guest', async () => {
      const url = (await api.guestLinks.urlFor(call)) ?? '';
      expect(await api.guestLinks.urlFor(call)).toBe(url);
      expect((await get(pathOfLink(url))).body.data.link.actions).toEqual(['reschedule', 'cancel']);
      const free = await tenant.book({ agentId: null });
      const path = pathOfLink((await api.guestLinks.urlFor(free)) ?? '');
      expect((await get(path)).body.data.link.actions).toEqual(['cancel']);
      api.clock.set(START);
      expect(await api.guestLinks.urlFor(call)).toBeUndefined();
    });
  });

  describe('GET', () => {
    test('shows the call, and nothing that is not for its guest', async () => {
      const { status, body, headers } = await get(await linkFor(tenant, call.id));
      expect([status, body]).toEqual([
        200,
        {
          data: {
            call: {
              id: call.id,
              status: 'scheduled',
              scheduled_at: iso(START),
              duration_minutes: 30,
              timezone: 'Asia/Kathmandu',
              guest_name: 'Amina',
              agent_name: 'ana',
            },
            link: {
              purposes: ['reschedule', 'cancel'],
              actions: ['reschedule', 'cancel'],
              readOnly: null,
              expiresAtUtc: iso(START),
            },
          },
        },
      ]);
      expect(
        ['referrer-policy', 'cache-control', 'x-robots-tag'].map((header) => headers.get(header)),
      ).toEqual(['no-referrer', 'no-store', 'noindex, nofollow']);
    });

    test('changes nothing, however often and wherever it goes', async () => {
      const before = await stateOf(tenant, call.id);
      const link = await linkFor(tenant, call.id);
      for (const path of [
        '',
        '/slots',
        '/reschedule',
        '/cancel',
        `/reschedule?startUtc=${iso(START + DAY)}`,
      ]) {
        for (const method of ['GET', 'HEAD']) {
          await api.app.fetch(new Request(`http://localhost${link}${path}`, { method }));
        }
      }
      expect((await get(`${link}/cancel`)).status).toBe(405);
      expect(await stateOf(tenant, call.id)).toEqual(before);
    });
  });

  describe('POST', () => {
    test('moves the call, as its guest', async () => {
      const link = await linkFor(tenant, call.id);
      const moved = await moveTo(link, START + HOUR, { reason: 'a train' });
      expect([moved.status, startOf(moved), moved.body.data.link]).toEqual([
        200,
        iso(START + HOUR),
        expect.objectContaining({ actions: [], readOnly: 'superseded' }),
      ]);
      const { call: now, events } = (await tenant.ask('GET', `/scheduled-calls/${call.id}`)).body.data;
      expect([now.scheduled_at, now.version, now.assigned_agent_id]).toEqual([iso(START + HOUR), 2, 'ana']);
      expect(events[1]).toMatchObject({
        event_type: 'rescheduled',
        actor_type: 'guest',
        actor_id: expect.stringMatching(/^link:[0-9a-f]{16}$/),
        reason: 'a train',
      });
    });

    test('cancels the call, and again is answered like the first time', async () => {
      const link = await linkFor(tenant, call.id);
      const answers = [await post(`${link}/cancel`, { reason: 'ill' }), await post(`${link}/cancel`)];
      expect(answers.map(({ status, body }) => [status, body.data.call.status])).toEqual([
        [200, 'cancelled'],
        [200, 'cancelled'],
      ]);
      const { call: now, events } = (await tenant.ask('GET', `/scheduled-calls/${call.id}`)).body.data;
      expect([now.cancellation_reason, events.length, events[1].actor_type]).toEqual(['ill', 2, 'guest']);
      expect(told(await moveTo(link, START + HOUR))).toEqual([409, 'final_state']);
      expect((await get(link)).body.data.link).toMatchObject({ actions: [], readOnly: 'over' });
    });

    test('by a used link does nothing, but to answer what it did before', async () => {
      const link = await linkFor(tenant, call.id);
      await moveTo(link, START + HOUR);
      const before = await stateOf(tenant, call.id);
      expect((await moveTo(link, START + HOUR)).status).toBe(200);
      expect(told(await moveTo(link, START + 2 * HOUR))).toEqual([412, 'stale_version']);
      expect(told(await moveTo(link, START))).toEqual([412, 'stale_version']);
      expect(told(await post(`${link}/cancel`))).toEqual([412, 'stale_version']);
      expect(told(await get(`${link}/slots`))).toEqual([412, 'stale_version']);
      expect(await stateOf(tenant, call.id)).toEqual(before);
      const { data } = (await get(link)).body;
      expect([data.call.scheduled_at, data.link.readOnly]).toEqual([iso(START + HOUR), 'superseded']);
    });

    test('by a link that somebody else’s change has superseded does nothing', async () => {
      const link = await linkFor(tenant, call.id);
      await tenant.patch(call.id, { guestName: 'Bruno' });
      expect(told(await moveTo(link, START + HOUR))).toEqual([412, 'stale_version']);
      expect(told(await post(`${link}/cancel`))).toEqual([412, 'stale_version']);
      expect((await get(link)).body.data).toMatchObject({
        call: { guest_name: 'Bruno', scheduled_at: iso(START) },
        link: { actions: [], readOnly: 'superseded' },
      });
    });

    test('of two at once by one link exactly one moves the call', async () => {
      const link = await linkFor(tenant, call.id);
      const answers = await Promise.all([1, 2, 3].map((hour) => moveTo(link, START + hour * HOUR)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
      const winner = answers.find(({ status }) => status === 200);
      const { call: now, events } = (await tenant.ask('GET', `/scheduled-calls/${call.id}`)).body.data;
      expect([now.version, now.scheduled_at, events.length]).toEqual([2, winner && startOf(winner), 2]);
    });

    test.each<[string[], string, string, object | undefined]>([
      [['view'], 'POST', '/reschedule', { startUtc: iso(START + HOUR) }],
      [['view'], 'POST', '/cancel', undefined],
      [['view'], 'GET', '/slots', undefined],
      [['view', 'cancel'], 'POST', '/reschedule', { startUtc: iso(START + HOUR) }],
      [['cancel'], 'GET', '/slots', undefined],
      [['reschedule'], 'POST', '/cancel', undefined],
    ])('by a link for %j is refused: %s %s', async (purposes, method, path, body) => {
      const before = await stateOf(tenant, call.id);
      const link = await linkFor(tenant, call.id, purposes);
      expect(told(await api.request(method, link + path, body))).toEqual([403, 'wrong_purpose']);
      expect(await stateOf(tenant, call.id)).toEqual(before);
      expect((await get(link)).status).toBe(200);
    });

    test.each<[string, object, object]>([
      ['moves no guest', { allowed: false }, [403, 'not_allowed']],
      ['wants notice', { minNoticeToNewMinutes: (START + DAY - NOW) / MINUTE }, [409, 'too_soon']],
      ['has a horizon', { horizonDays: 1 }, [409, 'too_late']],
      ['counts the moves', { maxMoves: 0 }, [409, 'limit_reached']],
      ['wants a reason', { reasonRequired: true }, [400, 'reason_required']],
    ])('asks the policy for guests, which %s', async (_, guest, refusal) => {
      await tenant.settle({ actors: { guest } });
      const link = await linkFor(tenant, call.id);
      expect(told(await moveTo(link, START + HOUR))).toEqual(refusal);
      expect(await stateOf(tenant, call.id)).toMatchObject({ call: { version: 1 } });
      // Whose limits are not those of others.
      expect((await tenant.patch(call.id, { scheduledAtUtc: iso(START + HOUR) })).status).toBe(200);
    });

    test.each<[string, object, string, object]>([
      ['moves no guest', { allowed: false }, 'not_allowed', {}],
      ['wanted notice', { minNoticeToOldMinutes: (START - NOW) / MINUTE }, 'too_soon', { later: 1 }],
      ['has counted the moves', { maxMoves: 0 }, 'limit_reached', {}],
    ])(
      'shows that the call cannot be moved at all where the policy %s',
      async (_, guest, reason, { later = 0 }: { later?: number }) => {
        const link = await linkFor(tenant, call.id);
        await tenant.settle({ actors: { guest } });
        api.clock.set(NOW + later);
        const { purposes, actions, readOnly } = (await get(link)).body.data.link;
        expect({ purposes, actions, readOnly }).toEqual({
          purposes: ['reschedule', 'cancel'],
          actions: ['cancel'],
          readOnly: null,
        });
        expect(told(await get(`${link}/slots`))[1]).toBe(reason);
        expect(told(await moveTo(link, START + HOUR))[1]).toBe(reason);
        expect((await post(`${link}/cancel`)).status).toBe(200);
      },
    );

    test('where the policy wants versions, has one', async () => {
      await tenant.settle({ versionRequired: true });
      expect((await moveTo(await linkFor(tenant, call.id), START + HOUR)).status).toBe(200);
    });

    test('tells of a time that is taken no more than that, and where else there is time', async () => {
      await tenant.agent('ana', { exceptions: [blocked('11:00', '12:00')] });
      const { status, body } = await moveTo(await linkFor(tenant, call.id), START + HOUR);
      const { alternatives } = body.error.details;
      expect([status, body.error.details]).toEqual([409, { reason: 'slot_taken', alternatives }]);
      expect(alternatives.length).toBeGreaterThan(0);
      for (const { startUtc, ...rest } of alternatives) {
        expect(rest).toEqual({ endUtc: iso(Date.parse(startUtc) + 30 * MINUTE) });
        const link = await linkFor(tenant, call.id);
        expect((await moveTo(link, Date.parse(startUtc))).status).toBe(200);
        await tenant.ask('POST', `/scheduled-calls/${call.id}/undo`);
      }
    });

    test.each<[string, unknown, string]>([
      ['nothing', undefined, 'startUtc'],
      ['an agent', { startUtc: iso(START + HOUR), agentId: 'ben' }, 'agentId'],
      ['a time in the past', { startUtc: iso(NOW - HOUR) }, 'startUtc'],
      ['a local time', { startUtc: '2026-05-04T10:00' }, 'startUtc'],
    ])('refuses %s', async (_, body, path) => {
      const answer = await post(`${await linkFor(tenant, call.id)}/reschedule`, body);
      expect([answer.status, answer.body.error.details.issues[0].path]).toEqual([400, path]);
    });
  });

  describe('that do not hold', () => {
    const ROUTES: [string, string, object?][] = [
      ['GET', ''],
      ['GET', '/slots'],
      ['POST', '/reschedule', { startUtc: iso(START + HOUR) }],
      ['POST', '/cancel'],
    ];
    const answersTo = async (token: string) =>
      Promise.all(
        ROUTES.map(async ([method, path, body]) => {
          const { status, text, body: read } = await api.request(method, `/g/${token}${path}`, body);
          return [status, text.replace(read.error.requestId, '')];
        }),
      );

    test('are answered alike, and change nothing', async () => {
      const before = await stateOf(tenant, call.id);
      const genuine = await signed({});
      const other = await newTenant(api);
      const unknown = await answersTo('x');
      expect(unknown.map(([status]) => status)).toEqual([404, 404, 404, 404]);
      const forged = await createGuestLinkTokens(['another secret, as long as it has to be']).write({
        appId: tenant.appId,
        callId: call.id,
        version: 1,
        purposes: ['cancel'],
        expiresAt: START,
      });
      const bad = [
        `${genuine.slice(0, -4)}AAAA`,
        forged,
        await signed({ expiresAt: NOW }),
        await signed({ appId: other.appId }),
        await signed({ callId: tenant.appId }),
        api.secrets.token,
        'x'.repeat(5000),
      ];
      for (const token of bad) expect(await answersTo(token)).toEqual(unknown);
      expect(await stateOf(tenant, call.id)).toEqual(before);
      expect((await get(`/g/${genuine}`)).status).toBe(200);
    });

    test('are those that have come to their end', async () => {
      const link = await linkFor(tenant, call.id);
      api.clock.set(START - 1);
      expect((await get(link)).status).toBe(200);
      api.clock.set(START);
      expect((await get(link)).status).toBe(404);
      expect((await post(`${link}/cancel`)).status).toBe(404);
    });

    test('and are no credential anywhere else', async () => {
      const token = await signed({});
      const asBearer = { Authorization: `Bearer ${token}` };
      const path = `/api/v1/video/${tenant.appId}/scheduled-calls/${call.id}`;
      expect((await api.request('GET', path, undefined, asBearer)).status).toBe(401);
      expect((await api.request('DELETE', path, undefined, asBearer)).status).toBe(401);
      expect(api.reports).toEqual([]);
    });
  });

  describe('offer times', () => {
    const slotsOf = async (path: string): Promise<{ startUtc: string; endUtc: string }[]> => {
      const { status, text, body } = await get(path);
      expect([status, text]).toEqual([200, text]);
      return body.data.slots;
    };

    test('of the agent who has the call, from the day before it on, on the quarters', async () => {
      await tenant.agent('ana', { windows: [hours('09:00', '11:00')] });
      await tenant.book({ startsAt: at('09:15') });
      const { body } = await get(`${await linkFor(tenant, call.id)}/slots`);
      expect(body.data).toEqual({
        fromUtc: iso(START - DAY),
        toUtc: iso(START + 2 * DAY),
        slots: ['09:45', '10:15', '10:30'].map((time) => ({
          startUtc: iso(at(time)),
          endUtc: iso(at(time) + 30 * MINUTE),
        })),
      });
    });

    test('in a window that is said, of 400 candidates at most', async () => {
      const link = await linkFor(tenant, call.id);
      const window = (from: number, to: number) => `${link}/slots?fromUtc=${iso(from)}&toUtc=${iso(to)}`;
      const found = await slotsOf(window(at('12:05'), at('13:00')));
      expect(found.map(({ startUtc }) => startUtc.slice(11, 16))).toEqual(['12:05', '12:20']);
      const wide = await get(window(START, START + 10 * DAY));
      expect([wide.status, wide.body.error.details.issues[0].path]).toEqual([400, 'toUtc']);
      const never = await get(window(START, START));
      expect([never.status, never.body.error.details.issues[0].path]).toEqual([400, 'toUtc']);
    });

    test('each is accepted if it is sent at once', async () => {
      await tenant.agent('ana', {
        windows: [hours('09:00', '12:10'), hours('13:00', '16:40')],
        exceptions: [blocked('14:00', '14:20')],
        doNotDisturb: [],
      });
      await tenant.book({ startsAt: at('11:05'), durationMinutes: 20, bufferBeforeMinutes: 10 });
      await tenant.settle({
        actors: { guest: { minNoticeToNewMinutes: (at('09:20') - NOW) / MINUTE, reasonRequired: true } },
        dailyCap: { calls: 2, timezone: 'UTC' },
      });
      const window = `slots?fromUtc=${iso(at('08:00'))}&toUtc=${iso(at('18:00'))}`;
      const offered = new Set(
        (await slotsOf(`${await linkFor(tenant, call.id)}/${window}`)).map(({ startUtc }) => startUtc),
      );
      expect(offered.size).toBeGreaterThan(5);
      const granted = new Set<string>();
      for (let start = at('08:00'); start < at('18:00'); start += 15 * MINUTE) {
        if (start === START) continue;
        const answer = await moveTo(await linkFor(tenant, call.id), start, { reason: 'so' });
        if (toldOf(answer) !== 'granted') continue;
        granted.add(iso(start));
        await tenant.ask('POST', `/scheduled-calls/${call.id}/undo`);
      }
      expect(granted).toEqual(offered);
    });

    test('none, where the policy wants more notice than that', async () => {
      await tenant.settle({ actors: { guest: { minNoticeToNewMinutes: 730 * 24 * 60 } } });
      expect(await slotsOf(`${await linkFor(tenant, call.id)}/slots`)).toEqual([]);
    });
  });
});
