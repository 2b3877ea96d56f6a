import { describe, expect, test } from 'vitest';
import { createWebhookSender, dnsNames, mayBeReached } from '@reslot/adapters/webhooks';
import { nameServer } from './name-server.ts';
import { attemptAt, openSender, receiver } from './receivers.ts';

const PUBLIC = '93.184.215.14';
const FORBIDDEN = { kind: 'forbidden', message: 'must not lead to a private address' };

/** A receiver on loopback, and a sender that finds it under a name but may not go there. */
async function guarded(addressesOf: (name: string) => readonly string[] | undefined) {
  const { server, asked } = await nameServer(addressesOf);
  const { port, connections } = await receiver((_, response) => response.end('inside'));
  const names = dnsNames([server]);
  const sender = createWebhookSender({ allowHttp: true, timeoutMs: 5_000, names });
  const url = `http://hooks.example.com:${port}/`;
  return { sender, names, url, asked, connections };
}

describe('the guard', () => {
  test.each(['127.0.0.1', '10.0.0.1', '0:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:7f00:1', 'fd00:0:0:0:0:0:0:1'])(
    'lets nobody to a name that is at %s',
    async (address) => {
      const { sender, url, connections } = await guarded(() => [address]);
      expect(await sender.send(attemptAt(url))).toEqual(FORBIDDEN);
      expect(connections()).toBe(0);
    },
  );

  test.each([
    [[PUBLIC, '127.0.0.1']],
    [['127.0.0.1', PUBLIC]],
    [[PUBLIC, '0:0:0:0:0:0:0:1']],
    [['2606:2800:0:0:0:0:0:1', '127.0.0.1']],
  ])('lets nobody to a name with the addresses %j', async (addresses) => {
    const { sender, url, connections } = await guarded(() => addresses);
    expect(await sender.send(attemptAt(url))).toEqual(FORBIDDEN);
    expect(connections()).toBe(0);
  });

  test('looks again at a name that was public when the endpoint was saved', async () => {
    let address = PUBLIC;
    const { sender, names, url, connections } = await guarded(() => [address]);
    expect(await mayBeReached(url, { names })).toBeUndefined();
    address = '127.0.0.1';
    expect(await sender.send(attemptAt(url))).toEqual(FORBIDDEN);
    expect(await mayBeReached(url, { names })).toBe(FORBIDDEN.message);
    expect(connections()).toBe(0);
  });

  test('looks once for each attempt, and at every one', async () => {
    const { server, asked } = await nameServer(() => ['127.0.0.1']);
    const { port, connections } = await receiver((_, response) => response.end());
    const sender = openSender({ names: dnsNames([server]) });
    for (let number = 1; number <= 3; number += 1) {
      const outcome = await sender.send(attemptAt(`http://hooks.example.com:${port}/`, { number }));
      expect(outcome.kind).toBe('delivered');
      expect(asked.filter((question) => question === 'hooks.example.com 1')).toHaveLength(number);
    }
    expect(connections()).toBe(3);
  });

  test('is not asked where the inside is allowed', async () => {
    const { port } = await receiver((_, response) => response.end());
    expect(await openSender().send(attemptAt(`http://localhost:${port}/`))).toMatchObject({
      kind: 'delivered',
    });
    expect(
      await createWebhookSender({ allowHttp: true }).send(attemptAt(`http://localhost:${port}/`)),
    ).toEqual(FORBIDDEN);
  });
});

describe('a name', () => {
  test('that does not exist', async () => {
    const { sender, url } = await guarded(() => []);
    expect(await sender.send(attemptAt(url))).toEqual({ kind: 'unreachable', fault: 'dns' });
    const names = () => Promise.reject(new Error('SERVFAIL'));
    expect(await openSender({ names }).send(attemptAt(url))).toEqual({ kind: 'unreachable', fault: 'dns' });
  });

  test('whose server does not answer delays no other', async () => {
    const { server } = await nameServer((name) => (name.startsWith('hangs') ? undefined : ['127.0.0.1']));
    const { port } = await receiver((_, response) => response.end());
    const sender = openSender({ timeoutMs: 2_000, names: dnsNames([server]) });
    let settled = 0;
    const hanging = Array.from({ length: 20 }, async (_, index) => {
      const outcome = await sender.send(attemptAt(`http://hangs-${index}.example.com:${port}/`));
      settled += 1;
      return outcome;
    });
    const outcome = await sender.send(attemptAt(`http://works.example.com:${port}/`));
    expect([outcome.kind, settled]).toEqual(['delivered', 0]);
    for (const one of await Promise.all(hanging))
      expect(one).toEqual({ kind: 'unreachable', fault: 'timeout' });
  });
});
