import { uuidIds } from '@reslot/adapters/ids';
import { createWebhookSender } from '@reslot/adapters/webhooks';
import {
  createRelay,
  createScheduler,
  DAY,
  RELAY_LIMITS,
  type Endpoint,
  type Relay,
  type RelayLimits,
  type RelayPorts,
  type RescheduleCall,
  type Scheduler,
  type System,
} from '@reslot/core';
import { onTestFinished } from 'vitest';
import { openEngine, type Engine, type EngineName } from '../engines/engines.ts';
import { NEWEST } from '../webhooks/receivers.ts';

const told = { actor: { type: 'api', id: 'key' }, source: 'test', reason: null } as const;

/** An engine whose outbox is worked off by relays that share its clock. */
export interface World {
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly appId: string;
  /** What relays told of. */
  readonly reports: unknown[];
  relay(over?: Partial<RelayLimits>, systems?: readonly System[], ports?: Partial<RelayPorts>): Relay;
  /** Puts an endpoint at `url`. */
  endpoint(id: string, url: string, over?: Partial<Endpoint>): Promise<Endpoint>;
  /** Books a call that no agent has, of `appId` unless it says otherwise; it moves to `days` days later. */
  book(of?: string): Promise<string>;
  move(callId: string, days: number): Promise<void>;
  /** The command of such a move. */
  moveOf(callId: string, days: number): RescheduleCall;
  cancel(callId: string): Promise<void>;
}

/** Has a relay do all there is to do now. */
export async function workOff(relay: Relay): Promise<void> {
  while ((await relay.step()) > 0) await relay.settled();
}

export async function openWorld(name: EngineName): Promise<World> {
  const engine = await openEngine(name);
  onTestFinished(() => engine.close());
  const { clock, outbox, endpoints } = engine;
  const scheduler = createScheduler({ store: engine.store, clock, ids: uuidIds });
  const sender = createWebhookSender({ allowPrivate: true, allowHttp: true, timeoutMs: 500 });
  const appId = uuidIds.callId();
  const start = clock.now() + DAY;
  const reports: unknown[] = [];
  let tokens = 0;

  const accept = async (request: Parameters<Scheduler['execute']>[0]): Promise<string> => {
    const outcome = await scheduler.execute(request);
    if (outcome.kind !== 'accepted') throw new Error(`was to be accepted: ${outcome.kind}`);
    return outcome.call.id;
  };
  const moveOf = (callId: string, days: number): RescheduleCall => ({
    ...told,
    type: 'reschedule',
    appId,
    callId,
    edits: { startsAt: start + days * DAY },
  });

  return {
    engine,
    scheduler,
    appId,
    reports,
    relay: (over = {}, systems = [], ports = {}) =>
      createRelay(
        {
          outbox,
          endpoints,
          sender,
          scheduler,
          systems,
          installation: 'https://calls.example',
          token: () => {
            tokens += 1;
            return `worker-${tokens}`;
          },
          jitter: () => 0,
          report: (error) => reports.push(error),
          ...ports,
        },
        { ...RELAY_LIMITS, ...over },
      ),
    async endpoint(id, url, over = {}) {
      const endpoint: Endpoint = {
        appId,
        id,
        url,
        description: null,
        types: null,
        status: 'active',
        trouble: null,
        secret: NEWEST,
        previousSecret: null,
        previousUntil: null,
        familyHeaders: false,
        createdAt: clock.now(),
        version: 1,
        ...over,
      };
      await endpoints.add(endpoint, 100);
      return endpoint;
    },
    book: (of = appId) =>
      accept({ ...told, type: 'create', appId: of, guestName: 'Amina', appTimezone: 'UTC', startsAt: start }),
    async move(callId, days) {
      await accept(moveOf(callId, days));
    },
    moveOf,
    async cancel(callId) {
      await accept({ ...told, type: 'cancel', appId, callId });
    },
  };
}
