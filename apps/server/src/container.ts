import { systemClock } from '@reslot/adapters/clock';
import { createApp, type HttpApp } from '@reslot/adapters/http';
import { uuidIds } from '@reslot/adapters/ids';
import { connect } from '@reslot/adapters/connect';
import { knexCredentials, knexHousekeeping, knexQueries, knexStore } from '@reslot/adapters/knex';
import {
  createScheduler,
  type Clock,
  type CredentialStore,
  type Housekeeping,
  type IdSource,
  type ScheduleQueries,
  type Scheduler,
} from '@reslot/core';
import { Container } from 'inversify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { createLog, logError } from './log.ts';
import { createReadiness, type ReadinessSwitch } from './readiness.ts';

export type Database = ReturnType<typeof connect>;

/** Names a service and its type: asking for another service than is meant does not compile. */
class Token<Service> {
  declare readonly service: Service;
  readonly id: symbol;

  constructor(name: string) {
    this.id = Symbol(name);
  }
}

type Get = <Service>(token: Token<Service>) => Service;

const CONFIG = new Token<Config>('config');
const LOG = new Token<Logger>('log');
const DATABASE = new Token<Database>('database');
const CLOCK = new Token<Clock>('clock');
const IDS = new Token<IdSource>('ids');
const QUERIES = new Token<ScheduleQueries>('queries');
const CREDENTIALS = new Token<CredentialStore>('credentials');
const HOUSEKEEPING = new Token<Housekeeping>('housekeeping');
const SCHEDULER = new Token<Scheduler>('scheduler');
const READINESS = new Token<ReadinessSwitch>('readiness');
const APP = new Token<HttpApp>('app');

/** What the commands of the server work with; each part is made when it is first asked for. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly database: Database;
  readonly clock: Clock;
  readonly credentials: CredentialStore;
  readonly housekeeping: Housekeeping;
  readonly scheduler: Scheduler;
  readonly readiness: ReadinessSwitch;
  readonly app: HttpApp;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** The composition root: the one place that knows which adapter stands behind which port. */
export function createServices(config: Config): Services {
  const container = new Container();

  const provide = <Service>(token: Token<Service>, make: (get: Get) => Service) =>
    container
      .bind<Service>(token.id)
      .toDynamicValue((context) => make((needed) => context.get(needed.id)))
      .inSingletonScope();

  provide(CONFIG, () => config);
  provide(LOG, (get) => createLog(get(CONFIG)));
  provide(CLOCK, () => systemClock);
  provide(IDS, () => uuidIds);
  provide(DATABASE, (get) => {
    const { databaseUrl, databasePool } = get(CONFIG);
    return connect(databaseUrl, { poolSize: databasePool });
  }).onDeactivation((database) => database.destroy());
  provide(QUERIES, (get) => knexQueries(get(DATABASE)));
  provide(CREDENTIALS, (get) => knexCredentials(get(DATABASE)));
  provide(HOUSEKEEPING, (get) => knexHousekeeping(get(DATABASE)));
  provide(SCHEDULER, (get) =>
    createScheduler({ store: knexStore(get(DATABASE)), clock: get(CLOCK), ids: get(IDS) }),
  );
  provide(READINESS, (get) => createReadiness(get(DATABASE), get(CLOCK)));
  provide(APP, (get) =>
    createApp({
      scheduler: get(SCHEDULER),
      queries: get(QUERIES),
      credentials: get(CREDENTIALS),
      clock: get(CLOCK),
      readiness: get(READINESS).check,
      mostRequests: get(CONFIG).maxRequests,
      report: (error, requestId) => logError(get(LOG), error, requestId),
    }),
  );

  const get: Get = (token) => container.get(token.id);
  return {
    config,
    get log() {
      return get(LOG);
    },
    get database() {
      return get(DATABASE);
    },
    get clock() {
      return get(CLOCK);
    },
    get credentials() {
      return get(CREDENTIALS);
    },
    get housekeeping() {
      return get(HOUSEKEEPING);
    },
    get scheduler() {
      return get(SCHEDULER);
    },
    get readiness() {
      return get(READINESS);
    },
    get app() {
      return get(APP);
    },
    close: () => container.unbindAllAsync(),
  };
}
