import type { Key } from '@reslot/core';
import { expect, test } from 'vitest';
import { fixedClock } from '../clock/index.ts';
import { cachedKeys, KEY_LIFE } from './credential-cache.ts';

const plain = { secretDigest: '', scopes: [], createdAt: 0, expiresAt: null, revokedAt: null };

/** A store that counts what it is asked. */
function counted(keys: Map<string, Key>) {
  const asked: string[] = [];
  const key = async (id: string) => {
    asked.push(id);
    return keys.get(id);
  };
  return { asked, key };
}

test('however many requests bear a key, the store is asked once in its life', async () => {
  const keys = new Map<string, Key>([['k', { id: 'k', appId: 'app', ...plain }]]);
  const [store, clock] = [counted(keys), fixedClock(0)];
  const cache = cachedKeys(store, clock);
  await Promise.all([cache.key('k'), cache.key('k')]);
  clock.advance(KEY_LIFE - 1);
  await cache.key('k');
  expect(store.asked).toEqual(['k']);

  keys.set('k', { id: 'k', appId: 'app', ...plain, revokedAt: 1 });
  clock.advance(1);
  expect(await cache.key('k')).toMatchObject({ revokedAt: 1 });
});

test('a key that is not there is not remembered as missing', async () => {
  const keys = new Map<string, Key>();
  const cache = cachedKeys(counted(keys), fixedClock(0));
  expect(await cache.key('k')).toBeUndefined();
  keys.set('k', { id: 'k', appId: 'app', ...plain });
  expect(await cache.key('k')).toMatchObject({ id: 'k' });
});

test('an outage is not remembered', async () => {
  let broken = true;
  const cache = cachedKeys(
    {
      async key(id) {
        if (broken) throw new Error('away');
        return { id, appId: 'app', ...plain };
      },
    },
    fixedClock(0),
  );
  await expect(cache.key('k')).rejects.toThrow('away');
  broken = false;
  expect(await cache.key('k')).toMatchObject({ id: 'k' });
});
