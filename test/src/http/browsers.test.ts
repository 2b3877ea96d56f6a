import { fixedClock } from '@reslot/adapters/clock';
import { createApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { memoryCredentials, memoryDatabase, memoryQueries, memoryStore } from '@reslot/adapters/memory';
import { createScheduler } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { NOW } from './api.ts';

/** What browsers are told: headers that keep an answer where it belongs, and who may read it. */

function open(corsOrigins?: string[]) {
  const db = memoryDatabase();
  const clock = fixedClock(NOW);
  const app = createApp({
    scheduler: createScheduler({ store: memoryStore(db), clock, ids: uuidIds }),
    queries: memoryQueries(db),
    credentials: memoryCredentials(db),
    clock,
    ...(corsOrigins && { corsOrigins }),
  });
  return async (method: string, path: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`http://localhost${path}`, { method, headers }));
}

const PATH = '/api/calls/call_1';
const HERE = 'https://app.example.com';
const PREFLIGHT = { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-api-key' };
const granted = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-')).toSorted();

test.each([PATH, '/nowhere', '/healthz', '/readyz', '/openapi.json', '/api/v1/video/x/policy'])(
  'GET %s is for programs',
  async (path) => {
    const { headers } = await open()('GET', path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/json',
    });
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  },
);

test.each(['/docs', '/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'])(
  'GET %s runs nothing from elsewhere',
  async (path) => {
    const { headers } = await open()('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('http');
  },
);

describe('other origins', () => {
  test('by default none is let in', async () => {
    const ask = open();
    expect(granted(await ask('GET', PATH, { Origin: HERE }))).toEqual([]);
    const preflight = await ask('OPTIONS', PATH, { Origin: HERE, ...PREFLIGHT });
    expect([preflight.status, granted(preflight)]).toEqual([405, []]);
  });

  test('one that is named may ask, and read every answer', async () => {
    const ask = open([HERE, 'http://localhost:5173']);
    const preflight = await ask('OPTIONS', PATH, { Origin: HERE, ...PREFLIGHT });
    expect([preflight.status, await preflight.text()]).toEqual([204, '']);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(HERE);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,POST,PUT,PATCH,DELETE');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-API-KEY');
    for (const path of [PATH, '/nowhere', '/api/v1/video/x/policy']) {
      const refused = await ask('GET', path, { Origin: HERE });
      expect(refused.headers.get('access-control-allow-origin')).toBe(HERE);
      expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(refused.headers.get('vary')).toContain('Origin');
      expect(refused.headers.get('cache-control')).toBe('no-store');
    }
  });

  test.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:444',
    'null',
    '*',
  ])('%s is another one', async (origin) => {
    const ask = open([HERE]);
    for (const answer of [
      await ask('GET', PATH, { Origin: origin }),
      await ask('OPTIONS', PATH, { Origin: origin, ...PREFLIGHT }),
    ]) {
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });
});
