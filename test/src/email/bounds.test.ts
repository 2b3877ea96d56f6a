import { setImmediate } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { channelTo, mailServer, reminderOf, scripted, type Script } from './receivers.ts';

const SHORT = { timeoutMs: 400 };
const TIMEOUT = { kind: 'unreachable', fault: 'timeout' };

/** Says a byte every few milliseconds, and never comes to an end in time. */
function drip(socket: Socket, text: string): void {
  const bytes = Array.from(text);
  const timer = setInterval(() => socket.write(bytes.shift() ?? '\u0000'), 50);
  socket.on('close', () => clearInterval(timer));
}

describe('a server cannot hold up an attempt', () => {
  test.each<[how: string, script: Script]>([
    ['by never greeting', { greeting: '' }],
    ['by a greeting of a byte at a time', { greeting: '220 a greeting that takes its time', say: drip }],
    ['by never taking the sender', { answers: { MAIL: '' } }],
    ['by never taking the recipient', { answers: { RCPT: '' } }],
    ['by never saying whether it took the mail', { answers: { '.': '' } }],
    [
      'by a reply without an end',
      {
        answers: { RCPT: '250' },
        say: (socket, text) => (text === '250\r\n' ? drip(socket, '250-'.repeat(100)) : socket.write(text)),
      },
    ],
  ])('%s', async (_, script) => {
    const server = await scripted(script);
    const began = performance.now();
    expect(await channelTo(server.url, SHORT).send(reminderOf())).toEqual(TIMEOUT);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('and a place that it held is free again', async () => {
    let hangs = true;
    const server = await scripted({
      say: (socket, text) => void (hangs || socket.write(text)),
    });
    const channel = channelTo(server.url, { ...SHORT, connections: 2 });
    const all = Array.from({ length: 8 }, () => channel.send(reminderOf()));
    for (const outcome of await Promise.all(all)) expect(outcome).toEqual(TIMEOUT);
    hangs = false;
    expect(await channel.send(reminderOf())).toEqual({ kind: 'sent' });
  });
});

describe('connections', () => {
  test('are so many at a time, and all get their turn', async () => {
    let under = 0;
    let mostUnder = 0;
    const server = await mailServer({
      onMailFrom(_address, _session, done) {
        under += 1;
        mostUnder = Math.max(mostUnder, under);
        void setImmediate().then(() => {
          under -= 1;
          done();
        });
      },
    });
    const channel = channelTo(server.url, { connections: 3 });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) => channel.send(reminderOf({ messageId: `m${index}` }))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 40 }, () => 'sent'));
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(40);
    expect([server.connections(), server.mostOpen()]).toEqual([3, 3]);
    expect(mostUnder).toBeGreaterThan(1);
  });

  test('are kept for the next mail, and given up when asked to', async () => {
    const server = await mailServer();
    const channel = channelTo(server.url);
    for (const messageId of ['a', 'b', 'c']) await channel.send(reminderOf({ messageId }));
    expect(server.connections()).toBe(1);
    channel.close();
    expect(await channel.send(reminderOf())).toEqual({ kind: 'unreachable', fault: 'connection' });
    expect(server.received).toHaveLength(3);
  });
});
