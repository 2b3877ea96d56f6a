import { expect, test } from 'vitest';
import { newEndpoint } from './endpoint-changes.ts';
import { liveSecrets, rotated, SECRET_OVERLAP, wants } from './endpoints.ts';
import { testBody } from './webhook-trial.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const content = { url: 'https://example.com', description: null, types: null, familyHeaders: false };
const endpoint = newEndpoint(content, { appId: 'app', id: 'hook', secret: 'first' }, NOW);

test('an endpoint wants every type or those that it names, and none once it said that it wants no more', () => {
  expect(wants(endpoint, 'created')).toBe(true);
  expect(wants({ ...endpoint, types: ['cancelled'] }, 'created')).toBe(false);
  expect(wants({ ...endpoint, types: ['cancelled', 'created'], status: 'paused' }, 'created')).toBe(true);
  expect(wants({ ...endpoint, status: 'disabled' }, 'created')).toBe(false);
});

test('a secret counts beside the next one until its time is over', () => {
  expect(liveSecrets(endpoint, NOW)).toEqual(['first']);
  const next = rotated(endpoint, 'second', NOW);
  expect(next).toEqual({
    ...endpoint,
    secret: 'second',
    previousSecret: 'first',
    previousUntil: NOW + SECRET_OVERLAP,
  });
  expect(liveSecrets(next, NOW + SECRET_OVERLAP - 1)).toEqual(['second', 'first']);
  expect(liveSecrets(next, NOW + SECRET_OVERLAP)).toEqual(['second']);
});

test('an endpoint is tried with an event of its own type, that names it', () => {
  expect(JSON.parse(testBody(endpoint, 'message', NOW, 'https://reslot.example'))).toEqual({
    data: { app_id: 'app', webhook_id: 'hook' },
    datacontenttype: 'application/json',
    id: 'message',
    source: 'https://reslot.example/apps/app/webhooks/hook',
    specversion: '1.0',
    subject: 'hook',
    time: '2026-05-01T12:00:00.000Z',
    type: 'webhook.test',
  });
});
