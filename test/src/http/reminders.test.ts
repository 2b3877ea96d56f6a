import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';

describe.each(engines())('reminders by hand on %s', (name) => {
  let api: Api;
  let days = 1;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());

  const book = async () => {
    days += 1;
    const startsAt = NOW + days * DAY;
    return api.book({ startsAt });
  };
  const remind = (id: string, body: object, headers?: Record<string, string>) =>
    api.video('POST', `/scheduled-calls/${id}/reminders`, body, headers);
  const custom = (fireAt: number) => ({
    reminder_kind: 'reminder_custom',
    minutes_before: 90,
    fire_at: iso(fireAt),
    status: 'pending',
    reason: null,
  });

  test('one more is in the plan and in the timeline, and moves with the call', async () => {
    const { id, startsAt } = await book();
    const added = await remind(id, { minutesBefore: 90, reason: 'asked' });
    expect([added.status, added.headers.get('etag')]).toEqual([202, '"v2"']);
    expect(added.body.data.call.reminders).toContainEqual(custom(startsAt - 90 * MINUTE));
    expect(added.body.data.events).toMatchObject([{ event_type: 'reminder_planned', reason: 'asked' }]);
    const moved = await api.video('PATCH', `/scheduled-calls/${id}`, {
      scheduledAtUtc: iso(startsAt + MINUTE),
    });
    expect(moved.body.data.call.reminders).toContainEqual(custom(startsAt - 89 * MINUTE));
    const again = await remind(id, { minutesBefore: 90 });
    expect([again.status, again.body.data.events]).toEqual([202, []]);
  });

  test('one that every call has at that minute is no change', async () => {
    const { id } = await book();
    const before = await api.video('GET', `/scheduled-calls/${id}`);
    const again = await remind(id, { minutesBefore: 60 });
    expect([again.status, again.headers.get('etag'), again.body.data.events]).toEqual([202, '"v1"', []]);
    expect(again.body.data.call).toEqual(before.body.data.call);
  });

  test.each([
    [{}, 400, undefined],
    [{ minutesBefore: 0 }, 400, undefined],
    [{ minutesBefore: 43_201 }, 400, undefined],
    [{ minutesBefore: '90' }, 400, undefined],
    [{ minutesBefore: 90, kind: 'reminder_24h' }, 400, undefined],
    [{ minutesBefore: 43_200 }, 400, 'reminder_in_past'],
  ])('%j is answered with %i', async (body, status, reason) => {
    const { id } = await book();
    const refused = await remind(id, body);
    expect([refused.status, refused.body.error.details.reason]).toEqual([status, reason]);
  });

  test('an eleventh is one too many, and a call that is over takes none', async () => {
    const { id } = await book();
    for (let minutes = 1; minutes <= 10; minutes += 1) {
      expect((await remind(id, { minutesBefore: 100 + minutes })).status).toBe(202);
    }
    const refused = await remind(id, { minutesBefore: 200 });
    expect([refused.status, refused.body.error.details]).toEqual([
      409,
      { reason: 'limit_reached', rule: 'customReminders', limit: 10 },
    ]);
    await api.video('DELETE', `/scheduled-calls/${id}`);
    const over = await remind(id, { minutesBefore: 200 });
    expect([over.status, over.body.error.details.reason]).toEqual([409, 'final_state']);
    expect((await remind(api.appId, { minutesBefore: 90 })).status).toBe(404);
  });
});
