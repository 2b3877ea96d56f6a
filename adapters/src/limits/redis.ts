import { createClient } from '@redis/client';

/** Commands without an answer; what comes on top is counted in memory at once. */
const MOST_COMMANDS = 1_000;
/** Milliseconds. */
const CONNECT = 2_000;
const MOST_PATIENCE = 2_000;

/** Counters in Redis that several processes have together. */
export interface SharedCounters {
  readonly client: object;
  close(): void;
}

/** Says what is wrong with the URL of a Redis server. */
export function redisUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
    ? undefined
    : 'must be a URL such as redis://user:password@host:6379/0';
}

/**
 * Connects in the background, again and again while Redis is away. `report` is told when it goes away and when it is back,
 * and nothing of what was sent.
 */
export function connectRedis(url: string, report: (state: 'away' | 'back') => void): SharedCounters {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_COMMANDS,
    socket: {
      connectTimeout: CONNECT,
      reconnectStrategy: (tries) => Math.min(MOST_PATIENCE, 2 ** tries * 50),
    },
  });
  let isAway = false;
  client.on('error', () => {
    if (!isAway) report('away');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) report('back');
    isAway = false;
  });
  // What it says of itself is heard above.
  client.connect().catch(() => {});
  return { client, close: () => client.destroy() };
}
