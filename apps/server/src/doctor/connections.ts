import { parseDatabaseUrl } from '@reslot/adapters/connect';
import type { Config } from '../config/config.ts';
import { ok, warning, type Finding } from './check.ts';
import { isLoopback } from './loopback.ts';

/** A server that this one speaks to. */
interface Peer {
  readonly name: string;
  readonly host: string;
  readonly encrypted: boolean;
  /** What makes it so. */
  readonly todo: string;
}

/** Whether others can read or change what goes to other servers. Of URLs only the host is repeated. */
export const connections = (config: Config): readonly Finding[] => peersOf(config).map(judged);

const judged = ({ name, host, encrypted, todo }: Peer): Finding => {
  if (encrypted) return ok(name, `${host}, with TLS`);
  if (isLoopback(host)) return ok(name, `${host}, on this machine`);
  return warning(
    name,
    `${host}: nothing insists on TLS, so who is on the way can read and change what is said`,
    todo,
  );
};

function peersOf({ databaseUrl, databaseTls, mail, natsUrl, redisUrl, jwt }: Config): Peer[] {
  const database = parseDatabaseUrl(databaseUrl);
  return [
    ...(database.kind === 'mysql'
      ? [
          {
            name: 'database connection',
            host: database.host,
            encrypted: databaseTls !== undefined,
            todo: 'Set DATABASE_TLS=on, and DATABASE_TLS_CA where its certificate is of an authority of your own.',
          },
        ]
      : []),
    // With a user the adapter insists on STARTTLS.
    ...named(
      'mail server',
      mail?.url,
      ({ protocol, username }) => protocol === 'smtps:' || username !== '',
      'Set SMTP_URL to smtps://, or give it a user and a password.',
    ),
    ...named('NATS', natsUrl, ({ protocol }) => protocol === 'tls:', 'Set NATS_URL to tls://.'),
    ...named(
      'Redis',
      redisUrl,
      ({ protocol }) => protocol === 'rediss:',
      'Set RATE_LIMIT_REDIS_URL to rediss://.',
    ),
    ...named(
      'JWKS',
      jwt?.jwks.includes('://') ? jwt.jwks : undefined,
      ({ protocol }) => protocol === 'https:',
      'Set JWT_JWKS to https://: who changes it can issue tokens for every app.',
    ),
  ];
}

function named(
  name: string,
  url: string | undefined,
  isEncrypted: (url: URL) => boolean,
  todo: string,
): Peer[] {
  if (url === undefined) return [];
  const parsed = new URL(url);
  return [{ name, host: parsed.hostname, encrypted: isEncrypted(parsed), todo }];
}
