import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { admission } from './admission.ts';

const ask = (path: string): Request => new Request(`http://localhost${path}`);

/** Answers a request when it is told to, and fails one when it is told to. */
function slowApp() {
  const under: { answer: () => void; fail: () => void }[] = [];
  const fetch = () =>
    new Promise<Response>((resolve, reject) => {
      under.push({ answer: () => resolve(new Response('done')), fail: () => reject(new Error('broken')) });
    });
  return { fetch, under };
}

test('refuses what comes on top, each family in its words, until somebody leaves', async () => {
  const { fetch, under } = slowApp();
  const admitted = admission(fetch, 2);
  const first = [admitted(ask('/a')), admitted(ask('/b'))];

  const refused = await admitted(ask('/api/v1/video/x/scheduled-calls/y'));
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
  expect(await refused.json()).toEqual({
    error: {
      code: 'unavailable',
      message: 'too many requests are under way; nothing was changed',
      details: {},
      requestId: refused.headers.get('X-Request-Id'),
    },
  });
  const other = await admitted(ask('/api/calls/call_1/schedule'));
  expect(await other.json()).toMatchObject({ status: 'error', data: null, message: 'Service unavailable' });
  expect(under).toHaveLength(2);

  under[0]?.answer();
  under[1]?.fail();
  expect(await (await first[0])?.text()).toBe('done');
  await expect(first[1]).rejects.toThrow('broken');
  void admitted(ask('/c'));
  void admitted(ask('/d'));
  await setImmediate();
  expect(under).toHaveLength(4);
});

test('lets those through who watch the process', async () => {
  const { fetch, under } = slowApp();
  const admitted = admission(fetch, 1);
  void admitted(ask('/a'));
  for (const path of ['/healthz', '/readyz']) void admitted(ask(path));
  expect(under).toHaveLength(3);
  expect((await admitted(ask('/healthz/more'))).status).toBe(503);
});
