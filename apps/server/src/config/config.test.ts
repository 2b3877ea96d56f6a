import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('.env.example has the defaults', () => {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  expect(readConfig(parseEnv(example))).toEqual(readConfig({}));
});

test.each([
  [{}, { perCredential: 6000, perAddress: 60_000, failures: 60 }],
  [{ RATE_LIMIT: '5' }, { perCredential: 5, perAddress: 50, failures: 60 }],
  [
    { RATE_LIMIT_ADDRESS: '7', RATE_LIMIT_FAILURES: '8' },
    { perCredential: 6000, perAddress: 7, failures: 8 },
  ],
  [{ RATE_LIMIT: 'off' }, undefined],
])('limits by %j', (settings, limits) => {
  expect(readConfig(settings).rateLimits).toEqual(limits);
});

test.each([
  ['RATE_LIMIT_ADDRESS', '9'],
  ['RATE_LIMIT_FAILURES', '60'],
  ['RATE_LIMIT_REDIS_URL', 'redis://r'],
])('%s is a mistake while limits are off', (name, value) => {
  expect(() => readConfig({ RATE_LIMIT: 'off', [name]: value })).toThrow(
    `${name}: limits nothing while RATE_LIMIT is off`,
  );
  expect(readConfig({ RATE_LIMIT: 'off', [name]: '' }).rateLimits).toBe(undefined);
});
