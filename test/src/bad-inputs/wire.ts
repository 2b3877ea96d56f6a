import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';

/** Requests as they are, also those that no client would make: nothing is put right on the way. */

export interface Sent {
  readonly method: string;
  readonly path: string;
  /** In their order; a name may come twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text is sent in UTF-8. */
  readonly body?: string | Uint8Array | undefined;
  /** Without a length; a body has one otherwise. */
  readonly chunked?: boolean | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends a request on a connection of its own. */
export function send(url: string, { method, path, headers, body, chunked = false }: Sent): Promise<Answer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = ['Content-Length', String(bytes?.byteLength ?? 0)] as const;
  const framing = chunked ? (['Transfer-Encoding', 'chunked'] as const) : length;
  return new Promise((resolve, reject) => {
    const given: Record<string, string[]> = {};
    for (const [name, value] of [...headers, framing]) (given[name] ??= []).push(value);
    const options = { method, path, agent: false, headers: given };
    const outgoing = request(url, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => {
        text += part;
      });
      incoming.on('end', () => {
        outgoing.destroy();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** The bytes that come back to `text`, until the server closes. `drip` is sent after it, a byte a second. */
export function sendBytes(url: string, text: string, drip = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let left = drip;
    const dripping = setInterval(() => {
      if (left !== '') socket.write(left.slice(0, 1));
      left = left.slice(1);
    }, 1000);
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
      clearInterval(dripping);
    });
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(received);
    });
    socket.on('error', reject);
    socket.write(text, 'latin1');
  });
}
