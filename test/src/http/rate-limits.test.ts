import { fixedClock } from '@reslot/adapters/clock';
import { createGuestLinkTokens } from '@reslot/adapters/guest-links';
import { createApp, digestOf, secretsOf, type Served } from '@reslot/adapters/http';
import { newAppId, newKeyId, newSecret, uuidIds } from '@reslot/adapters/ids';
import { createLimiter } from '@reslot/adapters/limits';
import { memoryCredentials, memoryDatabase, memoryQueries, memoryStore } from '@reslot/adapters/memory';
import {
  createGuestLinks,
  createScheduler,
  DAY,
  type GuestLinkTokens,
  type GuestPurpose,
} from '@reslot/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LINK_SECRET, NEW_KEY, NOW } from './api.ts';
import { BROWSER } from './guests.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Both APIs, limited so, with one app and two keys. */
async function limitedApp({ address = 100, failures = 100, credential = 100, guest = 100 }) {
  const db = memoryDatabase();
  const credentials = memoryCredentials(db);
  const clock = fixedClock(NOW);
  const asked: string[] = [];
  const served: Served[] = [];
  const scheduler = createScheduler({ store: memoryStore(db), clock, ids: uuidIds });
  const queries = memoryQueries(db);
  const signed = createGuestLinkTokens([LINK_SECRET]);
  const tokens: GuestLinkTokens = {
    ...signed,
    read: (token) => {
      asked.push(token);
      return signed.read(token);
    },
  };
  const guestLinks = createGuestLinks({ scheduler, queries, clock, tokens, base: '/g/' });
  const app = createApp({
    scheduler,
    queries,
    guestLinks,
    credentials: {
      key: (id) => {
        asked.push(id);
        return credentials.key(id);
      },
      noteUse: credentials.noteUse,
    },
    clock,
    rateLimits: {
      addresses: createLimiter({ of: 'address', perMinute: address }, clock),
      failures: createLimiter({ of: 'failures', perMinute: failures }, clock),
      credentials: createLimiter({ of: 'credential', perMinute: credential }, clock),
      guests: createLimiter({ of: 'guest', perMinute: guest }, clock),
    },
    watch: () => (one) => served.push(one),
  });
  const appId = newAppId();
  await credentials.addApp({ id: appId, name: 'Test', createdAt: NOW });
  const newKey = async (scopes: ('scheduling:read' | 'scheduling:write')[] = ['scheduling:read']) => {
    const [id, secret] = [newKeyId(), newSecret()];
    const key = { id, appId, secretDigest: digestOf(secret), createdAt: NOW, ...NEW_KEY };
    await credentials.addKey({ ...key, scopes });
    return secretsOf(id, secret);
  };
  const revoke = (id: string) => credentials.revokeKey(id, clock.now());
  const pass = (milliseconds: number) => {
    clock.advance(milliseconds);
    vi.setSystemTime(clock.now());
  };
  const fetched = (path: string, init: RequestInit, clientAddress?: string) =>
    app.fetch(
      new Request(`http://localhost${path}`, init),
      clientAddress === undefined ? {} : { clientAddress },
    );
  const send = async (path: string, headers: Record<string, string>, clientAddress?: string) => {
    const answer = await fetched(path, { headers }, clientAddress);
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  /** Books a call, and gives the path of a link to it. */
  const newLink = async () => {
    const outcome = await scheduler.execute({
      type: 'create',
      appId,
      actor: { type: 'admin', id: 'test' },
      source: 'test',
      startsAt: NOW + DAY,
      guestName: 'Amina',
      guestEmail: 'amina@example.com',
      appTimezone: 'UTC',
    });
    if (outcome.kind !== 'accepted') throw new Error(`the booking was refused: ${outcome.kind}`);
    return async (...purposes: GuestPurpose[]) => {
      const issued = await guestLinks.issue({ appId, callId: outcome.call.id, purposes });
      if (issued.kind !== 'link_issued') throw new Error(`the link was refused: ${issued.kind}`);
      return issued.url;
    };
  };
  const video = (token: string, clientAddress?: string) =>
    send(`/api/v1/video/${appId}/scheduled-calls`, { Authorization: `Bearer ${token}` }, clientAddress);
  const voice = (apiKey: string, apiSecret: string, clientAddress?: string) =>
    send('/api/calls/call_1', { 'X-API-KEY': apiKey, 'X-API-SECRET': apiSecret }, clientAddress);
  const statuses = async (many: number, ask: () => Promise<{ status: number }>) => {
    const found: number[] = [];
    for (let time = 0; time < many; time += 1) found.push((await ask()).status);
    return found;
  };
  return { appId, asked, served, newKey, revoke, pass, newLink, fetched, send, video, voice, statuses };
}

test('a credential: 429 in the words of each family, whatever address it comes from', async () => {
  const { newKey, video, voice, served } = await limitedApp({ credential: 2 });
  const { token, apiKey, apiSecret } = await newKey();
  expect((await video(token, '192.0.2.1')).status).toBe(200);
  expect((await video(token)).status).toBe(200);
  vi.setSystemTime(NOW + 12_500);

  const first = await video(token, '192.0.2.2');
  const message =
    'too many requests with this credential; the next one is allowed at 2026-04-01T09:00:47.500Z';
  expect([first.status, first.headers.get('Retry-After')]).toEqual([429, '48']);
  expect(first.body).toEqual({
    error: {
      code: 'rate_limit_exceeded',
      message,
      details: { nextAllowedAt: '2026-04-01T09:00:47.500Z' },
      requestId: first.headers.get('X-Request-Id'),
    },
  });
  const other = await voice(apiKey, apiSecret, '192.0.2.3');
  expect([other.status, other.headers.get('Retry-After')]).toEqual([429, '48']);
  expect(other.body).toEqual({ message: 'Too many requests', status: 'error', error: message, data: null });
  expect((await video((await newKey()).token)).status).toBe(200);
  expect(served.map(({ status }) => status)).toEqual([200, 200, 429, 429, 200]);

  vi.setSystemTime(NOW + 60_000);
  expect((await video(token)).status).toBe(200);
});

test('each of many moves counts, and none is refused in the middle', async () => {
  const { appId, newKey, fetched, video } = await limitedApp({ credential: 10 });
  const { token } = await newKey(['scheduling:read', 'scheduling:write']);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const moves = (many: number) => {
    const content = Array.from({ length: many }, () => ({
      id: uuidIds.callId(),
      scheduledAtUtc: '2026-04-02T09:00:00Z',
    }));
    const body = JSON.stringify({ mode: 'best_effort', moves: content });
    return fetched(`/api/v1/video/${appId}/reschedules`, { method: 'POST', headers, body });
  };
  const sent = [await moves(8), await video(token), await moves(500), await moves(1), await video(token)];
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
  expect((await video((await newKey()).token)).status).toBe(200);
});

test('so does each call of a series that is booked, and a change of a series counts as 20', async () => {
  const { appId, newKey, fetched, video } = await limitedApp({ credential: 10 });
  const sent = async (method: string, path: string, content: object) => {
    const { token } = await newKey(['scheduling:read', 'scheduling:write']);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(content) };
    const { status } = await fetched(`/api/v1/video/${appId}/scheduled-calls${path}`, init);
    const after = [];
    while (after.at(-1) !== 429 && after.length < 10) after.push((await video(token)).status);
    return [status, after.length - 1];
  };
  const booking = {
    scheduledAtUtc: '2026-05-04T09:00:00Z',
    guestName: 'Amina',
    guestEmail: 'amina@example.com',
    appTimezone: 'UTC',
  };
  expect(await sent('POST', '', booking)).toEqual([201, 9]);
  expect(await sent('POST', '', { ...booking, recurrence: 'FREQ=WEEKLY;COUNT=8' })).toEqual([201, 2]);
  const change = { guestName: 'Ines' };
  expect(await sent('PATCH', `/${uuidIds.callId()}`, change)).toEqual([404, 9]);
  expect(await sent('PATCH', `/${uuidIds.callId()}?scope=all`, change)).toEqual([404, 0]);
});

