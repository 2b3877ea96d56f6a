import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { iso, NOW, openApi, type Api } from './api.ts';

/** A header that means nothing where it stands is refused, not passed over. It does not depend on the database. */

let api: Api;
let call: string;
let hold: string;
beforeAll(async () => {
  api = await openApi('memory');
  call = (await api.book({ startsAt: NOW + 3 * DAY })).id;
  hold = (await api.video('POST', '/holds', { agentId: 'ana', startUtc: later(0) })).body.data.hold.id;
});
afterAll(() => api?.close());

const later = (minutes: number) => iso(NOW + 5 * DAY + minutes * MINUTE);
const GUEST = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
const creation = () => ({ ...GUEST, assignedAgentId: 'ana', scheduledAtUtc: later(60) });
const moves = () => ({ moves: [{ id: call, scheduledAtUtc: later(120) }] });
const webhook = () => ({ url: 'https://127.0.0.1/' });
const wish = () => ({ agentId: 'ana', startUtc: later(180) });

// With what the request is answered without the header.
test.each<[string, string, string, number, (() => object) | undefined]>([
  ['If-Match', 'POST', '/scheduled-calls', 201, creation],
  ['If-Match', 'POST', '/reschedules', 200, moves],
  ['Idempotency-Key', 'POST', '/holds', 201, wish],
  ['Idempotency-Key', 'POST', '/webhooks', 201, webhook],
  ['Idempotency-Key', 'DELETE', '/holds/{id}', 200, undefined],
])('%s on %s %s: 400, and nothing is done', async (header, method, path, status, bodyOf) => {
  const send = (headers: Record<string, string>) =>
    api.video(method, path.replace('{id}', hold), bodyOf?.(), headers);
  const before = await api.engine.probe.events(api.appId);
  for (const value of ['"v1"', '*', '']) {
    const refused = await send({ [header]: value });
    expect([refused.status, refused.body.error.details.issues]).toEqual([
      400,
      [{ path: header.toLowerCase(), message: expect.any(String) }],
    ]);
  }
  expect(await api.engine.probe.events(api.appId)).toEqual(before);
  expect((await send({})).status).toBe(status);
});
