import type { Instant, WebhookOutcome, WebhookSender } from '@reslot/core';
import { Client } from 'undici';
import { outcomeOf } from './answers.ts';
import { createConnector } from './connecting.ts';
import { failureOf } from './failures.ts';
import { createGate } from './gate.ts';
import { headersOf } from './signing.ts';
import { createUrlRule, hostOf, type Reach } from './urls.ts';

export interface WebhookSenderOptions extends Reach {
  /** Milliseconds for all of an exchange, from the name to the last byte; as many before, waiting for a connection. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of an answer's body that are read; it counts all the same. */
  readonly mostAnswerBytes?: number | undefined;
  /** Connections to one host at a time. */
  readonly connectionsPerHost?: number | undefined;
  /** Certificate authorities to trust in place of the usual ones, as PEM. */
  readonly ca?: string | undefined;
}

interface Message {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly at: Instant;
}

/**
 * Sends webhooks by HTTP. Each attempt has a connection of its own: the guard sees every one, and no connection that the
 * receiver has just given up is taken for a failure of his.
 */
export function createWebhookSender(options: WebhookSenderOptions = {}): WebhookSender {
  const { timeoutMs = 15_000, mostAnswerBytes = 4096, connectionsPerHost = 8 } = options;
  const wrongWith = createUrlRule(options);
  const enter = createGate(connectionsPerHost);
  const connect = createConnector({ ...options, timeoutMs });

  async function exchange(url: URL, message: Message, signal: AbortSignal): Promise<WebhookOutcome> {
    const client = new Client(url.origin, { connect, pipelining: 0, headersTimeout: 0, bodyTimeout: 0 });
    let answered = false;
    try {
      const answer = await client.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: message.headers,
        body: message.body,
        signal,
      });
      answered = true;
      const bytes = await beginningOf(answer.body, mostAnswerBytes);
      const retryAfter = firstOf(answer.headers['retry-after']);
      return outcomeOf({ status: answer.statusCode, retryAfter, bytes }, message.at);
    } catch (error) {
      if (signal.aborted) return { kind: 'unreachable', fault: answered ? 'too_slow' : 'timeout' };
      return failureOf(error);
    } finally {
      await client.destroy();
    }
  }

  return {
    async send(attempt) {
      const wrong = wrongWith(attempt.url);
      if (wrong !== undefined) return { kind: 'forbidden', message: wrong };
      const url = new URL(attempt.url);
      const message = { headers: headersOf(attempt), body: attempt.body, at: attempt.at };
      const leave = await enter(hostOf(url), AbortSignal.timeout(timeoutMs));
      if (!leave) return { kind: 'unreachable', fault: 'busy' };
      try {
        return await exchange(url, message, AbortSignal.timeout(timeoutMs));
      } finally {
        leave();
      }
    },
  };
}

/** The rest is not waited for. */
async function beginningOf(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

const firstOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
