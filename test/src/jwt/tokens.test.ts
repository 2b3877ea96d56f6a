import { beforeAll, describe, expect, test } from 'vitest';
import { APP, GOOD, newIssuer, newSigner, NOW, verifierFor, type Signer } from './issuer.ts';

let good: Signer;
let stranger: Signer;
beforeAll(async () => {
  good = await newSigner('one');
  stranger = await newSigner('one');
});

const SECOND = 1000;
const HOLDER = {
  appId: APP,
  subject: 'backend@acme',
  scopes: ['scheduling:read', 'scheduling:write'],
  expiresAt: NOW + 330 * SECOND,
};
const b64 = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

test('a good token says who asks, for which app, and what they may do', async () => {
  const { verify } = verifierFor(newIssuer(good));
  expect(await verify(await good.sign())).toEqual(HOLDER);
});

describe('claims', () => {
  test.each([
    ['another issuer', { iss: 'https://issuer.example/' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'billing' }],
    ['no audience', { aud: undefined }],
    ['an audience in another case', { aud: 'Reslot' }],
    ['no end', { exp: undefined }],
    ['an end as text', { exp: '2000000000' }],
    ['an end that is past, tolerance and all', { exp: NOW / SECOND - 30 }],
    ['a beginning that is to come', { nbf: NOW / SECOND + 31 }],
    ['no app', { app_id: undefined }],
    ['an app that is no UUID', { app_id: 'acme' }],
    ['an app with a space', { app_id: `${APP} ` }],
    ['several apps', { app_id: [APP] }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is no id', { sub: 'auth0|1' }],
    ['a subject that a key could have', { sub: `key_${'0'.repeat(24)}` }],
  ])('%s is refused', async (_, claims) => {
    const { verify } = verifierFor(newIssuer(good));
    expect(await verify(await good.sign(claims))).toBe('invalid');
  });

  test.each([
    ['one audience of several', { aud: ['billing', 'reslot'] }],
    ['an end within the tolerance', { exp: NOW / SECOND - 29 }],
    ['a beginning within the tolerance', { nbf: NOW / SECOND + 30 }],
    ['claims that nobody asked for', { email: 'x', admin: true }],
  ])('%s is taken', async (_, claims) => {
    const { verify } = verifierFor(newIssuer(good));
    expect(await verify(await good.sign(claims))).toMatchObject({ appId: APP });
  });

  test.each([
    ['scheduling:admin', ['scheduling:admin']],
    [
      ['webhooks:manage', 'scheduling:read'],
      ['scheduling:read', 'webhooks:manage'],
    ],
    ['openid scheduling:everything', []],
    ['scheduling:read,scheduling:write', []],
    ['SCHEDULING:READ', []],
    [undefined, []],
    [{ 'scheduling:read': true }, []],
    [[1, null, ['scheduling:read']], []],
  ])('the scopes %j give %j', async (scope, scopes) => {
    const { verify } = verifierFor(newIssuer(good));
    expect(await verify(await good.sign({ scope }))).toMatchObject({ scopes });
  });

  test('the claims may be called otherwise, and the app may be in capitals', async () => {
    const names = { appClaim: 'https://acme.example/app', scopeClaim: 'scp', subjectClaim: 'client_id' };
    const { verify } = verifierFor(newIssuer(good), names);
    const claims = {
      'https://acme.example/app': APP.toUpperCase(),
      scp: ['scheduling:admin'],
      client_id: 'robot',
      sub: 'auth0|1',
    };
    expect(await verify(await good.sign(claims))).toEqual({
      ...HOLDER,
      subject: 'robot',
      scopes: ['scheduling:admin'],
    });
    expect(await verify(await good.sign())).toBe('invalid');
  });
});

describe('signatures', () => {
  test('of somebody else, under a known name, are refused', async () => {
    const { verify } = verifierFor(newIssuer(good));
    expect(await verify(await stranger.sign())).toBe('invalid');
  });

  test('cover every part', async () => {
    const { verify } = verifierFor(newIssuer(good));
    const [head = '', claims = '', signature = ''] = (await good.sign()).split('.');
    const more = b64({ ...GOOD, scope: 'scheduling:admin' });
    for (const token of [
      `${head}.${more}.${signature}`,
      `${b64({ alg: 'ES256', kid: 'one', typ: 'x' })}.${claims}.${signature}`,
      `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${head}.${claims}.`,
      'a.b.c',
      '',
    ])
      expect(await verify(token)).toBe('invalid');
  });

  test('of no algorithm, of a secret made of the public key, and of an algorithm that is not listed, are refused', async () => {
    const { SignJWT } = await import('jose');
    const issuer = newIssuer(good);
    const { verify } = verifierFor(issuer);
    const secret = new TextEncoder().encode(JSON.stringify(good.jwk));
    const symmetric = new SignJWT(GOOD).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    expect(await verify(await symmetric)).toBe('invalid');
    expect(await verify(`${b64({ alg: 'none', kid: 'one' })}.${b64(GOOD)}.AAAA`)).toBe('invalid');
    const other = await newSigner('two', 'ES384');
    issuer.keys = { keys: [good.jwk, other.jwk] };
    expect(await verify(await other.sign())).toBe('invalid');
    expect(issuer.readings).toBe(0);
  });

  test('with an extension that is critical and unknown are refused', async () => {
    const { verify } = verifierFor(newIssuer(good));
    const [, claims, signature] = (await good.sign()).split('.');
    const head = b64({ alg: 'ES256', kid: 'one', crit: ['x'], x: 1 });
    expect(await verify(`${head}.${claims}.${signature}`)).toBe('invalid');
  });

  test('are of the type that was asked for, if one was', async () => {
    const { verify } = verifierFor(newIssuer(good), { type: 'at+jwt' });
    expect(await verify(await good.sign({}, { typ: 'at+jwt' }))).toEqual(HOLDER);
    expect(await verify(await good.sign({}, { typ: 'application/AT+JWT' }))).toEqual(HOLDER);
    expect(await verify(await good.sign({}, { typ: 'JWT' }))).toBe('invalid');
    expect(await verify(await good.sign())).toBe('invalid');
  });
});
