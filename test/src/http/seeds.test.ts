import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { openApi, type Api } from './api.ts';

/** The literal requests of both published contracts, and answers with every field that they show. */

describe.each(engines())('on %s', (name) => {
  describe('PATCH of the scheduled-calls family', () => {
    let api: Api;
    beforeAll(async () => {
      api = await openApi(name, Date.UTC(2026, 3, 30, 8));
    });
    afterAll(() => api?.close());

    const BODY = `{
    "scheduledAtUtc": "2026-05-02T16:00:00.000Z",
    "reason": "Customer requested new time"
  }`;

    test('moves the call, and answers in the published shape', async () => {
      const { id, startsAt } = await api.book({ startsAt: Date.UTC(2026, 4, 2, 10) });
      const { status, body, headers } = await api.video('PATCH', `/scheduled-calls/${id}`, BODY);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json');
      expect(body).toMatchObject({
        data: { call: { id, scheduled_at: '2026-05-02T16:00:00.000Z', status: 'scheduled' } },
      });
      expect(body.data.events).toEqual([
        {
          id: `${id}:2`,
          seq: 2,
          version: 2,
          event_type: 'rescheduled',
          actor_type: 'api',
          actor_id: api.secrets.apiKey,
          source: 'scheduled-calls',
          reason: 'Customer requested new time',
          payload: {
            previous: { scheduled_at: new Date(startsAt).toISOString() },
            current: { scheduled_at: '2026-05-02T16:00:00.000Z' },
            reminders: [
              {
                reminder_kind: 'reminder_24h',
                previous: '2026-05-01T10:00:00.000Z',
                current: '2026-05-01T16:00:00.000Z',
                reason: null,
              },
              {
                reminder_kind: 'reminder_1h',
                previous: '2026-05-02T09:00:00.000Z',
                current: '2026-05-02T15:00:00.000Z',
                reason: null,
              },
              {
                reminder_kind: 'reminder_15m',
                previous: '2026-05-02T09:45:00.000Z',
                current: '2026-05-02T15:45:00.000Z',
                reason: null,
              },
            ],
          },
          created_at: '2026-04-30T08:00:00.000Z',
        },
      ]);
      const again = await api.video('PATCH', `/scheduled-calls/${id}`, BODY);
      expect(again.status).toBe(200);
      expect(again.body.data).toEqual({ call: body.data.call, events: [] });
    });
  });

  describe('PUT of the calls family', () => {
    let api: Api;
    beforeAll(async () => {
      api = await openApi(name, 1_748_452_000_000);
    });
    afterAll(() => api?.close());

    const BODY = `
{
"scheduled_timestamp": 1748460000
}
`;

    test('moves the call, and answers field for field as published', async () => {
      const callId = 'bf2a9c7d-4e5f-4318-9b2a-8d7c6e4f1a0b';
      await api.book({ callId, startsAt: 1_748_454_000_000 });
      const { status, body } = await api.voice('PUT', `/call_${callId}/schedule`, BODY);
      expect(status).toBe(200);
      expect(body).toEqual({
        message: 'Scheduled call time updated successfully',
        status: 'success',
        error: null,
        data: {
          operation: 'schedule_update',
          organization_id: api.appId,
          call_id: `call_${callId}`,
          previous_scheduled_timestamp: 1748454000,
          new_scheduled_timestamp: 1748460000,
          // The published example has another time here, which contradicts its own timestamp.
          scheduled_for_human: '2025-05-28T19:20:00Z',
          call: {
            call_id: `call_${callId}`,
            metadata: { is_scheduled: true, scheduled_timestamp: 1748460000, execution_status: 'pending' },
            events: [
              {
                timestamp: 1748452000000,
                event: 'Scheduled call time updated via dedicated endpoint',
                data: {
                  previous_scheduled_timestamp: 1748454000,
                  new_scheduled_timestamp: 1748460000,
                  updated_at: 1748452000000,
                  endpoint_used: '/schedule',
                },
              },
            ],
          },
        },
      });
      expect(Date.parse(body.data.scheduled_for_human)).toBe(body.data.new_scheduled_timestamp * 1000);
    });

    test('answers a repetition with the time that is, and no event', async () => {
      const { id } = await api.book({ startsAt: 1_748_470_000_000, agentId: 'ben' });
      const first = await api.voice('PUT', `/call_${id}/schedule`, { scheduled_timestamp: 1748480000 });
      expect(first.status).toBe(200);
      const again = await api.voice('PUT', `/call_${id}/schedule`, { scheduled_timestamp: 1748480000 });
      expect(again.status).toBe(200);
      expect(again.body.data).toMatchObject({
        previous_scheduled_timestamp: 1748480000,
        new_scheduled_timestamp: 1748480000,
        call: { events: [] },
      });
    });

    test('shows a time between two seconds as the second before', async () => {
      const { id } = await api.book({ startsAt: 1_748_490_000_500, agentId: 'ben' });
      const { body } = await api.voice('PUT', `/call_${id}/schedule`, { scheduled_timestamp: 1748490000 });
      expect(body.data.previous_scheduled_timestamp).toBe(1748490000);
      expect(body.data.call.events).toHaveLength(1);
    });
  });
});
