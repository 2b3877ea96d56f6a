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
  });
}
