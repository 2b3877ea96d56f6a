import { ClosedConnectionError, connect, ProtocolError, type NatsConnection } from '@nats-io/transport-node';

export interface LinkOptions {
  /** `host:port` or `nats://host:port`, tried in this order. */
  readonly servers: readonly [string, ...string[]];
  readonly credentials?:
    | { readonly user: string; readonly password: string }
    | { readonly token: string }
    | undefined;
  /** Insists on TLS; `ca`: authorities to trust in place of the usual ones, as PEM. */
  readonly tls?: { readonly ca?: string } | undefined;
}

/** One connection, made when it is wanted. */
export interface Link {
  open(): Promise<NatsConnection>;
  close(): Promise<void>;
}

/** A peer that is gone without a word is found out by two of these that stay unanswered. */
const PING_MS = 10_000;

/**
 * When a connection is lost, whoever wants one next makes another. The library could by itself; meanwhile it would keep what
 * it is given, and send it later, when nobody knows of it any more.
 */
export function createLink(options: LinkOptions, timeoutMs: number): Link {
  let connection: Promise<NatsConnection> | undefined;
  let closed = false;

  async function made(): Promise<NatsConnection> {
    try {
      const fresh = await connect({
        ...authorisation(options.credentials),
        servers: [...options.servers],
        name: 'reslot',
        ...(options.tls && { tls: { ...options.tls } }),
        timeout: timeoutMs,
        pingInterval: PING_MS,
        maxPingOut: 2,
        noRandomize: true,
        reconnect: false,
        ignoreClusterUpdates: true,
        noAsyncTraces: true,
      });
      void fresh.closed().then(() => (connection = undefined));
      return fresh;
    } catch (error) {
      connection = undefined;
      throw isNameless(error) ? new ProtocolError('no broker answers', { cause: error }) : error;
    }
  }

  return {
    async open() {
      if (closed) throw new ClosedConnectionError();
      connection ??= made();
      return connection;
    },
    async close() {
      closed = true;
      const last = await connection?.catch(() => undefined);
      await last?.close();
    },
  };
}

/** What the library throws when it is greeted by something else has no class and no code. */
const isNameless = (error: unknown): boolean =>
  error instanceof Error && error.constructor === Error && !('code' in error);

const authorisation = (credentials: LinkOptions['credentials']) => {
  if (!credentials) return {};
  return 'token' in credentials ? credentials : { user: credentials.user, pass: credentials.password };
};
