import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { DAY, MINUTE } from '@reslot/core';
import { randomOf } from '../src/random.ts';
import { APP_ID, callId, DAYS, firstDay } from './workload.ts';

/** Moves that arrive at a rate, whether the ones before them are answered or not. */
export interface Arrivals {
  readonly url: string;
  readonly token: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly calls: number;
  readonly seed: number;
}

/** How long the answers of one kind took, in milliseconds. */
export interface Answered {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Arrived {
  readonly moved: Answered;
  /** 503 with a `Retry-After`. */
  readonly shed: Answered;
  /** Whatever else was answered, and requests without an answer. */
  readonly other: number;
}

const TICK = 5;
/** As many as a proxy in front of a server would keep. */
const CONNECTIONS = 1_500;
const OPENED_AT_ONCE = 100;

/**
 * Sends for `seconds`, and waits for the last answer. Speaks HTTP by itself: a client that takes as long for a request
 * as the server would measure itself. What finds no connection free waits, and that counts.
 */
export async function arrive({ url, token, perSecond, seconds, calls, seed }: Arrivals): Promise<Arrived> {
  const random = randomOf(seed);
  const { hostname, port, host } = new URL(url);
  const first = firstDay(Date.now());
  const free = await opened(hostname, Number(port));
  const waiting: number[] = [];
  const moved: number[] = [];
  const shed: number[] = [];
  let other = 0;
  let answers = 0;

  const text = (): string => {
    const minute = first + random((DAYS * DAY) / MINUTE) * MINUTE;
    const body = JSON.stringify({ scheduledAtUtc: new Date(minute).toISOString() });
    return (
      `PATCH /api/v1/video/${APP_ID}/scheduled-calls/${callId(random(calls))} HTTP/1.1\r\n` +
      `Host: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`
    );
  };

  const send = (socket: Socket, arrived: number): void => {
    let head = '';
    let missing = Infinity;
    const lost = (): void => {
      socket.removeAllListeners().on('error', () => {});
      other += 1;
      answers += 1;
    };
    socket.on('error', lost).on('close', lost);
    socket.write(text());
    socket.on('data', (bytes: Buffer) => {
      if (missing === Infinity) {
        head += bytes.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const [, length] = /^content-length: (\d+)/im.exec(head) ?? [];
        if (length === undefined) return void socket.destroy();
        missing = Number(length) - (head.length - end - 4);
      } else {
        missing -= bytes.length;
      }
      if (missing > 0) return;
      socket.removeAllListeners();
      const took = performance.now() - arrived;
      if (/^HTTP\/1.1 (200|409) /.test(head)) moved.push(took);
      else if (/^HTTP\/1.1 503 /.test(head) && /^retry-after: \d/im.test(head)) shed.push(took);
      else other += 1;
      answers += 1;
      const next = waiting.shift();
      if (next === undefined) free.push(socket);
      else send(socket, next);
    });
  };

  const begun = performance.now();
  const total = Math.round(perSecond * seconds);
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - begun) / 1000) * perSecond);
      for (; sent < due; sent += 1) {
        const socket = free.pop();
        if (socket) send(socket, performance.now());
        else waiting.push(performance.now());
      }
      if (answers < total) return;
      clearInterval(timer);
      resolve();
    }, TICK);
  });
  const took = (performance.now() - begun) / 1000;
  for (const socket of free) socket.destroy();
  return { moved: answered(moved, took), shed: answered(shed, took), other };
}

/** Few at a time: the system refuses a crowd. */
async function opened(host: string, port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < CONNECTIONS) {
    const some = Array.from({ length: OPENED_AT_ONCE }, () => connect(port, host).setNoDelay());
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  return sockets;
}

function answered(times: readonly number[], seconds: number): Answered {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}
