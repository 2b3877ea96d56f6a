import { existsSync } from 'node:fs';
import { mailboxOf, smtpUrl } from '@reslot/adapters/email';
import type { Secrets } from '@reslot/adapters/guest-links';
import { MOST_REQUESTS } from '@reslot/adapters/http';
import { brokerUrl } from '@reslot/adapters/nats';
import { fields } from '@reslot/core';
import { z } from 'zod';
import { onOrOff, port, ruled } from './config-values.ts';
import { DATABASE_VARIABLES, databaseOf, type DatabaseConfig } from './database-config.ts';
import { EDGE_VARIABLES, edgeOf, type EdgeConfig } from './edge-config.ts';
import { GUEST_LINK_VARIABLES, guestLinkSecretsOf } from './guest-link-config.ts';
import { JWT_VARIABLES, jwtOf, type JwtConfig } from './jwt-config.ts';
import { mistakesOf, WrongSettings } from './wrong-settings.ts';
import { Mistake } from '../commands/mistake.ts';

const seconds = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number of seconds below 1000')
  .transform(Number);

const requests = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'must be a number of requests from 1 to 99999')
  .transform(Number);

const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

const schema = z.object({
  ...DATABASE_VARIABLES,
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  MAX_REQUESTS: requests.default(MOST_REQUESTS),
  DRAIN_SECONDS: seconds.default(1),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  ORGANISER_NAME: ruled(fields.agentName).default('Calls'),
  ORGANISER_EMAIL: ruled(fields.agentEmail).optional(),
  SMTP_URL: ruled(smtpUrl).optional(),
  MAIL_FROM: z
    .string()
    .refine((email) => mailboxOf(email) !== undefined, 'must be an e-mail address in ASCII')
    .optional(),
  INVITATIONS: onOrOff.default('on'),
  REMINDER_LOG: onOrOff.default('off'),
  ...GUEST_LINK_VARIABLES,
  WEBHOOKS_ALLOW_PRIVATE: flag.default(false),
  RELAY: onOrOff.default('on'),
  RELAY_LEASE_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a number of seconds from 1 to 9999')
    .transform(Number)
    .default(60),
  NATS_URL: ruled(brokerUrl).optional(),
  ...JWT_VARIABLES,
  ...EDGE_VARIABLES,
});

/** The settings of a process, validated. */
export interface Config extends DatabaseConfig, EdgeConfig {
  /** Requests under way at once. */
  readonly maxRequests: number;
  readonly host: string;
  readonly port: number;
  readonly logLevel: z.infer<typeof schema>['LOG_LEVEL'];
  /** How long it goes on serving, not ready any more, after it was told to stop. */
  readonly drainSeconds: number;
  /** Where clients reach the server, without a slash at the end, if it is not where the server listens. */
  readonly publicUrl: string | undefined;
  /** Where invitations come from, of calls whose agent has no e-mail. */
  readonly organiser: { readonly name: string; readonly email: string };
  /** What links of guests are signed with, the newest first; undefined where it is not said. */
  readonly guestLinkSecrets: Secrets | undefined;
  /** Where mails are handed in, whom they come from, and whether invitations are among them; undefined where none are sent. */
  readonly mail:
    | {
        readonly url: string;
        readonly from: { readonly name: string; readonly email: string };
        readonly invites: boolean;
      }
    | undefined;
  /** Whether each reminder is noted in the log. */
  readonly remindersLogged: boolean;
  /** Whether webhooks may be sent to private addresses, and without TLS. */
  readonly webhooksAllowPrivate: boolean;
  /** Whether `serve` also works the outbox off. */
  readonly relays: boolean;
  /** Seconds that a delivery belongs to one relay. */
  readonly relayLeaseSeconds: number;
  /** The NATS server that events are published to; undefined where none is. */
  readonly natsUrl: string | undefined;
  /** How bearer tokens of an issuer are checked; undefined where none are taken. */
  readonly jwt: JwtConfig | undefined;
}

/** Reads the settings once; an empty variable counts as absent. Throws `WrongSettings`, which name the variables that are wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = schema.safeParse(given);
  if (!success) {
    throw new WrongSettings(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }
  // What belongs together is looked at group by group, so that each can be named.
  const groups = [databaseOf, guestLinkSecretsOf, mailOf, jwtOf, edgeOf];
  const mistakes = mistakesOf(groups.map((read) => () => read(data)));
  if (mistakes.length > 0) throw new WrongSettings(mistakes);
  return {
    ...databaseOf(data),
    maxRequests: data.MAX_REQUESTS,
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    drainSeconds: data.DRAIN_SECONDS,
    publicUrl: data.PUBLIC_URL,
    organiser: {
      name: data.ORGANISER_NAME,
      email: data.ORGANISER_EMAIL ?? mailboxAt(data.PUBLIC_URL),
    },
    guestLinkSecrets: guestLinkSecretsOf(data),
    mail: mailOf(data),
    remindersLogged: data.REMINDER_LOG === 'on',
    webhooksAllowPrivate: data.WEBHOOKS_ALLOW_PRIVATE,
    relays: data.RELAY === 'on',
    relayLeaseSeconds: data.RELAY_LEASE_SECONDS,
    natsUrl: data.NATS_URL,
    jwt: jwtOf(data),
    ...edgeOf(data),
  };
}

function mailOf({
  SMTP_URL,
  MAIL_FROM,
  ORGANISER_NAME,
  INVITATIONS,
}: z.infer<typeof schema>): Config['mail'] {
  if (SMTP_URL === undefined) return undefined;
  if (MAIL_FROM === undefined) throw new Mistake('MAIL_FROM: must be set with SMTP_URL');
  return {
    url: SMTP_URL,
    from: { name: ORGANISER_NAME, email: MAIL_FROM },
    invites: INVITATIONS === 'on',
  };
}

/** An address at the host of the URL, if it is one that may have mail. */
function mailboxAt(publicUrl: string | undefined): string {
  const email = publicUrl === undefined ? '' : `calls@${new URL(publicUrl).hostname}`;
  return fields.agentEmail(email) === undefined ? email : 'calls@localhost';
}

/** Takes up the variables of a `.env` file in the working directory; what is set already wins. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
