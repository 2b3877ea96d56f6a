import { Container } from 'inversify';
import { provideEngine } from './bindings/engine.ts';
import { provideHttp } from './bindings/http.ts';
import { provideTelling } from './bindings/telling.ts';
import type { Config } from './config/config.ts';
import { createLog } from './log.ts';
import {
  APP,
  CLOCK,
  CONFIG,
  CREDENTIALS,
  DATABASE,
  HOUSEKEEPING,
  LOG,
  METRICS,
  OUTBOX,
  READINESS,
  RELAY,
  SCHEDULER,
  WAKE_UP,
  WEBHOOKS,
  type Get,
  type Provide,
  type Services,
  type Token,
} from './services.ts';

/** The composition root: with its bindings the one place that knows which adapter stands behind which port. */
export function createServices(config: Config): Services {
  const container = new Container();

  const provide: Provide = <Service>(token: Token<Service>, make: (get: Get) => Service) =>
    container
      .bind<Service>(token.id)
      .toDynamicValue((context) => make((needed) => context.get(needed.id)))
      .inSingletonScope();

  provide(CONFIG, () => config);
  provide(LOG, (get) => createLog(get(CONFIG)));
  provideEngine(provide);
  provideTelling(provide);
  provideHttp(provide);

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
    get webhooks() {
      return get(WEBHOOKS);
    },
    get outbox() {
      return get(OUTBOX);
    },
    get relay() {
      return get(RELAY);
    },
    get wakeUp() {
      return get(WAKE_UP);
    },
    get readiness() {
      return get(READINESS);
    },
    get metrics() {
      return get(METRICS);
    },
    get app() {
      return get(APP);
    },
    close: () => container.unbindAllAsync(),
  };
}
