import { expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { connections } from './connections.ts';
import { exposure } from './exposure.ts';
import { isLoopback, isReached } from './loopback.ts';
import { guestLinkSecret } from './secrets.ts';

/** What is no `ok` of what the settings say, as `state name`. */
function faults(settings: Record<string, string>): string[] {
  const config = readConfig(settings);
  return [...exposure(config), ...guestLinkSecret(config), ...connections(config)]
    .filter(({ state }) => state !== 'ok')
    .map(({ state, name }) => `${state} ${name}`);
}

const RANDOM = 'q0Y7tq0bJ5rF3v1m9Xn2Zs8KdLwPc4Ae6Hu+Gi/TBoE=';
const HTTPS = { PUBLIC_URL: 'https://calls.acme.org', RATE_LIMIT: '600', TRUSTED_PROXIES: '1' };
const MAIL = { MAIL_FROM: 'calls@acme.org' };
const ISSUER = { JWT_ISSUER: 'acme', JWT_AUDIENCE: 'calls' };

test.each<[string, Record<string, string>]>([
  ['the defaults', {}],
  ['a newcomer who chose a port', { PORT: '9000', PUBLIC_URL: 'http://localhost:9000' }],
  ['a proxy with TLS', HTTPS],
  ['the same in a container', { ...HTTPS, HOST: '0.0.0.0' }],
  ['metrics on loopback', { METRICS_PORT: '9100' }],
  ['metrics on loopback by its name', { METRICS_PORT: '9100', METRICS_HOST: 'localhost' }],
  ['a host of metrics without a port', { METRICS_HOST: '0.0.0.0' }],
  ['a limit on this machine', { RATE_LIMIT: '600' }],
  ['no limits on this machine', { RATE_LIMIT: 'off' }],
  ['pages by https, and in development', { CORS_ORIGINS: 'https://app.acme.org,http://localhost:5173' }],
  ['a random secret', { ...HTTPS, GUEST_LINK_SECRET: RANDOM }],
  ['a secret in hexadecimal', { ...HTTPS, GUEST_LINK_SECRET: '9f86d081884c7d659a2feaa0c55ad015' }],
  ['a mail server with TLS', { ...MAIL, SMTP_URL: 'smtps://mail.acme.org' }],
  ['a mail server with a user, so STARTTLS', { ...MAIL, SMTP_URL: 'smtp://u:p@mail.acme.org:587' }],
  ['servers on this machine', { ...MAIL, SMTP_URL: 'smtp://[::1]:25', NATS_URL: 'nats://127.0.0.1:4222' }],
  [
    'NATS and Redis with TLS',
    { NATS_URL: 'tls://n.acme.org:4222', RATE_LIMIT_REDIS_URL: 'rediss://r.acme.org' },
  ],
  ['keys of an issuer by https', { ...ISSUER, JWT_JWKS: 'https://id.acme.org/jwks' }],
  ['keys of an issuer in a file', { ...ISSUER, JWT_JWKS: 'jwks.json' }],
  ['a database with TLS', { DATABASE_URL: 'mysql://u:p@db.acme.org/calls', DATABASE_TLS: 'on' }],
  ['a database on this machine', { DATABASE_URL: 'mysql://u:p@localhost/calls' }],
])('nothing is said against %s', (_, settings) => {
  expect(faults(settings)).toEqual([]);
});

test.each<[Record<string, string>, string[]]>([
  [{ HOST: '0.0.0.0' }, ['warning api']],
  [{ HOST: '::', RATE_LIMIT: 'off' }, ['warning api', 'warning limits']],
  [{ ...HTTPS, PUBLIC_URL: 'http://calls.acme.org' }, ['warning api']],
  [{ PUBLIC_URL: 'https://calls.acme.org' }, ['warning limits']],
  [{ PUBLIC_URL: 'https://calls.acme.org', RATE_LIMIT: '600' }, ['warning limits']],
  [{ METRICS_PORT: '9100', METRICS_HOST: '0.0.0.0' }, ['warning metrics']],
  [{ METRICS_PORT: '9100', METRICS_HOST: '::' }, ['warning metrics']],
  [{ CORS_ORIGINS: 'https://a.acme.org,http://b.acme.org' }, ['warning origins']],
  [{ WEBHOOKS_ALLOW_PRIVATE: 'true' }, ['warning webhook addresses']],
  [{ ...HTTPS, GUEST_LINK_SECRET: 'x'.repeat(64) }, ['problem guest links']],
  [{ ...HTTPS, GUEST_LINK_SECRET: 'Please-Change-me-0123456789-abcdefgh' }, ['problem guest links']],
  [{ ...HTTPS, GUEST_LINK_SECRET: `${RANDOM},${'01'.repeat(20)}` }, ['problem guest links']],
  [{ ...MAIL, SMTP_URL: 'smtp://mail.acme.org' }, ['warning mail server']],
  [{ NATS_URL: 'nats://u:p@n.acme.org:4222' }, ['warning NATS']],
  [{ RATE_LIMIT_REDIS_URL: 'redis://u:p@r.acme.org:6379/0' }, ['warning Redis']],
  [{ ...ISSUER, JWT_JWKS: 'http://id.acme.org/jwks' }, ['warning JWKS']],
  [{ DATABASE_URL: 'mariadb://u:p@db.acme.org/calls' }, ['warning database connection']],
])('%j', (settings, expected) => {
  expect(faults(settings)).toEqual(expected);
});

test('each fault says what to do', () => {
  const config = readConfig({
    HOST: '0.0.0.0',
    METRICS_PORT: '1',
    METRICS_HOST: '0.0.0.0',
    NATS_URL: 'nats://n:4222',
  });
  for (const { state, todo } of [...exposure(config), ...connections(config)]) {
    expect(todo === null).toBe(state === 'ok');
  }
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['db.localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['localhost.acme.org', false],
  ['notlocalhost', false],
  ['127.0.0.1.acme.org', false],
  ['db', false],
])('%s stays on this machine: %s', (host, stays) => {
  expect(isLoopback(host)).toBe(stays);
  expect(isReached({ host, publicUrl: undefined })).toBe(!stays);
});
