import type { TlsOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { AUTHORITY } from './certificates.ts';
import { attemptAt, openSender, receiver, secureReceiver } from './receivers.ts';

const TLS = { kind: 'unreachable', fault: 'tls' };
const names = async () => ['127.0.0.1'];

async function secure(host: string, options: TlsOptions = {}) {
  const { port, received } = await secureReceiver(options, (_, response) => response.end());
  return { attempt: attemptAt(`https://${host}:${port}/`), received };
}

describe('TLS', () => {
  test('with a certificate of the name, by a trusted authority', async () => {
    const { attempt, received } = await secure('hooks.example.test');
    expect(await openSender({ names, ca: AUTHORITY }).send(attempt)).toMatchObject({ kind: 'delivered' });
    expect(received).toHaveLength(1);
  });

  test('with a certificate that nobody trusts', async () => {
    const { attempt, received } = await secure('hooks.example.test');
    expect(await openSender({ names }).send(attempt)).toEqual(TLS);
    expect(received).toEqual([]);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'with a certificate of another name, however often: %s',
    async (version) => {
      const { attempt, received } = await secure('other.example.test', {
        minVersion: version,
        maxVersion: version,
      });
      const sender = openSender({ names, ca: AUTHORITY });
      for (let number = 1; number <= 3; number += 1) {
        expect(await sender.send({ ...attempt, number })).toEqual(TLS);
      }
      expect(received).toEqual([]);
    },
  );

  test('with a certificate of a name, at an address', async () => {
    const { attempt } = await secure('127.0.0.1');
    expect(await openSender({ ca: AUTHORITY }).send(attempt)).toEqual(TLS);
  });

  test('without a protocol in common', async () => {
    const { attempt } = await secure('hooks.example.test', {
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    expect(await openSender({ names, ca: AUTHORITY }).send(attempt)).toEqual(TLS);
  });

  test('where a certificate of the sender is asked for', async () => {
    const { attempt } = await secure('hooks.example.test', {
      requestCert: true,
      rejectUnauthorized: true,
      ca: AUTHORITY,
    });
    expect((await openSender({ names, ca: AUTHORITY }).send(attempt)).kind).toBe('unreachable');
  });

  test('at a port that speaks plain HTTP', async () => {
    const { port } = await receiver((_, response) => response.end());
    expect(await openSender({ names }).send(attemptAt(`https://hooks.example.test:${port}/`))).toEqual(TLS);
  });
});