test('an address: before the credential is looked at, and whatever credential it shows', async () => {
  const { newKey, video, asked, statuses } = await limitedApp({ address: 3 });
  const keys = [await newKey(), await newKey()];
  expect(await statuses(3, () => video(keys[0]?.token ?? '', '192.0.2.1'))).toEqual([200, 200, 200]);
  asked.length = 0;
  const refused = await video(keys[1]?.token ?? '', '192.0.2.1');
  expect([refused.status, asked]).toEqual([429, []]);
  expect(refused.body).toMatchObject({
    error: { message: expect.stringMatching(/^too many requests from this address; /) },
  });
  expect((await video(keys[1]?.token ?? '', '192.0.2.2')).status).toBe(200);
});

test('failures have a bucket of their own: guesses end, also those that come together', async () => {
  const { newKey, video, voice, statuses } = await limitedApp({ failures: 3 });
  const { token } = await newKey();
  const together = await Promise.all(Array.from({ length: 8 }, () => video('key_x.y', '192.0.2.1')));
  expect(together.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    401, 401, 401, 429, 429, 429, 429, 429,
  ]);
  // Not even a good one is looked at any more, that nobody has shown there before.
  expect((await video(token, '192.0.2.1')).status).toBe(429);
  expect((await voice('a', 'b', '192.0.2.1')).body).toMatchObject({
    message: 'Too many requests',
    error: expect.stringMatching(/^too many requests without a valid credential or link from this address; /),
  });
  expect(await statuses(5, () => video(token, '192.0.2.2'))).toEqual([200, 200, 200, 200, 200]);
});

