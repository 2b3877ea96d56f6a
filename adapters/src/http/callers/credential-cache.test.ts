import type { Key } from '@reslot/core';
import { expect, test } from 'vitest';
import { fixedClock } from '../../clock/index.ts';
import { cachedKeys, KEY_LIFE } from './credential-cache.ts';

const HOUR = 3_600_000;

const keyOf = (id: string, over: Partial<Key> = {}): Key => ({
  id,
  appId: 'app',
  secretDigest: '',
  previous: null,
  scopes: [],
  createdAt: 0,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  ...over,
});

/** A store that counts what it is asked; `hold` keeps its answers back until it is let go. */
function counted(keys: Map<string, Key>, hold: Promise<void> = Promise.resolve()) {
  const asked: string[] = [];
  const noted: [string, number][] = [];
  return {
    asked,
    noted,
    async key(id: string) {
      asked.push(id);
      await hold;
      return keys.get(id);
    },
    async noteUse(id: string, at: number) {
      noted.push([id, at]);
      await hold;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('however many requests bear a key, the store is asked once in its life', async () => {
  const keys = new Map([['k', keyOf('k')]]);
  const [store, clock] = [counted(keys), fixedClock(0)];
  const cache = cachedKeys(store, clock);
  await Promise.all([cache.key('k'), cache.key('k')]);
  clock.advance(KEY_LIFE - 1);
  await cache.key('k');
  expect(store.asked).toEqual(['k']);

  keys.set('k', keyOf('k', { revokedAt: 1 }));
  clock.advance(1);
  expect(await cache.key('k')).toMatchObject({ revokedAt: 1 });
});

test('the life of a key begins when it is asked for, however late the answer comes', async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const [store, clock] = [counted(new Map([['k', keyOf('k')]]), hold), fixedClock(0)];
  const cache = cachedKeys(store, clock);
  const first = cache.key('k');
  clock.advance(KEY_LIFE);
  letGo();
  await first;
  await cache.key('k');
  expect(store.asked).toEqual(['k', 'k']);
});

test('a key that is not there is not remembered as missing', async () => {
  const keys = new Map<string, Key>();
  const cache = cachedKeys(counted(keys), fixedClock(0));
  expect(await cache.key('k')).toBeUndefined();
  keys.set('k', keyOf('k'));
  expect(await cache.key('k')).toMatchObject({ id: 'k' });
});

test('guesses do not take the places of keys that were found before', async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const [keys, clock] = [new Map([['k', keyOf('k')]]), fixedClock(0)];
  let held = Promise.resolve();
  const cache = cachedKeys({ ...counted(keys), key: (id) => held.then(() => keys.get(id)) }, clock);
  await cache.key('k');
  clock.advance(KEY_LIFE);
  held = hold;
  const guesses = Array.from({ length: 128 }, (_, n) => cache.key(`guess ${n}`));
  await expect(cache.key('one more')).rejects.toThrow('too many credentials');
  const again = cache.key('k');
  letGo();
  expect(await again).toMatchObject({ id: 'k' });
  await Promise.all(guesses);
});

test('an outage is not remembered', async () => {
  let broken = true;
  const store = {
    async key(id: string) {
      if (broken) throw new Error('away');
      return keyOf(id);
    },
    noteUse: async () => {},
  };
  const cache = cachedKeys(store, fixedClock(0));
  await expect(cache.key('k')).rejects.toThrow('away');
  broken = false;
  expect(await cache.key('k')).toMatchObject({ id: 'k' });
});

test('a flood of keys that are not there drives no key out', async () => {
  const store = counted(new Map([['k', keyOf('k')]]));
  const cache = cachedKeys(store, fixedClock(0));
  await cache.key('k');
  for (let wave = 0; wave < 200; wave += 1)
    await Promise.all(Array.from({ length: 100 }, (_, at) => cache.key(`guess-${wave}-${at}`)));
  await cache.key('k');
  expect(store.asked.filter((id) => id === 'k')).toEqual(['k']);
});

test('what is kept has a bound: the oldest key goes first', async () => {
  const keys = new Map(Array.from({ length: 10_001 }, (_, at) => [`k${at}`, keyOf(`k${at}`)]));
  const store = counted(keys);
  const cache = cachedKeys(store, fixedClock(0));
  for (const id of keys.keys()) await cache.key(id);
  await cache.key('k1');
  expect(store.asked).toHaveLength(10_001);
  await cache.key('k0');
  expect(store.asked).toHaveLength(10_002);
});

test('what is looked up at once has a bound; what is known is answered beside it', async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const known = keyOf('k');
  let isHeld = false;
  const store = {
    async key(id: string) {
      if (isHeld) await hold;
      return id === 'k' ? known : undefined;
    },
    noteUse: async () => {},
  };
  const cache = cachedKeys(store, fixedClock(0));
  await cache.key('k');
  isHeld = true;
  const guesses = Array.from({ length: 128 }, (_, at) => cache.key(`guess-${at}`));
  await expect(cache.key('one more')).rejects.toMatchObject({ problem: { status: 503 } });
  expect(await cache.key('k')).toBe(known);
  letGo();
  await Promise.all(guesses);
  expect(await cache.key('one more')).toBeUndefined();
});

test('the use of a key is noted once an hour', async () => {
  const keys = new Map([['k', keyOf('k')]]);
  const [store, clock] = [counted(keys), fixedClock(HOUR)];
  const cache = cachedKeys(store, clock);
  const use = async () => {
    const key = await cache.key('k');
    if (key) cache.used(key, clock.now());
    await settled();
  };
  await use();
  await use();
  expect(store.noted).toEqual([['k', HOUR]]);

  keys.set('k', keyOf('k', { lastUsedAt: HOUR }));
  clock.advance(HOUR - 1);
  await use();
  expect(store.noted).toHaveLength(1);
  clock.advance(KEY_LIFE);
  await use();
  expect(store.noted.slice(1)).toEqual([['k', 2 * HOUR - 1 + KEY_LIFE]]);
});

test('a use that cannot be noted is tried again when the key is read again, and hurts nobody', async () => {
  let tries = 0;
  const store = {
    key: async (id: string) => keyOf(id),
    async noteUse() {
      tries += 1;
      throw new Error('away');
    },
  };
  const clock = fixedClock(0);
  const cache = cachedKeys(store, clock);
  for (const life of [0, 0, KEY_LIFE, 0]) {
    clock.advance(life);
    const key = await cache.key('k');
    if (key) cache.used(key, clock.now());
    await settled();
  }
  expect(tries).toBe(2);
});

test('few uses are noted at a time; the others are not lost', async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const noted: string[] = [];
  const store = {
    key: async (id: string) => keyOf(id),
    async noteUse(id: string) {
      noted.push(id);
      await hold;
    },
  };
  const cache = cachedKeys(store, fixedClock(0));
  const use = async () => {
    for (let at = 0; at < 10; at += 1) {
      const key = await cache.key(`k${at}`);
      if (key) cache.used(key, 0);
    }
  };
  await use();
  expect(noted).toHaveLength(8);
  letGo();
  await settled();
  await use();
  expect(noted.toSorted()).toEqual(Array.from({ length: 10 }, (_, at) => `k${at}`));
});
