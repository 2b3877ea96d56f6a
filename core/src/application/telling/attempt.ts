import {
  MOST_ATTEMPTS,
  settlementOf,
  type Attempted,
  type Settlement,
} from '../../domain/telling/deliveries.ts';
import { liveSecrets, type Endpoint } from '../../domain/telling/endpoints.ts';
import { bodyOf, envelopeOf } from '../../domain/telling/envelope.ts';
import type { CallEvent } from '../../domain/events.ts';
import type { MessageType } from '../../domain/telling/telling.ts';
import type { Instant } from '../../domain/time.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Claimed, EndpointStore, Outbox, WaitingEvent } from './outbox.ts';
import type { WebhookAttempt, WebhookOutcome, WebhookSender } from './webhook-sender.ts';

/** What is told of an event. */
export interface Message {
  /** The same at every attempt, and at every destination. */
  readonly id: string;
  readonly type: MessageType;
  /** JSON. */
  readonly body: string;
  readonly event: CallEvent;
}

/** A destination for every app. */
export interface System {
  /** Begins with `@`: no endpoint is called so. */
  readonly name: `@${string}`;
  /** Asked when the event is handed out. */
  wants(event: WaitingEvent): boolean;
  /** `at` is when the attempt is made, on the clock of the outbox. */
  deliver(message: Message, at: Instant): Promise<Attempted>;
}

export interface RelayPorts {
  readonly outbox: Outbox;
  readonly endpoints: EndpointStore;
  readonly sender: WebhookSender;
  readonly scheduler: Pick<Scheduler, 'execute'>;
  readonly systems: readonly System[];
  /** Where events come from, as their envelopes say: a URL, or a name. */
  readonly installation: string;
  /** Never the same twice. */
  readonly token: () => string;
  /** From 0 to 1, at random. */
  readonly jitter: () => number;
  /** Told of what an attempt throws: a mistake of ours, or an outage. */
  readonly report: (error: unknown) => void;
  /** Told when an attempt has ended: there is room again. */
  readonly ended?: () => void;
}

/** One attempt, and what becomes of the delivery. One that nobody settles is made again when its lease is over. */
export async function makeDelivery(ports: RelayPorts, claimed: Claimed, name: string): Promise<void> {
  const { outbox, jitter, report } = ports;
  const { delivery } = claimed;
  // It has ended the process of whoever tried it, every time.
  const attempted: Attempted =
    delivery.attempts > MOST_ATTEMPTS
      ? { kind: 'refused_for_good', told: `${MOST_ATTEMPTS} attempts` }
      : await attempt(ports, claimed).catch((error: unknown) => {
          report(error);
          return { kind: 'failed', told: 'error' };
        });
  const settlement = settlementOf(attempted, delivery.attempts, jitter());
  if ((await outbox.settle(delivery, name, settlement)) === 'lost') return;
  await care(ports, claimed, attempted, settlement);
}

async function attempt(
  { outbox, sender, installation, systems }: RelayPorts,
  claimed: Claimed,
): Promise<Attempted> {
  const { delivery, event, endpoint } = claimed;
  const envelope = envelopeOf(event, installation);
  const message = { id: envelope.id, type: envelope.type, body: bodyOf(envelope), event };
  const at = await outbox.now();
  if (endpoint) {
    return attemptedBy(await sender.send(webhookTo(endpoint, message, delivery.attempts, at)));
  }
  const system = systems.find(({ name }) => name === delivery.destination);
  return system ? system.deliver(message, at) : { kind: 'not_made', told: 'not served here' };
}

const webhookTo = (
  endpoint: Endpoint,
  { id, type, body }: Message,
  number: number,
  at: Instant,
): WebhookAttempt => ({
  url: endpoint.url,
  secrets: liveSecrets(endpoint, at),
  messageId: id,
  body,
  at,
  eventType: type,
  endpointId: endpoint.id,
  number,
  familyHeaders: endpoint.familyHeaders,
});

function attemptedBy(outcome: WebhookOutcome): Attempted {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'delivered', told: String(outcome.status) };
    case 'gone':
      return { kind: 'gone', told: '410' };
    case 'refused':
      return { kind: 'failed', told: String(outcome.status), retryAfterSeconds: outcome.retryAfterSeconds };
    case 'unreachable':
      return { kind: outcome.fault === 'busy' ? 'not_made' : 'failed', told: outcome.fault };
    case 'forbidden':
      return { kind: 'failed', told: 'forbidden address' };
  }
}

/** An endpoint that wants no more is disabled; one that has taken nothing for as long as a delivery was tried is paused. */
async function care(
  ports: RelayPorts,
  { delivery, endpoint }: Claimed,
  attempted: Attempted,
  settlement: Settlement,
): Promise<void> {
  if (!endpoint || settlement.state !== 'dead') return;
  if (attempted.kind === 'gone') return end(ports, endpoint, { status: 'disabled', trouble: 'gone' });
  const taken = { destination: endpoint.id, state: 'delivered', settledFrom: delivery.createdAt } as const;
  const [other] = await ports.outbox.deliveries(endpoint.appId, taken, 1);
  if (!other) await end(ports, endpoint, { status: 'paused', trouble: 'failing' });
}

/** Who changes the endpoint meanwhile does not keep it active, unless the change is where it is. */
async function end(
  { endpoints }: RelayPorts,
  { appId, id, url }: Endpoint,
  change: Pick<Endpoint, 'status' | 'trouble'>,
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const known = await endpoints.endpoint(appId, id);
    if (known?.status !== 'active' || known.url !== url) return;
    if ((await endpoints.change(known, { ...known, ...change })) === 'changed') return;
  }
}

const MOST_TRIES = 8;
