import type { Watch } from '@reslot/adapters/http';
import type { BatchReport, Outbox, RateLimiter, ScheduleStore } from '@reslot/core';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What waits to be told. */
export interface Backlog {
  readonly events: number;
  readonly deliveries: number;
}

/** What is measured. Labels are of a few values each, and none is chosen by a client. */
export interface Metrics {
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
  readonly request: Watch;
  readonly batch: (report: BatchReport) => void;
  store(store: ScheduleStore): ScheduleStore;
  outbox(outbox: Outbox): Outbox;
  limiter(of: string, limiter: RateLimiter): RateLimiter;
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** `backlog` is asked for when the metrics are read. */
export function createMetrics(backlog: () => Promise<Backlog>): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const requests = new Counter({
    name: 'reslot_http_requests_total',
    help: 'Requests that were answered',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'reslot_http_request_duration_seconds',
    help: 'From the arrival of the head of a request to its answer',
    labelNames: ['route', 'method'],
    buckets: SECONDS,
    registers,
  });
  const limited = new Counter({
    name: 'reslot_rate_limited_total',
    help: 'Requests that were refused by a rate limit',
    labelNames: ['limit'],
    registers,
  });
  addBacklog(registers, backlog);

  return {
    text: () => register.metrics(),
    contentType: register.contentType,
    request: () => {
      const took = durations.startTimer();
      return ({ route, method, status }) => {
        took({ route, method });
        requests.inc({ route, method, status });
      };
    },
    limiter(of, limiter) {
      const counted = (wait: number | undefined) => {
        if (wait !== undefined) limited.inc({ limit: of });
        return wait;
      };
      return {
        take: async (name) => counted(await limiter.take(name)),
        look: async (name) => counted(await limiter.look(name)),
        charge: async (name, many) => counted(await limiter.charge(name, many)),
      };
    },
    ...measuredEngine(registers),
    outbox: measuredOutbox(registers),
  };
}

function measuredEngine(registers: Registry[]): Pick<Metrics, 'batch' | 'store'> {
  const sizes = new Histogram({
    name: 'reslot_batch_requests',
    help: 'Requests that were judged and committed together',
    buckets: SIZES,
    registers,
  });
  const waiting = new Gauge({
    name: 'reslot_queue_commands',
    help: 'Commands that waited for a commit when the last batch ended',
    registers,
  });
  const commits = new Counter({
    name: 'reslot_commits_total',
    help: 'Commits of batches; a conflict is made again',
    labelNames: ['outcome'],
    registers,
  });
  return {
    batch(report) {
      sizes.observe(report.requests);
      waiting.set(report.waiting);
    },
    store: (store) => ({
      ...store,
      async commit(expected, changes) {
        const outcome = await store.commit(expected, changes);
        commits.inc({ outcome });
        return outcome;
      },
    }),
  };
}

function measuredOutbox(registers: Registry[]): (outbox: Outbox) => Outbox {
  const deliveries = new Counter({
    name: 'reslot_deliveries_total',
    help: 'Attempts to deliver, by where to and what became of the delivery; pending ones are made again',
    labelNames: ['destination', 'state'],
    registers,
  });
  return (outbox) => ({
    ...outbox,
    async settle(delivery, token, settlement) {
      const settled = await outbox.settle(delivery, token, settlement);
      const destination = delivery.destination.startsWith('@') ? delivery.destination : 'webhook';
      deliveries.inc({ destination, state: settled === 'lost' ? settled : settlement.state });
      return settled;
    },
  });
}

function addBacklog(registers: Registry[], backlog: () => Promise<Backlog>): void {
  const waits = new Gauge({
    name: 'reslot_outbox_backlog',
    help: 'What waits to be told, counted up to 10000; NaN while the database does not answer',
    labelNames: ['kind'],
    registers,
    async collect() {
      const { events, deliveries } = await backlog().catch(() => ({ events: NaN, deliveries: NaN }));
      waits.set({ kind: 'events' }, events);
      waits.set({ kind: 'deliveries' }, deliveries);
    },
  });
}
