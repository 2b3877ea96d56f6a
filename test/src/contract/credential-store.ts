import type { CredentialStore, Key } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

export interface CredentialsHarness {
  readonly credentials: CredentialStore;
  close(): Promise<void>;
}

/** Every obligation of the port `CredentialStore`. */
export function credentialStoreContract(name: string, open: () => Promise<CredentialsHarness>): void {
  describe(`credential store: ${name}`, () => {
    let harness: CredentialsHarness;
    let store: CredentialStore;

    beforeAll(async () => {
      harness = await open();
      store = harness.credentials;
    });
    afterAll(() => harness?.close());

    const key = (id: string, over: Partial<Key> = {}): Key => ({
      id,
      appId: 'app',
      secretDigest: 'ab'.repeat(32),
      scopes: ['scheduling:read', 'webhooks:manage'],
      createdAt: 1_900_000_000_000,
      expiresAt: null,
      revokedAt: null,
      previous: null,
      lastUsedAt: null,
      ...over,
    });

    test('an app is added once', async () => {
      const app = { id: 'app', name: 'Ünïcode & Söhne', createdAt: 1_900_000_000_000 };
      expect(await store.app('app')).toBeUndefined();
      expect(await store.addApp(app)).toBe('added');
      expect(await store.addApp({ ...app, name: 'another' })).toBe('exists');
      expect(await store.app('app')).toEqual(app);
    });

    test('a key is found by its id, exactly', async () => {
      const one = key('key_one', { expiresAt: 1_900_000_100_000 });
      await store.addKey(one);
      await store.addKey(key('key_two', { appId: 'other', scopes: [], createdAt: 1_900_000_000_001 }));
      expect(await store.key('key_one')).toEqual(one);
      expect(await store.key('KEY_ONE')).toBeUndefined();
      expect(await store.key('key_on')).toBeUndefined();
    });

    test('keys are listed in the order of their creation, of one app or of all', async () => {
      expect((await store.keys()).map(({ id }) => id)).toEqual(['key_one', 'key_two']);
      expect((await store.keys('other')).map(({ id }) => id)).toEqual(['key_two']);
      expect(await store.keys('none')).toEqual([]);
    });

    test('a key is revoked once, and stays', async () => {
      expect(await store.revokeKey('key_two', 1_900_000_200_000)).toBe('revoked');
      expect(await store.revokeKey('key_two', 1_900_000_300_000)).toBe('revoked');
      expect((await store.key('key_two'))?.revokedAt).toBe(1_900_000_200_000);
      expect((await store.key('key_one'))?.revokedAt).toBeNull();
      expect(await store.revokeKey('key_none', 1)).toBe('unknown');
    });

    test('a key is stored with all that it has', async () => {
      const whole = key('key_whole', {
        previous: { secretDigest: 'ef'.repeat(32), until: 1_900_000_500_000 },
        expiresAt: 1_900_000_600_000,
        lastUsedAt: 1_900_000_400_000,
      });
      await store.addKey(whole);
      expect(await store.key('key_whole')).toEqual(whole);
    });

    test('a rotation keeps the secret before it for a while, and only that', async () => {
      const before = key('key_turned');
      await store.addKey(before);
      expect(await store.rotateKey('key_turned', 'cd'.repeat(32), 1_900_000_400_000)).toBe('rotated');
      const once = {
        ...before,
        secretDigest: 'cd'.repeat(32),
        previous: { secretDigest: 'ab'.repeat(32), until: 1_900_000_400_000 },
      };
      expect(await store.key('key_turned')).toEqual(once);
      expect(await store.rotateKey('key_turned', 'ef'.repeat(32), 1_900_000_500_000)).toBe('rotated');
      expect(await store.key('key_turned')).toEqual({
        ...once,
        secretDigest: 'ef'.repeat(32),
        previous: { secretDigest: 'cd'.repeat(32), until: 1_900_000_500_000 },
      });
    });

    test('a key that is revoked gets no new secret', async () => {
      const revoked = key('key_ended', { revokedAt: 1_900_000_100_000 });
      await store.addKey(revoked);
      expect(await store.rotateKey('key_ended', 'cd'.repeat(32), 1_900_000_400_000)).toBe('revoked');
      expect(await store.key('key_ended')).toEqual(revoked);
      expect(await store.rotateKey('key_none', 'cd'.repeat(32), 1)).toBe('unknown');
    });

    test('the end of a key can be set, put off and taken away', async () => {
      for (const end of [1_900_000_700_000, 1_900_000_800_000, 1_900_000_800_000, null]) {
        expect(await store.expireKey('key_turned', end)).toBe('set');
        expect((await store.key('key_turned'))?.expiresAt).toBe(end);
      }
      expect(await store.expireKey('key_none', 1)).toBe('unknown');
    });

    test('the latest use of a key is noted', async () => {
      for (const [at, latest] of [
        [1_900_000_100_000, 1_900_000_100_000],
        [1_900_000_300_000, 1_900_000_300_000],
        [1_900_000_200_000, 1_900_000_300_000],
      ] as const) {
        await store.noteUse('key_turned', at);
        expect((await store.key('key_turned'))?.lastUsedAt).toBe(latest);
      }
      expect((await store.key('key_one'))?.lastUsedAt).toBeNull();
      await store.noteUse('key_none', 1);
      expect(await store.key('key_none')).toBeUndefined();
    });
  });
}
