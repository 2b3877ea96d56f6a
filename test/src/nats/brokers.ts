import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bodyOf, envelopeOf, type CallEvent, type EventMessage } from '@reslot/core';
import { createNatsPublisher, type NatsPublisher, type NatsPublisherOptions } from '@reslot/adapters/nats';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';

/** Real brokers on loopback, each gone when its test is over. */

const BINARY = 'nats-server';
const GIVEN = process.env.RESLOT_TEST_NATS_URL;
const isInstalled = spawnSync(BINARY, ['--version']).status === 0;

/** Whether a broker can be started, and so stopped. */
export const ownBrokers = covered('brokers of our own', isInstalled, `${BINARY} is not installed`);
export const anyBroker = covered(
  'NATS',
  isInstalled || GIVEN !== undefined,
  `${BINARY} is not installed, and RESLOT_TEST_NATS_URL is not set`,
);

function covered(what: string, is: boolean, reason: string): boolean {
  if (!is) process.stdout.write(`\n${what}: NOT covered: ${reason}\n`);
  return is;
}

export interface Broker {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** With an empty JetStream, which it keeps while it is stopped. `config`: more lines for its file. */
export async function broker(config = '', jetstream = 'enabled'): Promise<Broker> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'reslot-nats-'));
  const file = join(folder, 'broker.conf');
  const store = jetstream === 'enabled' ? `jetstream { store_dir: "${folder}" }\n` : '';
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${store}${config}`);
  let running: ChildProcess | undefined;
  const stop = async () => {
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  };
  const start = async () => {
    running = spawn(BINARY, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const log: string[] = [];
    if (!running.stderr) throw new Error('a log was to be there');
    for await (const line of createInterface(running.stderr)) {
      log.push(line);
      if (line.includes('Server is ready')) return;
    }
    throw new Error(`${BINARY} does not start:\n${log.join('\n')}`);
  };
  onTestFinished(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });
  await start();
  return { url: `nats://127.0.0.1:${port}`, start, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a port was to be there');
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

/** A stream of nobody else, with the options that name it; it is removed at the end. */
export async function ownStream(url?: string) {
  const { servers, manager } = await administrator(url ?? GIVEN ?? (await broker()).url);
  const name = `reslot_${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => {
    await manager.streams.delete(name).catch(() => {});
  });
  return { servers, manager, stream: name, prefix: name } as const;
}

async function administrator(url: string): Promise<{ servers: [string]; manager: JetStreamManager }> {
  const connection = await connect({ servers: url });
  onTestFinished(() => connection.close());
  return { servers: [url], manager: await jetstreamManager(connection) };
}

/** A change of a call's guest, as it is published. */
export function renamed(seq: number, over: { appId?: string; guestName?: string } = {}): EventMessage {
  const event: CallEvent = {
    appId: over.appId ?? 'app.1',
    callId: 'call',
    seq,
    version: seq,
    at: Date.UTC(2026, 4, 1, 12, 0, seq),
    actor: { type: 'admin', id: 'me' },
    source: 'test',
    reason: null,
    type: 'guest_updated',
    from: { guestName: 'G' },
    to: { guestName: over.guestName ?? 'Zoë 🙂 "שלום"\u2028' },
    reminders: [],
  };
  const envelope = envelopeOf(event, '');
  const { appId, callId } = event;
  return { id: envelope.id, appId, callId, type: envelope.type, body: bodyOf(envelope) };
}

export function publisher(options: NatsPublisherOptions): NatsPublisher {
  const made = createNatsPublisher(options);
  onTestFinished(() => made.close());
  return made;
}
