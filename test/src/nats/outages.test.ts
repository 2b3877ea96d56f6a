import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freezable } from '../engines/freezable.ts';
import { listening } from '../webhooks/receivers.ts';
import { broker, ownBrokers, publisher, renamed } from './brokers.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

const PUBLISHED = { kind: 'published', duplicate: false };
const COPY = { kind: 'published', duplicate: true };
const unreachable = (fault: string) => ({ kind: 'unreachable', fault });
/** Longer than any exchange on loopback takes. */
const timeoutMs = 1000;

/** How many messages a stream has, read on a connection of its own. */
async function countOn(url: string): Promise<number> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  const manager = await jetstreamManager(connection);
  return (await manager.streams.info('RESLOT')).state.messages;
}

/** Whatever listens there; gives its place. */
async function peer(greet: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    greet(socket);
  });
  const port = await listening(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${port}`;
}

/** Lines for a broker's file; the certificate is that of `localhost`. */
function tlsConfig(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reslot-nats-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, CERTIFICATE);
  writeFileSync(key, KEY);
  return `tls { cert_file: "${cert}", key_file: "${key}" }`;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

describe.skipIf(!ownBrokers)('a broker', () => {
  test('that is stopped cannot be reached, and is published to when it is back', async () => {
    const { url, stop, start } = await broker();
    const { publish } = publisher({ servers: [url], timeoutMs });
    expect(await publish(renamed(1))).toEqual(PUBLISHED);
    await stop();
    for (const seq of [2, 3]) expect(await publish(renamed(seq))).toEqual(unreachable('connection'));
    await start();
    expect(await publish(renamed(2))).toEqual(PUBLISHED);
    expect(await publish(renamed(1))).toEqual(COPY);
    expect(await countOn(url)).toBe(2);
  });

  test('that breaks off while a message is under way is known to have, before the time is over', async () => {
    const { url } = await broker();
    const way = await freezable(url, 'HPUB');
    const { publish, ready } = publisher({ servers: [way.url], timeoutMs: 60_000 });
    await ready();
    const outcome = publish(renamed(1));
    way.close();
    expect(await outcome).toEqual(unreachable('connection'));
  });

  test('whose answer is lost is given up in time; what was stored is a copy later', async () => {
    const { url } = await broker();
    const way = await freezable(url, 'HPUB');
    onTestFinished(way.close);
    const { publish } = publisher({ servers: [way.url], timeoutMs });
    const took = await milliseconds(async () => {
      expect(await publish(renamed(1))).toEqual(unreachable('timeout'));
    });
    expect(took).toBeLessThan(2 * timeoutMs);
    expect(await publisher({ servers: [url] }).publish(renamed(1))).toEqual(COPY);
    expect(await countOn(url)).toBe(1);
  });

  test('that is reached too late gets nothing of what was given up', async () => {
    const { url } = await broker();
    const { publish, ready } = publisher({ servers: [await peer(() => {}), url], timeoutMs: 300 });
    expect(await publish(renamed(1))).toEqual(unreachable('timeout'));
    expect(await ready()).toEqual({ kind: 'ready' });
    expect(await countOn(url)).toBe(0);
    expect(await publish(renamed(1))).toEqual(PUBLISHED);
  });

  test('behind several that say nothing is not waited for any longer', async () => {
    const silent = await peer(() => {});
    const { url } = await broker();
    const { publish } = publisher({ servers: [silent, silent, silent, silent, url], timeoutMs: 500 });
    const took = await milliseconds(async () => {
      expect(await publish(renamed(1))).toEqual(unreachable('timeout'));
    });
    expect(took).toBeLessThan(1500);
  });

  test('without JetStream keeps nothing', async () => {
    const { url } = await broker('', 'disabled');
    for (const manageStream of [true, false]) {
      const { publish } = publisher({ servers: [url], manageStream });
      expect(await publish(renamed(1))).toEqual(unreachable('no_stream'));
    }
  });

  test('keeps nothing for an account without JetStream', async () => {
    const { url } = await broker('accounts { ours { users: [{ user: u, password: p }] } }');
    for (const manageStream of [true, false]) {
      const credentials = { user: 'u', password: 'p' };
      const { publish } = publisher({ servers: [url], manageStream, credentials });
      expect(await publish(renamed(1))).toEqual(unreachable('no_stream'));
    }
  });

  test('without an address is not found', async () => {
    // Longer than a name may be: nobody is asked for it.
    const { publish } = publisher({ servers: [`${'x'.repeat(64)}.invalid`], timeoutMs });
    expect(await publish(renamed(1))).toEqual(unreachable('dns'));
  });

  test('lets in who has its credentials', async () => {
    const { url } = await broker('authorization { user: u, password: p }');
    const as = (credentials?: { user: string; password: string }) =>
      publisher({ servers: [url], timeoutMs, ...(credentials && { credentials }) }).publish(renamed(1));
    expect(await as()).toEqual(unreachable('credentials'));
    expect(await as({ user: 'u', password: 'x' })).toEqual(unreachable('credentials'));
    expect(await as({ user: 'u', password: 'p' })).toEqual(PUBLISHED);
  });

  test('lets in who has its token', async () => {
    const { url } = await broker('authorization { token: t }');
    const { publish } = publisher({ servers: [url], timeoutMs, credentials: { token: 't' } });
    expect(await publish(renamed(1))).toEqual(PUBLISHED);
  });

  test('says by name what it does not permit', async () => {
    const { url } = await broker(
      'authorization { users: [{ user: u, password: p, permissions: { publish: { deny: "reslot.>" } } }] }',
    );
    const credentials = { user: 'u', password: 'p' };
    const { publish } = publisher({ servers: [url], timeoutMs, credentials });
    expect(await publish(renamed(1))).toEqual({
      kind: 'refused',
      message: expect.stringContaining('Permissions Violation for Publish to "reslot.app%2E1.'),
    });
  });

  test('need permit no more than to publish and to be answered, where the stream is somebody else’s', async () => {
    const { url } = await broker(
      'authorization { users: [{ user: admin, password: p }, { user: u, password: p, permissions: { publish: "reslot.>", subscribe: "_INBOX.>" } }] }',
    );
    const as = (user: string, manageStream?: boolean) =>
      publisher({ servers: [url], timeoutMs, credentials: { user, password: 'p' }, manageStream });
    expect(await as('u').ready()).toEqual({
      kind: 'refused',
      message: expect.stringContaining('Permissions Violation for Publish to "$JS.API.STREAM.INFO.RESLOT"'),
    });
    expect(await as('admin').ready()).toEqual({ kind: 'ready' });
    expect(await as('u', false).publish(renamed(1))).toEqual(PUBLISHED);
  });

  test('is spoken to by TLS where that is asked for, and never without', async () => {
    const plain = await broker();
    const secret = await broker(tlsConfig());
    const { port } = new URL(secret.url);
    const to = (url: string, tls?: { ca?: string }) =>
      publisher({ servers: [url], timeoutMs, ...(tls && { tls }) }).publish(renamed(1));
    expect(await to(`localhost:${port}`, { ca: CERTIFICATE })).toEqual(PUBLISHED);
    expect(await to(`localhost:${port}`, {})).toEqual(unreachable('tls'));
    expect(await to(plain.url, { ca: CERTIFICATE })).toEqual(unreachable('tls'));
  });

  test('that is one of several may be away', async () => {
    const [away, there] = [await broker(), await broker()];
    await away.stop();
    for (let times = 0; times < 5; times += 1) {
      const { publish } = publisher({ servers: [away.url, there.url], timeoutMs });
      expect(await publish(renamed(times + 1))).toEqual(PUBLISHED);
    }
  });
});

describe('what is no broker', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => {}, 'timeout'],
    ['speaks another language', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
    ['hangs up', (socket) => socket.end(), 'connection'],
    ['hangs up hard', (socket) => socket.resetAndDestroy(), 'connection'],
    ['begins, and breaks off', (socket) => socket.end('INFO {"server_id":'), 'connection'],
    [
      'greets, and says nothing more',
      (socket) => socket.write('INFO {"version":"2.9.10","proto":1,"headers":true}\r\n'),
      'timeout',
    ],
    ['greets with nonsense', (socket) => socket.write('INFO {"max\r\n'), 'protocol'],
  ])('and %s is given up in time', async (_, greet, fault) => {
    const { publish, close } = publisher({ servers: [await peer(greet)], timeoutMs: 300 });
    const took = await milliseconds(async () => {
      expect(await publish(renamed(1))).toEqual(unreachable(fault));
    });
    expect(took).toBeLessThan(2000);
    await close();
  });
});

describe.skipIf(!ownBrokers)('a publisher', () => {
  test('that is closed gives up what is under way, and takes nothing more', async () => {
    const way = await freezable((await broker()).url, 'HPUB');
    onTestFinished(way.close);
    const { publish, ready, close } = publisher({ servers: [way.url], timeoutMs: 20_000 });
    await ready();
    const outcome = publish(renamed(1));
    await close();
    expect(await outcome).toEqual(unreachable('connection'));
    for (const seq of [2, 3]) expect(await publish(renamed(seq))).toEqual(unreachable('connection'));
  });
});
