import type { Clock, CredentialStore, Key } from '@reslot/core';

/** Milliseconds that a key is believed to be as it was read; so long can a revocation go unnoticed. */
export const KEY_LIFE = 5_000;
const MAX_KEYS = 10_000;

interface Read {
  readonly key: Promise<Key | undefined>;
  readonly until: number;
}

/** Asks `store` for a key at most once in its life, however many requests bear it. Keys that are not there are not kept. */
export function cachedKeys(store: Pick<CredentialStore, 'key'>, clock: Clock): Pick<CredentialStore, 'key'> {
  const reads = new Map<string, Read>();

  function read(id: string): Promise<Key | undefined> {
    const key = store.key(id);
    const forget = () => {
      if (reads.get(id)?.key === key) reads.delete(id);
    };
    key.then((found) => found ?? forget(), forget);
    const [oldest] = reads.keys();
    if (reads.size >= MAX_KEYS && oldest !== undefined) reads.delete(oldest);
    reads.delete(id);
    reads.set(id, { key, until: clock.now() + KEY_LIFE });
    return key;
  }

  return {
    key(id) {
      const known = reads.get(id);
      return known && clock.now() < known.until ? known.key : read(id);
    },
  };
}
