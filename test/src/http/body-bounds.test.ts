import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOW, openApi, type Api } from './api.ts';

/** What a body has too much of is said before anything else of it. It does not depend on the database. */

let api: Api;
let call: string;
beforeAll(async () => {
  api = await openApi('memory');
  call = (await api.book({ startsAt: NOW + 3 * 86_400_000 })).id;
});
afterAll(() => api?.close());

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const names = (many: number): string => `{"moves":[${'{"a":1},'.repeat(many)}{}]}`;
const DEEP = 'is nested more than 32 levels deep';

test('levels, in both families', async () => {
  const asked = [
    await api.video('PATCH', `/scheduled-calls/${call}`, `{"guestName":${nested(32)}}`),
    await api.voice('PUT', `/call_${call}/schedule`, nested(33)),
  ];
  for (const { status, text } of asked) expect([status, text]).toEqual([400, expect.stringContaining(DEEP)]);
  const { status, text } = await api.video(
    'PATCH',
    `/scheduled-calls/${call}`,
    `{"guestName":${nested(31)}}`,
  );
  expect([status, text]).toEqual([400, expect.not.stringContaining(DEEP)]);
});

test('names, where a body may be long', async () => {
  const most = 'has more than 10000 names';
  const { status, text } = await api.video('POST', '/reschedules', names(10_000));
  expect([status, text]).toEqual([400, expect.stringContaining(most)]);
  expect((await api.video('POST', '/reschedules', names(9_000))).text).not.toContain(most);
});
