import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';

describe.each(engines())('the scheduled-calls family on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
  });

  const CREATION = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
  const patch = (id: string, body: unknown) => api.video('PATCH', `/scheduled-calls/${id}`, body);
  const show = async (id: string) => (await api.video('GET', `/scheduled-calls/${id}`)).body.data;
  const eventTypes = (body: { data: { events: { event_type: string }[] } }) =>
    body.data.events.map(({ event_type }) => event_type);

  describe('POST', () => {
    test('books a call with everything that can be said', async () => {
      const { status, body, headers } = await api.video('POST', '/scheduled-calls', {
        ...CREATION,
        scheduledAtUtc: iso(morning),
        guestPhone: '+33 1 23 45 67 89',
        guestTimezone: 'America/New_York',
        guestIntakeNotes: 'two\nlines',
        assignedAgentId: 'ana',
        assignmentMethod: 'self_selected',
        durationMinutes: 45,
        bufferBeforeMinutes: 5,
        bufferAfterMinutes: 10,
        requireConfirmation: true,
      });
      expect(status).toBe(201);
      const { call } = body.data;
      expect(call).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        app_id: api.appId,
        assigned_agent_id: 'ana',
        assignment_method: 'self_selected',
        booking_source: 'api',
        guest_name: 'Amina',
        guest_phone: '+33 1 23 45 67 89',
        guest_email: 'amina@example.com',
        guest_timezone: 'America/New_York',
        guest_intake_notes: 'two\nlines',
        scheduled_at: iso(morning),
        duration_minutes: 45,
        buffer_before_minutes: 5,
        buffer_after_minutes: 10,
        app_timezone: 'Europe/Paris',
        series: null,
        status: 'pending_confirmation',
        reminders: [
          { reminder_kind: 'reminder_24h', fire_at: iso(morning - DAY), status: 'pending', reason: null },
          {
            reminder_kind: 'reminder_1h',
            fire_at: iso(morning - 60 * MINUTE),
            status: 'pending',
            reason: null,
          },
          {
            reminder_kind: 'reminder_15m',
            fire_at: iso(morning - 15 * MINUTE),
            status: 'pending',
            reason: null,
          },
        ],
        cancelled_at: null,
        cancellation_reason: null,
        created_at: iso(NOW),
        updated_at: iso(NOW),
        version: 1,
      });
      expect(eventTypes(body)).toEqual(['created']);
      expect(
        new URL(headers.get('location') ?? '', `http://x/api/v1/video/${api.appId}/scheduled-calls`).pathname,
      ).toBe(`/api/v1/video/${api.appId}/scheduled-calls/${call.id}`);
      expect(await show(call.id)).toEqual(body.data);
    });

    test('takes the published defaults', async () => {
      const { body } = await api.video('POST', '/scheduled-calls', {
        ...CREATION,
        scheduledAtUtc: iso(morning),
      });
      expect(body.data.call).toMatchObject({
        status: 'scheduled',
        assigned_agent_id: null,
        assignment_method: 'manual',
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
      });
    });

    test('skips reminders that are past, with the reason', async () => {
      const { body } = await api.video('POST', '/scheduled-calls', {
        ...CREATION,
        scheduledAtUtc: iso(NOW + 30 * MINUTE),
      });
      expect(body.data.call.reminders.slice(0, 2)).toEqual([
        { reminder_kind: 'reminder_24h', fire_at: null, status: 'skipped', reason: 'already_past' },
        { reminder_kind: 'reminder_1h', fire_at: null, status: 'skipped', reason: 'already_past' },
      ]);
    });

    test.each<[string, object, string]>([
      ['no way to reach the guest', { guestEmail: undefined }, 'guestPhone'],
      ['no name', { guestName: undefined }, 'guestName'],
      ['no zone', { appTimezone: undefined }, 'appTimezone'],
      ['a duration of zero', { durationMinutes: 0 }, 'durationMinutes'],
      ['a buffer that is text', { bufferBeforeMinutes: '5' }, 'bufferBeforeMinutes'],
      ['a method that is not offered', { assignmentMethod: 'lottery' }, 'assignmentMethod'],
      ['a field that is not its to set', { bookingSource: 'admin' }, 'bookingSource'],
      ['an agent that is not there', { assignedAgentId: 'nobody' }, 'assignedAgentId'],
      ['a time that is past', { scheduledAtUtc: iso(NOW) }, 'scheduledAtUtc'],
      ['a time too far ahead', { scheduledAtUtc: iso(NOW + 731 * DAY) }, 'scheduledAtUtc'],
    ])('refuses %s', async (_, over, path) => {
      const { status, body } = await api.video('POST', '/scheduled-calls', {
        ...CREATION,
        scheduledAtUtc: iso(morning),
        ...over,
      });
      expect(status).toBe(400);
      expect(body.error.code).toBe('invalid_request');
      expect(body.error.details.issues).toEqual([{ path, message: expect.any(String) }]);
    });

    test('refuses a slot that is taken', async () => {
      await api.book({ startsAt: morning });
      const { status, body } = await api.video('POST', '/scheduled-calls', {
        ...CREATION,
        scheduledAtUtc: iso(morning + 29 * MINUTE),
        assignedAgentId: 'ana',
      });
      expect(status).toBe(409);
      expect(body.error).toMatchObject({ code: 'conflict', details: { reason: 'slot_taken' } });
    });
  });

  describe('PATCH', () => {
    test('emits one event for each kind of change, in one version', async () => {
      const { id } = await api.book({ startsAt: morning });
      const { status, body } = await patch(id, {
        scheduledAtUtc: iso(morning + DAY),
        assignedAgentId: 'ben',
        guestName: 'Bruno',
        guestEmail: null,
        guestPhone: '+33123456789',
        guestTimezone: 'Asia/Kathmandu',
        guestIntakeNotes: 'notes',
        reason: 'moved',
      });
      expect(status).toBe(200);
      expect(eventTypes(body)).toEqual(['rescheduled', 'assigned', 'guest_updated', 'intake_notes_updated']);
      expect(body.data.call).toMatchObject({
        scheduled_at: iso(morning + DAY),
        assigned_agent_id: 'ben',
        guest_name: 'Bruno',
        guest_email: null,
        guest_phone: '+33123456789',
        guest_timezone: 'Asia/Kathmandu',
        guest_intake_notes: 'notes',
        version: 2,
      });
      const redirected = (reason: string) =>
        [24 * 60, 60, 15].map((minutes, index) => ({
          reminder_kind: ['reminder_24h', 'reminder_1h', 'reminder_15m'][index],
          previous: iso(morning + DAY - minutes * MINUTE),
          current: iso(morning + DAY - minutes * MINUTE),
          reason,
        }));
      expect(body.data.events[1].payload).toEqual({
        previous: { assigned_agent_id: 'ana' },
        current: { assigned_agent_id: 'ben' },
        reminders: redirected('agent_changed'),
      });
      expect(body.data.events[2].payload).toEqual({
        previous: {
          guest_name: 'Amina',
          guest_email: 'amina@example.com',
          guest_phone: null,
          guest_timezone: null,
        },
        current: {
          guest_name: 'Bruno',
          guest_email: null,
          guest_phone: '+33123456789',
          guest_timezone: 'Asia/Kathmandu',
        },
        reminders: redirected('contact_changed'),
      });
      const timeline = await show(id);
      expect(timeline.call).toEqual(body.data.call);
      expect(
        timeline.events.map(({ seq, version }: { seq: number; version: number }) => [seq, version]),
      ).toEqual([
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 2],
        [5, 2],
      ]);
    });

    test('moves up to the next call, and over its own old time', async () => {
      const { id } = await api.book({ startsAt: morning });
      await api.book({ startsAt: morning + 60 * MINUTE });
      expect((await patch(id, { scheduledAtUtc: iso(morning + 15 * MINUTE) })).status).toBe(200);
      expect((await patch(id, { scheduledAtUtc: iso(morning + 30 * MINUTE) })).status).toBe(200);
      const { status, body } = await patch(id, { scheduledAtUtc: iso(morning + 30 * MINUTE + 1) });
      expect(status).toBe(409);
      expect(body.error.details).toMatchObject({
        reason: 'slot_taken',
        conflict: {
          agentId: 'ana',
          startUtc: iso(morning + 60 * MINUTE),
          endUtc: iso(morning + 90 * MINUTE),
        },
      });
      expect(JSON.stringify(body)).not.toContain('Amina');
    });

    test('a refused PATCH changes nothing, whatever else it asks', async () => {
      const { id } = await api.book({ startsAt: morning });
      await api.book({ startsAt: morning + 60 * MINUTE });
      const before = await show(id);
      const bodies = [
        { guestName: 'Bruno', scheduledAtUtc: iso(morning + 60 * MINUTE) },
        { guestName: 'Bruno', assignedAgentId: 'nobody' },
        { guestName: 'Bruno', guestPhone: 'x' },
        { guestName: 'Bruno', unknown: true },
      ];
      const statuses = await Promise.all(bodies.map(async (body) => (await patch(id, body)).status));
      expect(statuses).toEqual([409, 400, 400, 400]);
      expect(await show(id)).toEqual(before);
    });

    test('an inactive agent takes no calls, as one that does not exist', async () => {
      const { id } = await api.book({ startsAt: morning });
      await api.video('PUT', '/agents/idle', { name: 'Idle', active: false });
      const inactive = await patch(id, { assignedAgentId: 'idle' });
      const unknown = await patch(id, { assignedAgentId: 'nobody' });
      expect(inactive.status).toBe(400);
      expect({ ...inactive.body.error, requestId: '' }).toEqual({ ...unknown.body.error, requestId: '' });
      expect(inactive.body.error.details).toMatchObject({ reason: 'agent_unavailable' });
    });

    test('says which time is past', async () => {
      const { id } = await api.book({ startsAt: morning });
      const { status, body } = await patch(id, { scheduledAtUtc: iso(NOW - 1000) });
      expect(status).toBe(400);
      expect(body.error.details).toMatchObject({ reason: 'in_past', issues: [{ path: 'scheduledAtUtc' }] });
    });

    test('many at once for one slot: one gets it', async () => {
      const calls = await Promise.all(
        Array.from({ length: 20 }, (_, index) => api.book({ startsAt: morning + (index + 2) * 40 * MINUTE })),
      );
      const answers = await Promise.all(
        calls.map(({ id }, index) => patch(id, { scheduledAtUtc: iso(morning + (index % 3) * MINUTE) })),
      );
      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    });

    test('many at once of one call: all are carried out, in a chain without gaps', async () => {
      const { id } = await api.book({ startsAt: morning });
      const times = Array.from({ length: 20 }, (_, index) => iso(morning + (index + 1) * 60 * MINUTE));
      const answers = await Promise.all(times.map((scheduledAtUtc) => patch(id, { scheduledAtUtc })));
      expect(answers.map(({ status }) => status)).toEqual(times.map(() => 200));
      const { call, events } = await show(id);
      expect(call).toMatchObject({ version: 21, scheduled_at: events.at(-1).payload.current.scheduled_at });
      const moves = events.slice(1).map(({ payload }: { payload: unknown }) => payload);
      for (const [index, { previous }] of moves.entries()) {
        expect(previous).toEqual(index === 0 ? { scheduled_at: iso(morning) } : moves[index - 1].current);
      }
    });
  });

  describe('DELETE', () => {
    test('cancels with a reason from the body or the query, once, and answers a repetition alike', async () => {
      const { id } = await api.book({ startsAt: morning });
      const first = await api.video('DELETE', `/scheduled-calls/${id}`, { reason: 'ill' });
      expect(first.status).toBe(200);
      expect(first.body.data.call).toMatchObject({
        status: 'cancelled',
        cancelled_at: iso(NOW),
        cancellation_reason: 'ill',
        reminders: [],
      });
      expect(eventTypes(first.body)).toEqual(['cancelled']);
      const again = await api.video('DELETE', `/scheduled-calls/${id}?reason=other`);
      expect(again.status).toBe(200);
      expect(again.body.data).toEqual({ call: first.body.data.call, events: [] });
    });

    test('frees the slot', async () => {
      const { id } = await api.book({ startsAt: morning });
      const other = await api.book({ startsAt: morning + 60 * MINUTE });
      await api.video('DELETE', `/scheduled-calls/${id}?reason=gone`);
      expect((await patch(other.id, { scheduledAtUtc: iso(morning) })).status).toBe(200);
    });

    test('refuses two reasons, and a call that is over', async () => {
      const { id } = await api.book({ startsAt: morning });
      expect((await api.video('DELETE', `/scheduled-calls/${id}?reason=a`, { reason: 'b' })).status).toBe(
        400,
      );
      await api.video('POST', `/scheduled-calls/${id}/complete`);
      const { status, body } = await api.video('DELETE', `/scheduled-calls/${id}`);
      expect([status, body.error.details.reason]).toEqual([409, 'final_state']);
    });
  });

  describe('transitions', () => {
    test.each([
      ['confirm', 'confirmed', 'confirmed', 200],
      ['start', 'started', 'started', 409],
      ['complete', 'completed', 'completed', 409],
      ['no-show', 'no_show', 'no_show', 409],
    ])('%s', async (path, status, event, repeated) => {
      const { id } = await api.book({ startsAt: morning });
      const { body } = await api.video('POST', `/scheduled-calls/${id}/${path}`, { reason: 'why' });
      expect(body.data).toMatchObject({ call: { status }, events: [{ event_type: event, reason: 'why' }] });
      expect((await api.video('POST', `/scheduled-calls/${id}/${path}`)).status).toBe(repeated);
    });

    test('a call that has started does not move, and one that is over neither, each for its own reason', async () => {
      const { id } = await api.book({ startsAt: morning });
      const reasonOf = async () =>
        (await patch(id, { scheduledAtUtc: iso(morning + DAY) })).body.error.details.reason;
      await api.video('POST', `/scheduled-calls/${id}/start`);
      expect(await reasonOf()).toBe('already_started');
      await api.video('POST', `/scheduled-calls/${id}/complete`);
      expect(await reasonOf()).toBe('final_state');
    });
  });

  describe('GET', () => {
    test('pages through the calls of a day, by cursor and by offset', async () => {
      const calls = [];
      for (let index = 0; index < 5; index += 1)
        calls.push(await api.book({ startsAt: morning + index * 60 * MINUTE }));
      const day = `dateFrom=${iso(morning)}&dateTo=${iso(morning + DAY)}`;
      const ids: string[] = [];
      let query = `${day}&limit=2`;
      for (;;) {
        const { status, body } = await api.video('GET', `/scheduled-calls?${query}`);
        expect(status).toBe(200);
        ids.push(...body.data.calls.map(({ id }: { id: string }) => id));
        expect(body.pagination).toMatchObject({ total: 5, limit: 2, hasMore: ids.length < 5 });
        if (!body.pagination.hasMore) break;
        query = `${day}&limit=2&cursor=${body.pagination.nextCursor}`;
      }
      expect(ids).toEqual(calls.map(({ id }) => id));
      const { body } = await api.video('GET', `/scheduled-calls?${day}&limit=2&offset=3`);
      expect(body.data.calls.map(({ id }: { id: string }) => id)).toEqual(ids.slice(3));
      expect(body.pagination).toEqual({ total: 5, limit: 2, offset: 3, hasMore: false, nextCursor: null });
    });

    test('filters', async () => {
      const { id } = await api.book({ startsAt: morning, agentId: 'ben', guestName: 'Somebody Særlig' });
      await api.video('DELETE', `/scheduled-calls/${id}`);
      const query = `agentId=ben&status=cancelled,no_show&bookingSource=api&dateFrom=${iso(morning)}&search=særlig`;
      const { body } = await api.video(
        'GET',
        `/scheduled-calls?${query.replace('særlig', encodeURIComponent('Særlig'))}`,
      );
      expect(body.data.calls.map((call: { id: string }) => call.id)).toEqual([id]);
    });

    test.each([
      'limit=0',
      'limit=201',
      'limit=x',
      'limit=1&limit=2',
      'offset=-1',
      'status=asleep',
      'status=',
      'dateFrom=yesterday',
      'dateTo=2026-02-30T00:00:00Z',
      'cursor=x',
      'cursor=MSAy&offset=1',
      'bookingSource=me',
      'unknown=1',
      'search=',
      'search=%00',
      'search=a%0Ab',
      `search=${'x'.repeat(101)}`,
      `cursor=${Buffer.from('1 é').toString('base64url')}`,
      `cursor=${Buffer.from('1 a\0').toString('base64url')}`,
      `cursor=${Buffer.from(`1 ${'a'.repeat(129)}`).toString('base64url')}`,
    ])('refuses ?%s', async (query) => {
      const { status, body } = await api.video('GET', `/scheduled-calls?${query}`);
      expect([status, body.error.code]).toEqual([400, 'invalid_request']);
    });

    test('pages through a timeline', async () => {
      const { id } = await api.book({ startsAt: morning });
      for (let round = 1; round <= 4; round += 1)
        await patch(id, { scheduledAtUtc: iso(morning + round * 60 * MINUTE) });
      const first = await api.video('GET', `/scheduled-calls/${id}?eventsLimit=3`);
      expect(first.body.pagination).toEqual({ limit: 3, hasMore: true, nextAfter: 3 });
      const second = await api.video('GET', `/scheduled-calls/${id}?eventsLimit=3&eventsAfter=3`);
      expect(second.body.pagination).toEqual({ limit: 3, hasMore: false, nextAfter: null });
      const seqs = [...first.body.data.events, ...second.body.data.events].map(({ seq }) => seq);
      expect(seqs).toEqual([1, 2, 3, 4, 5]);
    });

    test('a page of a timeline is bounded in size too, and the next one goes on', async () => {
      const { id } = await api.book({ startsAt: morning });
      // Each event holds the notes before and after: 40 of them are more than a page.
      for (let round = 0; round < 40; round += 1)
        await patch(id, { guestIntakeNotes: `${round}`.padEnd(10_000, 'x') });
      const first = await api.video('GET', `/scheduled-calls/${id}?eventsLimit=200`);
      const { nextAfter } = first.body.pagination;
      expect(first.body.pagination).toEqual({ limit: 200, hasMore: true, nextAfter: expect.any(Number) });
      expect(first.text.length).toBeLessThan(600_000);
      const second = await api.video(
        'GET',
        `/scheduled-calls/${id}?eventsLimit=200&eventsAfter=${nextAfter}`,
      );
      expect(second.body.pagination).toEqual({ limit: 200, hasMore: false, nextAfter: null });
      const seqs = [...first.body.data.events, ...second.body.data.events].map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    });
  });

  describe('agents', () => {
    test('are put, shown, and changed', async () => {
      expect((await api.video('GET', '/agents/chloe')).status).toBe(404);
      const put = await api.video('PUT', '/agents/chloe', { name: 'Chloé', active: true });
      expect([put.status, put.body]).toEqual([
        200,
        { data: { agent: { id: 'chloe', name: 'Chloé', active: true, email: null } } },
      ]);
      await api.video('PUT', '/agents/chloe', { name: 'Chloé M.', active: false });
      expect((await api.video('GET', '/agents/chloe')).body.data.agent).toEqual({
        id: 'chloe',
        name: 'Chloé M.',
        active: false,
        email: null,
      });
    });

    test('have an e-mail as it was sent, until a PUT does not say it', async () => {
      const put = async (more: object) =>
        (await api.video('PUT', '/agents/dora', { name: 'Dora', active: true, ...more })).body.data.agent;
      const dora = { id: 'dora', name: 'Dora', active: true };
      expect(await put({ email: 'Dora@Example.com' })).toEqual({ ...dora, email: 'Dora@Example.com' });
      const shown = async () => (await api.video('GET', '/agents/dora')).body.data.agent.email;
      expect(await shown()).toBe('Dora@Example.com');
      await api.video('PUT', '/agents/dora/availability', { windows: [] });
      expect(await shown()).toBe('Dora@Example.com');
      expect(await put({ email: 'dora@example.com' })).toEqual({ ...dora, email: 'dora@example.com' });
      expect(await put({})).toEqual({ ...dora, email: null });
      expect(await shown()).toBeNull();
    });

    test.each([
      ['chloe', {}],
      ['chloe', { name: 'C' }],
      ['chloe', { name: '', active: true }],
      ['chloe', { name: 'C', active: 1 }],
      ['chloe', { name: 'C', active: true, id: 'x' }],
      ['chloe', { name: 'C', active: true, email: 'c@example' }],
      ['chloe', { name: 'C', active: true, email: '' }],
      ['chloe', { name: 'C', active: true, email: 'c@example.com\r\nX:y' }],
      ['a%20b', { name: 'C', active: true }],
      ['a%2Fb', { name: 'C', active: true }],
      ['a%00b', { name: 'C', active: true }],
    ])('refuse PUT /agents/%s %j', async (id, body) => {
      expect((await api.video('PUT', `/agents/${id}`, body)).status).toBe(400);
    });
  });
});
