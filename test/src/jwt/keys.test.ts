import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwksSource } from '@reslot/adapters/jwt';
import { beforeAll, describe, expect, test } from 'vitest';
import { APP, GOOD, newIssuer, newSigner, serving, verifierFor, type Signer } from './issuer.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Tokens that outlive what the tests do. */
const LONG = { exp: 9_999_999_999 };

let one: Signer;
let two: Signer;
beforeAll(async () => {
  one = await newSigner('one');
  two = await newSigner('two', 'RS256');
});

describe('the keys', () => {
  test('are read once, however many tokens come', async () => {
    const issuer = newIssuer(one, two);
    const { verify } = verifierFor(issuer);
    const tokens = await Promise.all([one.sign(), two.sign(), one.sign({ sub: 'x' })]);
    expect(await Promise.all(tokens.map(verify))).toMatchObject([
      { appId: APP },
      { appId: APP },
      { subject: 'x' },
    ]);
    expect(issuer.readings).toBe(1);
  });

  test('a new one is found by reading again, at most twice a minute', async () => {
    const issuer = newIssuer(one);
    const { verify, clock } = verifierFor(issuer);
    await verify(await one.sign());
    issuer.keys = { keys: [one.jwk, two.jwk] };
    const token = await two.sign();
    expect(await verify(token)).toBe('invalid');
    expect(issuer.readings).toBe(1);
    clock.advance(30 * SECOND);
    expect(await verify(token)).toMatchObject({ appId: APP });
    expect(issuer.readings).toBe(2);

    const forged = (await newSigner('three')).sign(LONG);
    for (let step = 0; step < 100; step += 1) {
      clock.advance(SECOND);
      expect(await verify(await forged)).toBe('invalid');
    }
    expect(issuer.readings).toBe(2 + 3);
  });

  test('one that the issuer has withdrawn works no longer than it takes to read again', async () => {
    const issuer = newIssuer(one, two);
    const { verify, clock } = verifierFor(issuer);
    const token = await one.sign(LONG);
    await verify(token);
    issuer.keys = { keys: [two.jwk] };
    clock.advance(10 * MINUTE);
    await verify(token);
    expect(await verify(token)).toBe('invalid');
  });
});

describe('while the issuer is away', () => {
  test('before any key was read nothing is decided, and few readings are made', async () => {
    const issuer = newIssuer(one);
    issuer.away = true;
    const { verify, clock, reports } = verifierFor(issuer);
    const token = await one.sign();
    const all = await Promise.all(Array.from({ length: 50 }, () => verify(token)));
    expect(new Set(all)).toEqual(new Set(['undecided']));
    clock.advance(29 * SECOND);
    expect(await verify(token)).toBe('undecided');
    expect([issuer.readings, reports.length]).toEqual([1, 1]);
    issuer.away = false;
    clock.advance(SECOND);
    expect(await verify(token)).toMatchObject({ appId: APP });
  });

  test('a source that throws at once, not in a promise, is asked again as well', async () => {
    let away = true;
    const jwks = () => {
      if (away) throw new Error('away');
      return Promise.resolve({ keys: [one.jwk] });
    };
    const { verify, clock } = verifierFor(newIssuer(), { jwks });
    expect(await verify(await one.sign())).toBe('undecided');
    away = false;
    clock.advance(30 * SECOND);
    expect(await verify(await one.sign())).toMatchObject({ appId: APP });
  });

  test('keys that were read are believed for an hour', async () => {
    const issuer = newIssuer(one);
    const { verify, clock, reports } = verifierFor(issuer);
    const token = await one.sign(LONG);
    await verify(token);
    issuer.away = true;
    for (let minute = 1; minute < 60; minute += 1) {
      clock.advance(MINUTE);
      expect(await verify(token)).toMatchObject({ appId: APP });
    }
    expect(reports.length).toBe(50);
    clock.advance(MINUTE);
    expect(await verify(token)).toBe('undecided');
    issuer.away = false;
    clock.advance(MINUTE);
    expect(await verify(token)).toMatchObject({ appId: APP });
  });

  test('a key that is not among those read may be a new one: nothing is decided', async () => {
    const issuer = newIssuer(one);
    const { verify, clock } = verifierFor(issuer);
    await verify(await one.sign());
    issuer.away = true;
    clock.advance(MINUTE);
    expect(await verify(await two.sign())).toBe('undecided');
    expect(await verify(await one.sign())).toMatchObject({ appId: APP });
  });

  test('few wait for a reading to tell of keys that nobody has, and the rest is undecided at once', async () => {
    const issuer = newIssuer(one);
    const { verify, clock } = verifierFor(issuer);
    await verify(await one.sign());
    clock.advance(MINUTE);
    let answer = () => {};
    issuer.read = () => new Promise((resolve) => (answer = () => resolve(issuer.keys)));
    const forged = await two.sign();
    let decided = 0;
    const all = Array.from({ length: 100 }, () => verify(forged).finally(() => (decided += 1)));
    expect(await verify(await one.sign())).toMatchObject({ appId: APP });
    await expect.poll(() => decided).toBe(36);
    answer();
    const verdicts = await Promise.all(all);
    expect(verdicts.filter((verdict) => verdict === 'undecided')).toHaveLength(36);
    expect(verdicts.filter((verdict) => verdict === 'invalid')).toHaveLength(64);
  });

  test.each([[null], ['x'], [{}], [{ keys: {} }], [{ keys: [1] }], [{ keys: [{}] }]])(
    'what is no key set, as %j, counts as away',
    async (content) => {
      const issuer = newIssuer();
      issuer.keys = content;
      const { verify, reports } = verifierFor(issuer);
      expect(await verify(await one.sign())).toBe('undecided');
      expect(reports).toHaveLength(1);
    },
  );
});

