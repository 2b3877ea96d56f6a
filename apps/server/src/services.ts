import type { HttpApp } from '@reslot/adapters/http';
import type {
  Clock,
  CredentialStore,
  EndpointStore,
  GuestLinks,
  Housekeeping,
  IdSource,
  Invitations,
  Outbox,
  Relay,
  ScheduleQueries,
  Scheduler,
  WakeUp,
  Webhooks,
  WebhookSender,
} from '@reslot/core';
import type { connect } from '@reslot/adapters/connect';
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { Metrics } from './running/metrics.ts';
import type { RateLimiting } from './bindings/rate-limiting.ts';
import type { ReadinessSwitch } from './running/readiness.ts';
import type { Systems } from './bindings/configured-systems.ts';

/** The services of the server by their names. */

export type Database = ReturnType<typeof connect>;

/** Names a service and its type: asking for another service than is meant does not compile. */
export class Token<Service> {
  declare readonly service: Service;
  readonly id: symbol;

  constructor(name: string) {
    this.id = Symbol(name);
  }
}

export type Get = <Service>(token: Token<Service>) => Service;
/** Says how a service is made, once, when it is first asked for. */
export type Provide = <Service>(token: Token<Service>, make: (get: Get) => Service) => Provided<Service>;

interface Provided<Service> {
  /** What ends it when the services are closed. */
  onDeactivation(end: (service: Service) => void | Promise<void>): unknown;
}

export const CONFIG = new Token<Config>('config');
export const LOG = new Token<Logger>('log');
export const DATABASE = new Token<Database>('database');
export const CLOCK = new Token<Clock>('clock');
export const IDS = new Token<IdSource>('ids');
export const QUERIES = new Token<ScheduleQueries>('queries');
export const CREDENTIALS = new Token<CredentialStore>('credentials');
export const HOUSEKEEPING = new Token<Housekeeping>('housekeeping');
export const SCHEDULER = new Token<Scheduler>('scheduler');
export const INVITATIONS = new Token<Invitations>('invitations');
export const ENDPOINTS = new Token<EndpointStore>('endpoints');
export const OUTBOX = new Token<Outbox>('outbox');
export const GUEST_LINKS = new Token<GuestLinks | undefined>('guestLinks');
export const SENDER = new Token<WebhookSender>('sender');
export const WEBHOOKS = new Token<Webhooks>('webhooks');
export const SYSTEMS = new Token<Systems>('systems');
export const WAKE_UP = new Token<WakeUp>('wake-up');
export const RELAY = new Token<Relay>('relay');
export const READINESS = new Token<ReadinessSwitch>('readiness');
export const METRICS = new Token<Metrics | undefined>('metrics');
export const RATE_LIMITING = new Token<RateLimiting>('rate limiting');
export const APP = new Token<HttpApp>('app');

/** What the commands of the server work with; each part is made when it is first asked for. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly database: Database;
  readonly clock: Clock;
  readonly credentials: CredentialStore;
  readonly housekeeping: Housekeeping;
  readonly scheduler: Scheduler;
  readonly webhooks: Webhooks;
  readonly outbox: Outbox;
  readonly relay: Relay;
  /** Called when there is something for the relay to do. */
  readonly wakeUp: WakeUp;
  readonly readiness: ReadinessSwitch;
  /** None unless the settings name a port for them. */
  readonly metrics: Metrics | undefined;
  readonly app: HttpApp;
  /** Closes what was opened. */
  close(): Promise<void>;
}
