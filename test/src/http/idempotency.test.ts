import { DAY, MINUTE } from '@reslot/core';
import { newAppId } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';
import { bookMoved, change, CHANGES, isReplay, said } from './changes.ts';

const GUEST = { guestName: 'Amina 😀', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };

describe.each(engines())('Idempotency-Key on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning, and a key, that no other test uses. */
  let morning: number;
  let key: Record<string, string>;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
    key = { 'Idempotency-Key': `key-${days}` };
  });

  const at = (id: string) => `/scheduled-calls/${id}`;
  const patch = (id: string, body: unknown, headers: Record<string, string> = key) =>
    api.video('PATCH', at(id), body, headers);
  const book = async () => (await api.book({ startsAt: morning })).id;
  const events = async () => (await api.engine.probe.events(api.appId)).length;

  /** Sends a request twice; the second answer must be the first one again, and nothing may happen. */
  async function twice(send: () => Promise<Answer>): Promise<Answer> {
    const first = await send();
    const before = await events();
    const again = await send();
    expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
    expect(said(again)).toEqual(said(first));
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await events()).toBe(before);
    return first;
  }

  describe('a request that comes twice is carried out once, and answered the same', () => {
    test.each(CHANGES)('$family: $method $path', async (asked) => {
      const id = await bookMoved(api, morning);
      const first = await twice(() => change(api, asked, id, morning + 120 * MINUTE, key));
      expect([first.status, first.headers.get('etag')]).toEqual([asked.done ?? 200, '"v3"']);
    });

    test('a booking: one call, at one place', async () => {
      const first = await twice(() =>
        api.video('POST', '/scheduled-calls', { ...GUEST, scheduledAtUtc: iso(morning) }, key),
      );
      const { id } = first.body.data.call;
      expect([first.status, first.headers.get('location')]).toEqual([201, `scheduled-calls/${id}`]);
    });

    test('whatever has happened to the call in between, and on whatever condition', async () => {
      const id = await book();
      const first = await patch(id, { guestName: 'First' }, { ...key, 'If-Match': '"v1"' });
      await patch(id, { guestName: 'Second' }, {});
      for (const tag of ['"v1"', '"v2"', '"v3"', '*']) {
        const again = await patch(id, { guestName: 'First' }, { ...key, 'If-Match': tag });
        expect([isReplay(again), said(again)]).toEqual([true, said(first)]);
      }
    });

    test('also a change that changes nothing', async () => {
      const id = await book();
      expect((await twice(() => patch(id, { guestName: 'Amina' }))).body.data.events).toEqual([]);
    });

    test('also an answer as long as they come', async () => {
      const id = await book();
      await patch(id, { guestIntakeNotes: 'é'.repeat(10_000) }, {});
      const notes = { guestIntakeNotes: '😀'.repeat(10_000) };
      const { text } = await twice(() => patch(id, notes));
      expect(Buffer.byteLength(text)).toBeGreaterThan(100_000);
    });
  });

  describe('a refusal that stands is answered again, byte for byte', () => {
    test('404, though the call has come to be', async () => {
      const callId = newAppId();
      const first = await patch(callId, { guestName: 'x' });
      await api.book({ callId, startsAt: morning });
      expect(first.status).toBe(404);
      const again = await patch(callId, { guestName: 'x' });
      expect([isReplay(again), said(again)]).toEqual([true, said(first)]);
    });

    test('409, though the slot is free by now', async () => {
      const taken = await book();
      const { id } = await api.book({ startsAt: morning + 60 * MINUTE });
      const wanted = { scheduledAtUtc: iso(morning) };
      const first = await patch(id, wanted);
      expect([first.status, first.body.error.details.reason]).toEqual([409, 'slot_taken']);
      expect(first.body.error.requestId).toBe(first.headers.get('x-request-id'));
      await api.video('DELETE', at(taken));
      const again = await patch(id, wanted);
      expect([isReplay(again), said(again)]).toEqual([true, said(first)]);
      expect((await patch(id, wanted, {})).status).toBe(200);
    });

    test('in both families, by every rule', async () => {
      const id = await book();
      const body = { scheduled_timestamp: (morning + DAY) / 1000 };
      const put = (to: string, text: string) =>
        api.voice('PUT', `/call_${to}/schedule`, body, { 'Idempotency-Key': `${text} ${id}` });
      const nowhere = await twice(() => put(api.appId, 'nowhere'));
      expect([nowhere.status, nowhere.body.error]).toEqual([404, expect.stringContaining(api.appId)]);
      const undone = await twice(() => api.video('POST', `${at(id)}/undo`, undefined, key));
      expect(undone.body.error.details.reason).toBe('nothing_to_undo');
      await api.video('DELETE', at(id));
      const over = await twice(() => put(id, 'over'));
      expect([over.status, over.body.error]).toEqual([409, expect.stringMatching(/^final_state: /)]);
    });
  });
});
