import { fixedClock } from '@reslot/adapters/clock';
import { createApp, digestOf, secretsOf } from '@reslot/adapters/http';
import { newAppId, newKeyId, newSecret, uuidIds } from '@reslot/adapters/ids';
import { memoryCredentials, memoryDatabase, memoryQueries, memoryStore } from '@reslot/adapters/memory';
import { createScheduler, DAY } from '@reslot/core';
import { expect, test } from 'vitest';
import { iso, NEW_KEY, NOW } from './api.ts';

/** An app with room for two requests, whose store does not commit before `open` is called. */
async function crowdedApp() {
  const db = memoryDatabase();
  const credentials = memoryCredentials(db);
  const clock = fixedClock(NOW);
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const store = memoryStore(db);
  const slow: typeof store = {
    load: (needs) => store.load(needs),
    commit: async (expected, changes) => {
      await gate;
      return store.commit(expected, changes);
    },
  };
  const scheduler = createScheduler({ store: slow, clock, ids: uuidIds });
  const app = createApp({ scheduler, queries: memoryQueries(db), credentials, clock, mostRequests: 2 });
  const [appId, id, secret] = [newAppId(), newKeyId(), newSecret()];
  await credentials.addApp({ id: appId, name: 'Test', createdAt: NOW });
  const key = { id, appId, secretDigest: digestOf(secret), createdAt: NOW, ...NEW_KEY };
  await credentials.addKey({ ...key, scopes: ['scheduling:write', 'scheduling:read'] });
  const { token } = secretsOf(id, secret);
  const book = async () =>
    app.fetch(
      new Request(`http://localhost/api/v1/video/${appId}/scheduled-calls`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          scheduledAtUtc: iso(NOW + DAY),
          appTimezone: 'UTC',
          guestName: 'G',
          guestPhone: '+33123456789',
        }),
      }),
    );
  return { ask: (path: string) => app.fetch(new Request(`http://localhost${path}`)), book, open };
}

test('a crowd is refused at once, each family in its words, until somebody leaves', async () => {
  const { ask, book, open } = await crowdedApp();
  const first = [book(), book()];

  const refused = await book();
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
  expect(await refused.json()).toEqual({
    error: {
      code: 'unavailable',
      message: 'too many requests are under way; nothing was changed',
      details: {},
      requestId: refused.headers.get('X-Request-Id'),
    },
  });
  const other = await ask('/api/calls/call_1');
  expect(other.status).toBe(503);
  expect(await other.json()).toMatchObject({ status: 'error', data: null, message: 'Service unavailable' });
  // Refused before the credential is looked at.
  expect((await ask('/nowhere')).status).toBe(503);

  open();
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201]);
  expect((await ask('/nowhere')).status).toBe(404);
  expect((await book()).status).toBe(201);
});

test('those who watch the process are always answered', async () => {
  const { ask, book, open } = await crowdedApp();
  const under = [book(), book()];
  for (const path of ['/healthz', '/readyz']) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  open();
  await Promise.all(under);
});