const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

test.each([
  ['without its numbers', 'RS256', { kty: 'RSA' }],
  ['too short', 'RS256', short],
  ['of no point of its curve', 'ES256', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' }],
  ['without the numbers of its point', 'ES256', { kty: 'EC', crv: 'P-256' }],
  ['of a kind that is not known', 'ES256', { kty: 'XX' }],
  ['private', 'ES256', secret],
])('a key that is %s is passed over: its tokens are bad, those of the others good', async (_, alg, jwk) => {
  const issuer = newIssuer(one);
  issuer.keys = { keys: [{ ...jwk, kid: 'bad' }, one.jwk] };
  const { verify, reports } = verifierFor(issuer);
  const said = [{ alg, kid: 'bad' }, GOOD].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  expect(await verify(`${said.join('.')}.${'A'.repeat(342)}`)).toBe('invalid');
  expect(await verify(await one.sign())).toMatchObject({ appId: APP });
  expect(reports).toEqual([]);
});

describe('a JWKS over HTTP', () => {
  test('is read', async () => {
    const body = JSON.stringify({ keys: [one.jwk] });
    await serving(
      () => ({ body }),
      async (url) => {
        const { verify } = verifierFor(newIssuer(), { jwks: jwksSource(`${url}/jwks`) });
        expect(await verify(await one.sign())).toMatchObject({ appId: APP });
      },
    );
  });

  test.each([
    ['a redirect', { status: 302, headers: { Location: '/keys' }, body: '' }],
    ['an error', { status: 500, body: '{"keys":[]}' }],
    ['no JSON', { body: '<html>' }],
    ['too much', { body: JSON.stringify({ keys: [], more: 'x'.repeat(256 * 1024) }) }],
  ])('that is %s is none', async (_, answer) => {
    const body = JSON.stringify({ keys: [one.jwk] });
    await serving(
      (path) => (path === '/jwks' ? answer : { body }),
      async (url) => {
        const { verify, reports } = verifierFor(newIssuer(), { jwks: jwksSource(`${url}/jwks`) });
        expect(await verify(await one.sign())).toBe('undecided');
        expect(reports).toHaveLength(1);
      },
    );
  });

  test('that nobody serves is away', async () => {
    const { verify } = verifierFor(newIssuer(), { jwks: jwksSource('http://127.0.0.1:1/jwks') });
    expect(await verify(await one.sign())).toBe('undecided');
  });
});

test('what is no JSON is told without a word of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reslot-jwks-'));
  const path = join(folder, 'jwks.json');
  try {
    await writeFile(path, 'hunter2 is the password');
    const { verify, reports } = verifierFor(newIssuer(), { jwks: jwksSource(path) });
    expect(await verify(await one.sign())).toBe('undecided');
    expect(reports).toEqual([new Error('is no JSON')]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a JWKS in a file is read, and read again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reslot-jwks-'));
  const path = join(folder, 'jwks.json');
  try {
    const { verify, clock } = verifierFor(newIssuer(), { jwks: jwksSource(path) });
    expect(await verify(await one.sign())).toBe('undecided');
    await writeFile(path, JSON.stringify({ keys: [one.jwk] }));
    clock.advance(30 * SECOND);
    expect(await verify(await one.sign())).toMatchObject({ appId: APP });
    await writeFile(path, JSON.stringify({ keys: [], more: 'x'.repeat(256 * 1024) }));
    clock.advance(60 * MINUTE);
    expect(await verify(await one.sign(LONG))).toBe('undecided');
  } finally {
    await rm(folder, { recursive: true });
  }
});
