import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { allOf, takesIn } from './subjects.ts';

export interface StreamPlan {
  readonly stream: string;
  readonly prefix: string;
  /** How long the broker knows a copy by its id. */
  readonly duplicateWindowMs: number;
  /** How long a new stream keeps a message. */
  readonly maxAgeMs: number;
  /** Servers that keep a copy of a new stream. */
  readonly replicas: number;
}

/**
 * Makes the stream where there is none. One that is there is never changed; what is wrong with it is returned, or
 * undefined.
 */
export async function ensureStream(
  connection: NatsConnection,
  plan: StreamPlan,
  timeoutMs: number,
): Promise<string | undefined> {
  const manager = await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false });
  const config = await configOf(manager, plan.stream);
  if (config) return wrongWith(config, plan);
  await manager.streams.add({
    name: plan.stream,
    subjects: [allOf(plan.prefix)],
    duplicate_window: nanos(plan.duplicateWindowMs),
    max_age: nanos(plan.maxAgeMs),
    num_replicas: plan.replicas,
  });
  return undefined;
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      return undefined;
    throw error;
  }
}

function wrongWith(config: StreamConfig, { stream, prefix, duplicateWindowMs }: StreamPlan) {
  if (!takesIn(config.subjects, prefix)) return `the stream ${stream} does not take ${allOf(prefix)}`;
  return config.duplicate_window < nanos(duplicateWindowMs)
    ? `the stream ${stream} knows copies for less than ${duplicateWindowMs} ms`
    : undefined;
}
