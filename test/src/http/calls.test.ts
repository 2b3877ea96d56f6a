import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';

describe.each(engines())('the calls family on %s', (name) => {
  let api: Api;
  let days = 1;
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
  });

  const put = (id: string, body: unknown) => api.voice('PUT', `/call_${id}/schedule`, body);
  const failure = (message: string, error: RegExp) => ({
    message,
    status: 'error',
    error: expect.stringMatching(error),
    data: null,
  });

  test('shows a call with its latest events, whoever made them', async () => {
    const { id } = await api.book({ startsAt: morning });
    await put(id, { scheduled_timestamp: (morning + DAY) / 1000 });
    await api.video('PATCH', `/scheduled-calls/${id}`, { scheduledAtUtc: iso(morning), reason: 'back' });
    const { status, body } = await api.voice('GET', `/call_${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: 'Call retrieved successfully',
      status: 'success',
      error: null,
      data: {
        organization_id: api.appId,
        call_id: `call_${id}`,
        call_status: 'SCHEDULED',
        agent_id: 'ana',
        metadata: { is_scheduled: true, scheduled_timestamp: morning / 1000, execution_status: 'pending' },
      },
    });
    expect(body.data.events.map(({ event }: { event: string }) => event)).toEqual([
      'Call scheduled',
      'Scheduled call time updated via dedicated endpoint',
      'Scheduled call time updated',
    ]);
    expect(body.data.events[2].data).toEqual({
      previous_scheduled_timestamp: (morning + DAY) / 1000,
      new_scheduled_timestamp: morning / 1000,
      updated_at: NOW,
      endpoint_used: 'scheduled-calls',
      reason: 'back',
    });
  });

  test('cancels a schedule, and answers a repetition alike', async () => {
    const { id } = await api.book({ startsAt: morning });
    const first = await api.voice('DELETE', `/call_${id}`);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      message: 'Scheduled call cancelled successfully - converted to regular call',
      status: 'success',
      error: null,
      data: {
        operation: 'schedule_cancelled',
        organization_id: api.appId,
        call_id: `call_${id}`,
        cancelled_scheduled_timestamp: morning / 1000,
        call: {
          metadata: { is_scheduled: false, execution_status: 'cancelled' },
          events: [
            {
              timestamp: NOW,
              event: 'Scheduled call cancelled - converted to regular call',
              data: {
                previous_scheduled_timestamp: morning / 1000,
                cancelled_at: NOW / 1000,
                endpoint_used: '/schedule DELETE',
              },
            },
          ],
        },
      },
    });
    const again = await api.voice('DELETE', `/call_${id}`);
    expect([again.status, again.body.data.call.events]).toEqual([200, []]);
    expect((await api.voice('GET', `/call_${id}`)).body.data.call_status).toBe('ENDED');
  });

  test.each([
    ['confirm', 'SCHEDULED', 'pending'],
    ['start', 'ONGOING', 'in_progress'],
    ['complete', 'ENDED', 'completed'],
    ['no-show', 'ENDED', 'no_show'],
  ])('after %s a call is %s', async (path, call_status, execution_status) => {
    const { id } = await api.book({ startsAt: morning });
    await api.video('POST', `/scheduled-calls/${id}/${path}`);
    expect((await api.voice('GET', `/call_${id}`)).body.data).toMatchObject({
      call_status,
      metadata: { execution_status },
    });
  });

  test('refuses a slot that is taken, a final state, and a call that has started', async () => {
    const { id } = await api.book({ startsAt: morning });
    await api.book({ startsAt: morning + 60 * MINUTE });
    const taken = await put(id, { scheduled_timestamp: (morning + 40 * MINUTE) / 1000 });
    expect([taken.status, taken.body]).toEqual([409, failure('Conflict', /^slot_taken: /)]);
    await api.video('POST', `/scheduled-calls/${id}/start`);
    const started = await put(id, { scheduled_timestamp: (morning + DAY) / 1000 });
    expect([started.status, started.body]).toEqual([409, failure('Conflict', /^already_started: /)]);
    await api.video('POST', `/scheduled-calls/${id}/complete`);
    const over = await put(id, { scheduled_timestamp: (morning + DAY) / 1000 });
    expect([over.status, over.body]).toEqual([409, failure('Conflict', /^final_state: /)]);
  });

  test('says of an unknown call what the family says', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const { status, body } = await put(id, { scheduled_timestamp: morning / 1000 });
    expect(status).toBe(404);
    expect(body).toEqual({
      message: 'Call not found',
      status: 'error',
      error: `Call with ID 'call_${id}' does not exist`,
      data: null,
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', {}, /^scheduled_timestamp: /],
    ['another name', { scheduledTimestamp: 1 }, /scheduledTimestamp: unknown field/],
    ['one field too many', { scheduled_timestamp: 1_900_000_000, extra: 1 }, /^extra: unknown field/],
    ['text', { scheduled_timestamp: '1748460000' }, /^scheduled_timestamp: /],
    ['null', { scheduled_timestamp: null }, /^scheduled_timestamp: /],
    ['true', { scheduled_timestamp: true }, /^scheduled_timestamp: /],
    ['an array', { scheduled_timestamp: [1_748_460_000] }, /^scheduled_timestamp: /],
    ['a fraction', { scheduled_timestamp: 1_900_000_000.5 }, /^scheduled_timestamp: must be whole/],
    [
      'milliseconds',
      { scheduled_timestamp: 1_748_460_000_000 },
      /^scheduled_timestamp: looks_like_milliseconds/,
    ],
    [
      'microseconds',
      { scheduled_timestamp: 1_748_460_000_000_000 },
      /^scheduled_timestamp: looks_like_milliseconds/,
    ],
    ['infinity', '{"scheduled_timestamp":1e309}', /^scheduled_timestamp: /],
    [
      'more than is exact',
      '{"scheduled_timestamp":9007199254740993}',
      /^scheduled_timestamp: looks_like_milliseconds/,
    ],
    ['a negative number', { scheduled_timestamp: -1 }, /^scheduled_timestamp: must be whole/],
    ['zero', { scheduled_timestamp: 0 }, /^in_past: /],
    ['now', { scheduled_timestamp: NOW / 1000 }, /^in_past: scheduled_timestamp/],
    ['the horizon and a second', { scheduled_timestamp: (NOW + 730 * DAY) / 1000 + 1 }, /^beyond_horizon: /],
  ])('refuses %s for a timestamp', async (_, body, error) => {
    const { id } = await api.book({ startsAt: morning });
    const answer = await put(id, body);
    expect([answer.status, answer.body]).toEqual([400, failure('Invalid request', error)]);
    expect((await api.voice('GET', `/call_${id}`)).body.data.events).toHaveLength(1);
  });

  test('takes the last second of the horizon', async () => {
    const { id } = await api.book({ startsAt: morning });
    expect((await put(id, { scheduled_timestamp: (NOW + 730 * DAY) / 1000 })).status).toBe(200);
  });

  test.each([
    "' OR 1=1--",
    'call_',
    `call_${'a'.repeat(300)}`,
    '018f3c1e-9d2b-7c3a-8f00-000000000001',
    'call_%00',
  ])('refuses %j for an id', async (id) => {
    const { status, body } = await api.voice('GET', `/${encodeURIComponent(id)}`);
    expect([status, body]).toEqual([400, failure('Invalid request', /^callId: /)]);
  });

  test('shows the latest 50 events of a call that has more', async () => {
    const { id } = await api.book({ startsAt: morning });
    for (let round = 1; round <= 60; round += 1) {
      await api.scheduler.execute({
        type: 'reschedule',
        appId: api.appId,
        callId: id,
        edits: { startsAt: morning + round * MINUTE },
        actor: { type: 'admin', id: 'test' },
        source: 'test',
      });
    }
    const { events } = (await api.voice('GET', `/call_${id}`)).body.data;
    expect(events).toHaveLength(50);
    expect(events[0].data.new_scheduled_timestamp).toBe((morning + 11 * MINUTE) / 1000);
    expect(events[49].data.new_scheduled_timestamp).toBe((morning + 60 * MINUTE) / 1000);
  });

  test('both families write one chain of versions', async () => {
    const { id } = await api.book({ startsAt: morning });
    const times = Array.from({ length: 10 }, (_, index) => morning + (index + 1) * 60 * MINUTE);
    const answers = await Promise.all(
      times.map((time, index) =>
        index % 2 === 0
          ? put(id, { scheduled_timestamp: time / 1000 })
          : api.video('PATCH', `/scheduled-calls/${id}`, { scheduledAtUtc: iso(time) }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(times.map(() => 200));
    const { body } = await api.video('GET', `/scheduled-calls/${id}`);
    expect(body.data.call.version).toBe(11);
    expect(body.data.events.map(({ version }: { version: number }) => version)).toEqual(
      Array.from({ length: 11 }, (_, index) => index + 1),
    );
  });
});
