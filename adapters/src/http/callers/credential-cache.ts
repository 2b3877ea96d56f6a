import type { Clock, CredentialStore, Instant, Key } from '@reslot/core';
import { remembering } from '../remembering.ts';

/** Milliseconds that a key is believed to be as it was read; so long can a revocation go unnoticed. */
export const KEY_LIFE = 5_000;
const KEYS = { life: KEY_LIFE, most: 10_000, mostAsked: 128 };

/** The last use of a key is told to the hour: a write an hour for each key and server, and none on the way of a request. */
const USE_GRAIN = 3_600_000;
const MOST_NOTES = 8;

/** Where keys are looked up, and their use is noted. */
export interface Keys {
  key(id: string): Promise<Key | undefined>;
  /** Has the use of a key noted, if that is due. Nobody waits for it; what fails is tried when the key is read again. */
  used(key: Key, at: Instant): void;
}

export function cachedKeys(store: Pick<CredentialStore, 'key' | 'noteUse'>, clock: Clock): Keys {
  const noted = new WeakSet<Key>();
  let underWay = 0;

  return {
    key: remembering((id) => store.key(id), clock, KEYS),
    used(key, at) {
      const isDue = key.lastUsedAt === null || at - key.lastUsedAt >= USE_GRAIN;
      if (!isDue || noted.has(key) || underWay >= MOST_NOTES) return;
      noted.add(key);
      underWay += 1;
      const done = () => {
        underWay -= 1;
      };
      store.noteUse(key.id, at).then(done, done);
    },
  };
}
