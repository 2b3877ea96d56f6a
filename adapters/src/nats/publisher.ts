import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { EventMessage, EventPublisher, PublishOutcome } from '@reslot/core';
import { failureOf, TIMED_OUT, type Failure } from './failures.ts';
import { createLink, type LinkOptions } from './link.ts';
import { ensureStream, type StreamPlan } from './stream.ts';
import { subjectOf } from './subjects.ts';

/** By default the stream is `RESLOT`, the prefix `reslot`; copies are known for 10 minutes, messages kept for 7 days. */
type StreamOptions = { readonly [Name in keyof StreamPlan]?: StreamPlan[Name] | undefined };

export interface NatsPublisherOptions extends LinkOptions, StreamOptions {
  /** Whether to look for the stream, and to make it, as by default; else only publishing has to be permitted. */
  readonly manageStream?: boolean | undefined;
  /** Milliseconds until an attempt is given up, all in all; 5000 by default. */
  readonly timeoutMs?: number | undefined;
}

export interface NatsPublisher extends EventPublisher {
  /** As every attempt does before the first that goes through: connects, and makes or checks the stream. */
  ready(): Promise<{ readonly kind: 'ready' } | Failure>;
  /** Attempts that are under way become `unreachable`, as do all that come later. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
const CLOUD_EVENT = 'application/cloudevents+json; charset=utf-8';

/** Publishes to a stream of NATS JetStream. Connects when it is first needed, and again after a connection was lost. */
export function createNatsPublisher(options: NatsPublisherOptions): NatsPublisher {
  const { manageStream = true, timeoutMs = 5000 } = options;
  const plan: StreamPlan = {
    stream: options.stream ?? 'RESLOT',
    prefix: options.prefix ?? 'reslot',
    duplicateWindowMs: options.duplicateWindowMs ?? 10 * MINUTE_MS,
    maxAgeMs: options.maxAgeMs ?? 7 * 24 * 60 * MINUTE_MS,
    replicas: options.replicas ?? 1,
  };
  const link = createLink(options, timeoutMs);
  let streamIsThere = !manageStream;

  async function prepared(): Promise<NatsConnection | Failure> {
    const connection = await link.open();
    if (streamIsThere) return connection;
    const wrong = await ensureStream(connection, plan, timeoutMs);
    if (wrong !== undefined) return { kind: 'refused', message: wrong };
    streamIsThere = true;
    return connection;
  }

  /** What came of it, in time. */
  async function attempt<Done extends { readonly kind: string }>(
    work: (connection: NatsConnection) => Promise<Done>,
  ): Promise<Done | Failure> {
    const late = deadline(timeoutMs);
    const made = async () => {
      try {
        const connection = await prepared();
        if ('kind' in connection) return connection;
        // Who is told that it failed may have gone on to the next message.
        return late.over() ? TIMED_OUT : await work(connection);
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'unreachable' && failure.fault === 'no_stream') streamIsThere = !manageStream;
        return failure;
      }
    };
    try {
      return await Promise.race([made(), late.passed]);
    } finally {
      late.clear();
    }
  }

  async function send(connection: NatsConnection, message: EventMessage): Promise<PublishOutcome> {
    const told = headers();
    told.set('Content-Type', CLOUD_EVENT);
    const { duplicate } = await jetstream(connection).publish(subjectOf(plan.prefix, message), message.body, {
      msgID: message.id,
      headers: told,
      timeout: timeoutMs,
      expect: { streamName: plan.stream },
    });
    return { kind: 'published', duplicate };
  }

  return {
    publish: (message) => attempt((connection) => send(connection, message)),
    ready: () => attempt(async () => ({ kind: 'ready' })),
    close: () => link.close(),
  };
}

/** `passed` settles when the time is over, unless it is cleared before. */
function deadline(ms: number) {
  let over = false;
  let clear = () => {};
  const passed = new Promise<Failure>((resolve) => {
    const timer = setTimeout(() => {
      over = true;
      resolve(TIMED_OUT);
    }, ms);
    clear = () => clearTimeout(timer);
  });
  return { passed, over: () => over, clear };
}
