import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const needed = {
  JWT_ISSUER: 'https://issuer.example',
  JWT_AUDIENCE: 'reslot',
  JWT_JWKS: 'https://issuer.example/jwks.json',
};

test('without an issuer no token of anybody else is taken', () => {
  expect(readConfig({ JWT_ALGORITHMS: 'ES256' }).jwt).toBeUndefined();
});

test('an issuer, its audience and its keys are enough', () => {
  expect(readConfig(needed).jwt).toEqual({
    issuer: 'https://issuer.example',
    audience: 'reslot',
    jwks: 'https://issuer.example/jwks.json',
    algorithms: ['RS256', 'ES256'],
    toleranceSeconds: 30,
    appClaim: 'app_id',
    scopeClaim: 'scope',
    subjectClaim: 'sub',
    type: undefined,
  });
});

test.each(Object.keys(needed))('a part of it is a mistake: %s is missing', (name) => {
  expect(() => readConfig({ ...needed, [name]: '' })).toThrow(`${name}: must be set, with the other two`);
});

test.each([
  ['JWT_ALGORITHMS', 'HS256'],
  ['JWT_ALGORITHMS', 'none'],
  ['JWT_ALGORITHMS', 'RS256,'],
  ['JWT_TOLERANCE_SECONDS', '301'],
  ['JWT_TOLERANCE_SECONDS', '-1'],
  ['JWT_JWKS', 'ftp://issuer.example/jwks'],
  ['JWT_JWKS', 'https://user:secret@issuer.example/jwks'],
  ['JWT_JWKS', 'https://'],
])('%s is not %s', (name, value) => {
  expect(() => readConfig({ ...needed, [name]: value })).toThrow(name);
});

test.each([
  '/etc/reslot/jwks.json',
  'jwks.json',
  'http://keys.internal:8080',
  'https://issuer.example/a?b=c',
])('a JWKS may be at %s', (where) => {
  expect(readConfig({ ...needed, JWT_JWKS: where }).jwt?.jwks).toBe(where);
});
