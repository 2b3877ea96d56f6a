import { createHmac } from 'node:crypto';
import { createGuestLinkTokens, guestLinkSecrets } from '@reslot/adapters/guest-links';
import type { GuestLink } from '@reslot/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const [OLD, NEW, OTHER] = ['o'.repeat(32), 'n'.repeat(32), 'x'.repeat(32)];
const link: GuestLink = {
  appId: '01890000-0000-7000-8000-000000000001',
  callId: '01890000-0000-7000-8000-000000000002',
  version: 7,
  purposes: ['view', 'reschedule', 'cancel'],
  expiresAt: 1_800_000_000_000,
};
const tokens = createGuestLinkTokens([OLD]);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = { app: 'a', call: 'c', version: 1, use: ['cancel'], exp: 1_800_000_000 };
/** A token of any kind, signed as it should be. */
const signed = (header: object, claims: object, secret = OLD, algorithm = 'sha256'): string => {
  const said = `${encoded(header)}.${encoded(claims)}`;
  return `${said}.${createHmac(algorithm, secret).update(said).digest('base64url')}`;
};
const HEADER = { alg: 'HS256', typ: 'guest-link' };

describe('a token', () => {
  test('says the link, is the same each time, and stands in a URL as it is', async () => {
    const token = await tokens.write(link);
    expect(token).toMatch(/^[\w.-]{1,400}$/);
    expect(await tokens.write(link)).toBe(token);
    expect(await tokens.read(token)).toEqual({ id: expect.stringMatching(/^link:[0-9a-f]{16}$/), link });
  });

  test('is a JWS that others can check', async () => {
    const [header, payload, signature] = (await tokens.write(link)).split('.');
    expect(createHmac('sha256', OLD).update(`${header}.${payload}`).digest('base64url')).toBe(signature);
    expect(await tokens.read(signed(HEADER, CLAIMS))).toMatchObject({ link: { purposes: ['cancel'] } });
  });

  test('of the old secret is taken while both are there, and signed with the new one', async () => {
    const both = createGuestLinkTokens([NEW, OLD]);
    const [old, fresh] = [await tokens.write(link), await both.write(link)];
    expect(await both.read(old)).toEqual(await tokens.read(old));
    expect(await both.read(fresh)).toEqual(await both.read(old));
    expect(fresh).toBe(await createGuestLinkTokens([NEW]).write(link));
    expect(await createGuestLinkTokens([NEW]).read(old)).toBeUndefined();
  });

  test.each<[string, string]>([
    ['another secret', signed(HEADER, CLAIMS, OTHER)],
    ['no algorithm', `${encoded({ ...HEADER, alg: 'none' })}.${encoded(CLAIMS)}.`],
    ['another algorithm', signed({ ...HEADER, alg: 'HS512' }, CLAIMS, OLD, 'sha512')],
    ['another kind of token', signed({ alg: 'HS256', typ: 'JWT' }, CLAIMS)],
    ['no kind', signed({ alg: 'HS256' }, CLAIMS)],
    ['no purpose', signed(HEADER, { ...CLAIMS, use: [] })],
    ['an unknown purpose', signed(HEADER, { ...CLAIMS, use: ['own'] })],
    ['no end', signed(HEADER, { ...CLAIMS, exp: undefined })],
    ['more claims', signed(HEADER, { ...CLAIMS, sub: 'x' })],
    ['a part too many', `${signed(HEADER, CLAIMS)}.x`],
    ['a part too few', signed(HEADER, CLAIMS).replace(/\.[^.]*$/, '')],
    ['no signature', signed(HEADER, CLAIMS).replace(/\.[^.]*$/, '.')],
    ['more than a token has', signed(HEADER, { ...CLAIMS, app: 'a'.repeat(1000) })],
    ['nothing', ''],
  ])('with %s is none', async (_, token) => {
    expect(await tokens.read(token)).toBeUndefined();
  });

  test('with any character of what it says or of its signature changed is none, or the same', async () => {
    const token = await tokens.write(link);
    const read = await tokens.read(token);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom('A', 'B', 'Z', 'a', '0', '9', '-', '_', '.', '~', '%', 'é'),
        async (at, character) => {
          fc.pre(token.charAt(at) !== character);
          const forged = token.slice(0, at) + character + token.slice(at + 1);
          // The last character of a signature has bits that nobody reads.
          const found = await tokens.read(forged);
          expect(at === token.length - 1 ? (found ?? read) : (found ?? null)).toEqual(
            at === token.length - 1 ? read : null,
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('secrets', () => {
  test.each<[string, unknown]>([
    [OLD, [OLD]],
    [`${NEW},${OLD}`, [NEW, OLD]],
    ['é'.repeat(16), ['é'.repeat(16)]],
    ['', undefined],
    ['s'.repeat(31), undefined],
    [`${NEW},`, undefined],
    [`${NEW},short`, undefined],
    [`${NEW},${OLD},${OTHER}`, undefined],
  ])('%j are %j', (text, secrets) => {
    expect(guestLinkSecrets(text)).toEqual(secrets);
  });

  test('that are too short are refused', () => {
    expect(() => createGuestLinkTokens(['short'])).toThrow(RangeError);
    expect(() => createGuestLinkTokens([NEW, 'short'])).toThrow(RangeError);
  });
});
