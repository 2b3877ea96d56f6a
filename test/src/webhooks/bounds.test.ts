import { setImmediate } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attemptAt, listening, openSender, receiver } from './receivers.ts';

const SHORT = { timeoutMs: 500 };

/** Writes a byte every few milliseconds, for as long as somebody listens. */
function drip(out: ServerResponse | Socket, byte: string): void {
  const timer = setInterval(() => out.write(byte), 20);
  out.on('close', () => clearInterval(timer));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

describe('a receiver cannot hold up an attempt', () => {
  test('by never answering', async () => {
    const { url, open } = await receiver(() => undefined);
    expect(await openSender(SHORT).send(attemptAt(url))).toEqual({ kind: 'unreachable', fault: 'timeout' });
    await until(() => open() === 0);
  });

  test('by a head of a byte at a time', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      drip(socket, 'x');
    });
    const port = await listening(server);
    onTestFinished(() => void server.close());
    expect(await openSender(SHORT).send(attemptAt(`http://127.0.0.1:${port}/`))).toEqual({
      kind: 'unreachable',
      fault: 'timeout',
    });
  });

  test('by a body of a byte at a time', async () => {
    const { url, open } = await receiver((_, response) => drip(response.writeHead(200), 'x'));
    expect(await openSender(SHORT).send(attemptAt(url))).toEqual({ kind: 'unreachable', fault: 'too_slow' });
    await until(() => open() === 0);
  });

  test('by never shaking hands', async () => {
    const server = createServer();
    const port = await listening(server);
    const sockets: Socket[] = [];
    server.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    expect(await openSender(SHORT).send(attemptAt(`https://127.0.0.1:${port}/`))).toEqual({
      kind: 'unreachable',
      fault: 'timeout',
    });
  });

  test('by a name that is never found', async () => {
    const names = () => new Promise<string[]>(() => undefined);
    expect(await openSender({ ...SHORT, names }).send(attemptAt('http://hooks.example.test/'))).toEqual({
      kind: 'unreachable',
      fault: 'timeout',
    });
  });

  test('by a body without an end: its status counts', async () => {
    const endless = await receiver((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(1000)));
      };
      response.writeHead(202).on('drain', more);
      more();
    });
    expect(await openSender().send(attemptAt(endless.url))).toEqual({
      kind: 'delivered',
      status: 202,
      excerpt: 'x'.repeat(1024),
    });
    await until(() => endless.open() === 0);
  });

  test('by 4096 bytes and then silence, but by 4095', async () => {
    const silent = await receiver((_, response) => void response.writeHead(500).write('x'.repeat(4096)));
    expect(await openSender(SHORT).send(attemptAt(silent.url))).toMatchObject({
      kind: 'refused',
      status: 500,
    });
    const short = await receiver((_, response) => void response.writeHead(500).write('x'.repeat(4095)));
    expect(await openSender(SHORT).send(attemptAt(short.url))).toMatchObject({ fault: 'too_slow' });
  });
});

describe('connections', () => {
  test('are one for each attempt, and closed after it', async () => {
    const { url, received, connections, open } = await receiver((_, response) => response.end('ok'));
    const sender = openSender();
    for (let number = 1; number <= 3; number += 1) await sender.send(attemptAt(url, { number }));
    expect(connections()).toBe(3);
    expect(received.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
    await until(() => open() === 0);
  });

  test('to one host are so many at a time, and all get their turn', async () => {
    let served = 0;
    let mostServed = 0;
    const { url, received } = await receiver((_, response) => {
      served += 1;
      mostServed = Math.max(mostServed, served);
      setTimeout(() => {
        served -= 1;
        response.end();
      }, 5);
    });
    const sender = openSender({ connectionsPerHost: 2 });
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => sender.send(attemptAt(url, { messageId: `msg_${index}` }))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 12 }, () => 'delivered'));
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
    expect(mostServed).toBe(2);
  });

  test('that hang at one host do not delay another', async () => {
    const hangs = await receiver(() => undefined);
    const works = await receiver((_, response) => response.end());
    const sender = openSender({ timeoutMs: 2_000, connectionsPerHost: 3, names: async () => ['127.0.0.1'] });
    let settled = 0;
    const hanging = Array.from({ length: 30 }, async () => {
      const outcome = await sender.send(attemptAt(`http://hangs.example.test:${hangs.port}/`));
      settled += 1;
      return outcome;
    });
    await until(() => hangs.open() === 3);
    const all = Array.from({ length: 20 }, () =>
      sender.send(attemptAt(`http://works.example.test:${works.port}/`)),
    );
    for (const outcome of await Promise.all(all)) expect(outcome.kind).toBe('delivered');
    expect([settled, hangs.connections()]).toEqual([0, 3]);

    const outcomes = await Promise.all(hanging);
    const ending = (fault: string) =>
      outcomes.filter((one) => one.kind === 'unreachable' && one.fault === fault).length;
    // A place that is given up may go to somebody who is still waiting, who then has all his time.
    expect(ending('timeout')).toBe(hangs.connections());
    expect(ending('timeout')).toBeLessThanOrEqual(6);
    expect(ending('busy')).toBe(30 - ending('timeout'));
    // The places are free again.
    expect(await sender.send(attemptAt(`http://hangs.example.test:${works.port}/`))).toMatchObject({
      kind: 'delivered',
    });
  });
});