describe('where failures are used up', () => {
  const [HERE, ELSEWHERE] = ['192.0.2.1', '192.0.2.2'];

  async function withGuesser() {
    const world = await limitedApp({ failures: 3 });
    const key = await world.newKey();
    const guess = () => world.statuses(5, () => world.video('key_x.y', HERE));
    return { ...world, key, guess };
  }

  test('who has shown a good credential there goes on, for as long as it is good', async () => {
    const { key, guess, video, voice, revoke, pass } = await withGuesser();
    expect((await video(key.token, HERE)).status).toBe(200);
    expect((await voice(key.apiKey, key.apiSecret, HERE)).status).toBe(400);
    expect(await guess()).toEqual([401, 401, 401, 429, 429]);
    pass(30_000);
    expect((await video(key.token, HERE)).status).toBe(200);
    expect((await voice(key.apiKey, key.apiSecret, HERE)).status).toBe(400);
    await revoke(key.apiKey);
    pass(10_000);
    expect((await video(key.token, HERE)).status).toBe(429);
  });

  test('another secret of the same key is not looked at, nor is a good key from elsewhere', async () => {
    const { key, guess, newKey, video, voice, asked, pass } = await withGuesser();
    const other = await newKey();
    expect((await video(key.token, HERE)).status).toBe(200);
    expect((await voice(key.apiKey, key.apiSecret, HERE)).status).toBe(400);
    expect((await video(other.token, ELSEWHERE)).status).toBe(200);
    await guess();
    asked.length = 0;
    const wrong = newSecret();
    expect((await video(secretsOf(key.apiKey, wrong).token, HERE)).status).toBe(429);
    expect((await voice(key.apiKey, wrong, HERE)).status).toBe(429);
    expect((await video(other.token, HERE)).status).toBe(429);
    expect((await voice(other.apiKey, key.apiSecret, HERE)).status).toBe(429);
    pass(30_000);
    expect((await voice(key.apiKey, wrong, HERE)).status).toBe(429);
    expect(asked).toEqual([]);
    // Nor does it speak against the right one.
    expect((await video(key.token, HERE)).status).toBe(200);
    expect((await voice(key.apiKey, key.apiSecret, HERE)).status).toBe(400);
  });

  test('what has turned bad is forgotten: it is looked at once', async () => {
    const { key, guess, video, asked, revoke, pass } = await withGuesser();
    expect((await video(key.token, HERE)).status).toBe(200);
    await guess();
    await revoke(key.apiKey);
    pass(30_000);
    asked.length = 0;
    expect((await video(key.token, HERE)).status).toBe(429);
    pass(10_000);
    expect((await video(key.token, HERE)).status).toBe(429);
    expect(asked).toEqual([key.apiKey]);
  });

  test('a link of a guest that was opened there still opens, another does not', async () => {
    const { guess, newLink, send, asked } = await withGuesser();
    const linkTo = await newLink();
    const [link, other] = [await linkTo('view'), await linkTo('cancel')];
    expect((await send(link, {}, HERE)).status).toBe(200);
    await guess();
    asked.length = 0;
    expect((await send(other, {}, HERE)).status).toBe(429);
    expect(asked).toEqual([]);
    expect((await send(link, {}, HERE)).status).toBe(200);
  });
});

test('a scope that is missing is no failure, and costs the credential nothing', async () => {
  const { newKey, video, voice, statuses } = await limitedApp({ failures: 1, credential: 1 });
  const lacking = await newKey(['scheduling:write']);
  expect(await statuses(3, () => video(lacking.token, '192.0.2.1'))).toEqual([403, 403, 403]);
  const { apiKey, apiSecret } = await newKey();
  expect(await statuses(2, () => voice(apiKey, apiSecret, '192.0.2.1'))).toEqual([400, 429]);
});

