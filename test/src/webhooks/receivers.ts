import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as NetServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { WebhookAttempt } from '@reslot/core';
import { createWebhookSender, type WebhookSenderOptions } from '@reslot/adapters/webhooks';
import { CERTIFICATE, KEY } from './certificates.ts';

/** Real receivers on loopback, each gone when its test is over. */

export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly received: readonly Received[];
  /** Connections that have come about so far. */
  connections(): number;
  /** Those that are open. */
  open(): number;
}

/** Listens on loopback; gives the port. */
export async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a port was to be there');
  return address.port;
}

export async function receiver(answer: RequestListener): Promise<Receiver> {
  return receiverOn(createServer(), 'http', answer);
}

/** With the certificate of the tests. */
export async function secureReceiver(options: TlsOptions, answer: RequestListener): Promise<Receiver> {
  return receiverOn(createSecureServer({ cert: CERTIFICATE, key: KEY, ...options }), 'https', answer);
}

async function receiverOn(server: Server, scheme: string, answer: RequestListener): Promise<Receiver> {
  const received: Received[] = [];
  let connections = 0;
  let open = 0;
  server.on('connection', (socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  const port = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}/hooks?from=reslot`,
    received,
    connections: () => connections,
    open: () => open,
  };
}

export const NEWEST = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const PREVIOUS = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;

/** An attempt of now: whoever verifies a signature does it by the machine's clock. */
export const attemptAt = (url: string, more: Partial<WebhookAttempt> = {}): WebhookAttempt => ({
  url,
  secrets: [NEWEST],
  messageId: 'msg_1',
  body: '{"event":"scheduled.rescheduled","guestName":"Zoë 🙂"}',
  at: Date.now(),
  eventType: 'scheduled.rescheduled',
  endpointId: 'endpoint-7',
  number: 3,
  familyHeaders: false,
  ...more,
});

/** One that may send to the receivers above. */
export const openSender = (options: WebhookSenderOptions = {}) =>
  createWebhookSender({ allowPrivate: true, allowHttp: true, ...options });
