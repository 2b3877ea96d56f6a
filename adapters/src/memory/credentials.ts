import type { CredentialStore } from '@reslot/core';
import type { MemoryDatabase } from './database.ts';

export function memoryCredentials(db: MemoryDatabase): CredentialStore {
  return {
    async addApp(app) {
      if (db.apps.has(app.id)) return 'exists';
      db.apps.set(app.id, app);
      return 'added';
    },
    async app(id) {
      return db.apps.get(id);
    },
    async addKey(key) {
      db.keys.set(key.id, key);
    },
    async key(id) {
      return db.keys.get(id);
    },
    async keys(appId) {
      return [...db.keys.values()].filter((key) => appId === undefined || key.appId === appId);
    },
    async revokeKey(id, at) {
      const key = db.keys.get(id);
      if (!key) return 'unknown';
      if (key.revokedAt === null) db.keys.set(id, { ...key, revokedAt: at });
      return 'revoked';
    },
    async rotateKey(id, secretDigest, until) {
      const key = db.keys.get(id);
      if (!key) return 'unknown';
      if (key.revokedAt !== null) return 'revoked';
      db.keys.set(id, { ...key, secretDigest, previous: { secretDigest: key.secretDigest, until } });
      return 'rotated';
    },
    async expireKey(id, expiresAt) {
      const key = db.keys.get(id);
      if (!key) return 'unknown';
      db.keys.set(id, { ...key, expiresAt });
      return 'set';
    },
    async noteUse(id, at) {
      const key = db.keys.get(id);
      if (key && (key.lastUsedAt ?? at) <= at) db.keys.set(id, { ...key, lastUsedAt: at });
    },
  };
}