test('paths and methods that are not there, and what operators ask, are not counted', async () => {
  const { newKey, send, video, served } = await limitedApp({ address: 1, failures: 1 });
  for (const path of ['/nowhere', '/api/calls/call_1/nothing', '/healthz', '/readyz', '/openapi.json']) {
    await send(path, {}, '192.0.2.1');
  }
  expect((await video((await newKey()).token, '192.0.2.1')).status).toBe(200);
  expect(served.map(({ route, method, status }) => `${method} ${route} ${status}`)).toEqual([
    'GET none 404',
    'GET none 404',
    'GET /healthz 200',
    'GET /readyz 200',
    'GET /openapi.json 200',
    'GET /api/v1/video/:appId/scheduled-calls 200',
  ]);
});

describe('by links of guests', () => {
  test('an address: before the link and the body are looked at', async () => {
    const { newLink, asked, fetched, send, statuses } = await limitedApp({ address: 2 });
    const link = await (await newLink())('view', 'cancel');
    expect(await statuses(2, () => send(link, {}, '192.0.2.1'))).toEqual([200, 200]);
    asked.length = 0;
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const headers = { 'Content-Type': 'application/json' };
    const refused = await fetched(
      `${link}/cancel`,
      { method: 'POST', body, duplex: 'half', headers },
      '192.0.2.1',
    );
    expect([refused.status, asked]).toEqual([429, []]);
    expect(JSON.parse(await refused.text())).toMatchObject({
      error: { message: expect.stringMatching(/^too many requests from this address; /) },
    });
    expect((await send(link, {}, '192.0.2.2')).status).toBe(200);
  });

  test('those that do not hold are failures, in one bucket with credentials', async () => {
    const { newLink, newKey, asked, send, video, statuses } = await limitedApp({ failures: 3 });
    const [link, other] = [await (await newLink())('view'), await (await newLink())('view')];
    const { token } = await newKey();
    expect(await statuses(2, () => send('/g/guess', {}, '192.0.2.1'))).toEqual([404, 404]);
    // A link that holds is none, whatever is refused to it.
    expect(await statuses(3, () => send(`${link}/slots`, {}, '192.0.2.1'))).toEqual([403, 403, 403]);
    expect((await video('key_x.y', '192.0.2.1')).status).toBe(401);
    asked.length = 0;
    expect((await send(other, {}, '192.0.2.1')).status).toBe(429);
    expect([(await video(token, '192.0.2.1')).status, asked]).toEqual([429, []]);
    expect((await send(link, {}, '192.0.2.2')).status).toBe(200);
  });

  test('a call: whichever link to it, whatever address; others are served', async () => {
    const { newLink, newKey, send, video, fetched } = await limitedApp({ guest: 2, credential: 1 });
    const [linkTo, other] = [await newLink(), await newLink()];
    expect((await send(await linkTo('view'), {}, '192.0.2.1')).status).toBe(200);
    expect((await send(await linkTo('cancel'), {}, '192.0.2.2')).status).toBe(200);
    const refused = await send(await linkTo('cancel'), {});
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '60']);
    expect(refused.body).toMatchObject({
      error: {
        code: 'rate_limit_exceeded',
        message: expect.stringMatching(/^too many requests by links to this call; /),
        details: { nextAllowedAt: '2026-04-01T09:01:00.000Z' },
      },
    });
    const page = await fetched(await linkTo('view'), { headers: BROWSER });
    expect([page.status, page.headers.get('Retry-After'), page.headers.get('Content-Type')]).toEqual([
      429,
      '60',
      'text/html; charset=UTF-8',
    ]);
    expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(await page.text()).toContain('<p>Too many requests by links to this call; ');
    expect((await send(await other('view'), {})).status).toBe(200);
    expect((await video((await newKey()).token)).status).toBe(200);
    vi.setSystemTime(NOW + 60_000);
    expect((await send(await linkTo('view'), {})).status).toBe(200);
  });

  test('are in the document, in JSON and as a page', async () => {
    const { fetched } = await limitedApp({});
    const { paths } = JSON.parse(await (await fetched('/openapi.json', {})).text());
    const responses = ['', '/slots', '/reschedule', '/cancel'].flatMap((path) =>
      Object.values<{ responses: Record<string, { content: object }> }>(paths[`/g/{token}${path}`]).map(
        (operation) => Object.keys(operation.responses[429]?.content ?? {}),
      ),
    );
    expect(responses).toEqual(Array.from({ length: 4 }, () => ['application/json', 'text/html']));
  });
});
