import type { AppId } from '../../domain/call.ts';
import type { Issue } from '../../domain/checks.ts';
import type { Delivery } from '../../domain/telling/deliveries.ts';
import { edited, issuesOfEndpoint, newEndpoint } from '../../domain/telling/endpoint-changes.ts';
import type { EndpointContent, EndpointEdits } from '../../domain/telling/endpoint-changes.ts';
import { liveSecrets, MOST_ENDPOINTS, rotated, type Endpoint } from '../../domain/telling/endpoints.ts';
import { issuesOfRedelivery, MOST_REDELIVERED, type Redelivery } from '../../domain/telling/redelivery.ts';
import { TEST_TYPE, testBody } from '../../domain/telling/webhook-trial.ts';
import type { DeliveryFilter, DeliveryPosition, EndpointStore, Outbox } from './outbox.ts';
import type { EndpointSettled, EndpointTested, Redelivered, WebhookRefusal } from './webhook-outcomes.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface WebhookIds {
  /** Never the same twice; without a dot. Of endpoints, and of messages that try one. */
  id(): string;
  /** As the sender signs with. */
  secret(): string;
}

export interface WebhookPorts {
  readonly endpoints: EndpointStore;
  readonly outbox: Outbox;
  readonly sender: WebhookSender;
  /** What is wrong with the URL of an endpoint, or undefined: how it is written, and where its name leads. */
  readonly wrongWithUrl: (url: unknown) => Promise<string | undefined>;
  readonly ids: WebhookIds;
  /** Begins the source of every message: a URI without a slash at its end, or nothing. */
  readonly installation: string;
}

type Settled = Promise<EndpointSettled | WebhookRefusal>;

/** What an app does with its endpoints. Endpoints carry their secrets: show them only where they were made. */
export interface Webhooks {
  add(appId: AppId, content: EndpointContent): Settled;
  /** In the order of their creation. */
  list(appId: AppId): Promise<readonly Endpoint[]>;
  find(appId: AppId, id: string): Settled;
  /** One that is made active again is told what waits for it; what nobody tries any more stays so. */
  edit(appId: AppId, id: string, edits: EndpointEdits): Settled;
  remove(appId: AppId, id: string): Settled;
  /** Gives it a new secret; the one before that is still signed with is dropped at once. */
  rotate(appId: AppId, id: string): Settled;
  /** Sends one message at once, whatever its status; one at a time for each app. */
  test(appId: AppId, id: string): Promise<EndpointTested | WebhookRefusal>;
  /** Up to `limit` deliveries, the newest first; behind `after`, if it is given. */
  deliveries(
    appId: AppId,
    id: string,
    filter: Omit<DeliveryFilter, 'destination'>,
    limit: number,
    after?: Omit<DeliveryPosition, 'destination'>,
  ): Promise<{ readonly kind: 'deliveries'; readonly deliveries: readonly Delivery[] } | WebhookRefusal>;
  /** To every destination of the app where no endpoint is named; up to `MOST_REDELIVERED`. */
  redeliver(appId: AppId, id: string | undefined, wish: Redelivery): Promise<Redelivered | WebhookRefusal>;
}

const ATTEMPTS = 8;
/** Of all apps, as each may take as long as the sender has patience. */
const MOST_TESTS = 32;
const NOT_FOUND = { kind: 'endpoint_not_found' } as const;

export function createWebhooks(ports: WebhookPorts): Webhooks {
  const { endpoints, outbox, ids } = ports;
  const testing = new Set<AppId>();

  const find: Webhooks['find'] = async (appId, id) => {
    const endpoint = await endpoints.endpoint(appId, id);
    return endpoint ? { kind: 'endpoint', endpoint } : NOT_FOUND;
  };

  return {
    find,
    list: (appId) => endpoints.endpoints(appId),
    async add(appId, content) {
      const issues = await issuesOf(ports, content, content.url);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const identity = { appId, id: ids.id(), secret: ids.secret() };
      const endpoint = newEndpoint(content, identity, await outbox.now());
      const added = await endpoints.add(endpoint, MOST_ENDPOINTS);
      return added === 'full'
        ? { kind: 'too_many_endpoints', limit: MOST_ENDPOINTS }
        : { kind: 'endpoint', endpoint };
    },
    async edit(appId, id, edits) {
      const found = await find(appId, id);
      if (found.kind !== 'endpoint') return found;
      const issues = await issuesOf(ports, edits, edits.url);
      if (issues.length > 0) return { kind: 'invalid', issues };
      return change(endpoints, found, (before) => edited(before, edits));
    },
    async remove(appId, id) {
      const found = await find(appId, id);
      if (found.kind === 'endpoint') await endpoints.remove(appId, id);
      return found;
    },
    async rotate(appId, id) {
      const found = await find(appId, id);
      if (found.kind !== 'endpoint') return found;
      const [secret, now] = [ids.secret(), await outbox.now()];
      return change(endpoints, found, (before) => rotated(before, secret, now));
    },
    async test(appId, id) {
      const found = await find(appId, id);
      if (found.kind !== 'endpoint') return found;
      if (testing.has(appId) || testing.size >= MOST_TESTS) return { kind: 'overloaded' };
      testing.add(appId);
      return tested(ports, found.endpoint).finally(() => testing.delete(appId));
    },
    async deliveries(appId, id, filter, limit, after) {
      const found = await find(appId, id);
      if (found.kind !== 'endpoint') return found;
      const wanted = { ...filter, destination: id };
      const start = after && { ...after, destination: id };
      return { kind: 'deliveries', deliveries: await outbox.deliveries(appId, wanted, limit, start) };
    },
    async redeliver(appId, id, wish) {
      const issues = issuesOfRedelivery(wish);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const found = id === undefined ? undefined : await find(appId, id);
      return found && found.kind !== 'endpoint' ? found : redelivered(outbox, appId, id, wish);
    },
  };
}

async function issuesOf({ wrongWithUrl }: WebhookPorts, said: EndpointEdits, url: unknown): Promise<Issue[]> {
  const issues = issuesOfEndpoint(said);
  // Names are looked up for what is right otherwise.
  if (issues.length > 0 || url === undefined) return issues;
  const message = await wrongWithUrl(url);
  return message === undefined ? [] : [{ path: 'url', message }];
}

/** Changes what is there, however many others do. */
async function change(
  endpoints: EndpointStore,
  { endpoint: first }: EndpointSettled,
  how: (before: Endpoint) => Endpoint,
): Settled {
  let before: Endpoint | undefined = first;
  for (let attempt = 1; attempt <= ATTEMPTS && before; attempt += 1) {
    const endpoint = how(before);
    if ((await endpoints.change(before, endpoint)) === 'changed') return { kind: 'endpoint', endpoint };
    before = await endpoints.endpoint(first.appId, first.id);
  }
  return before ? { kind: 'contended' } : NOT_FOUND;
}

async function tested(
  { outbox, sender, ids, installation }: WebhookPorts,
  endpoint: Endpoint,
): Promise<EndpointTested> {
  const [messageId, at] = [ids.id(), await outbox.now()];
  const outcome = await sender.send({
    url: endpoint.url,
    secrets: liveSecrets(endpoint, at),
    messageId,
    body: testBody(endpoint, messageId, at, installation),
    at,
    eventType: TEST_TYPE,
    endpointId: endpoint.id,
    number: 1,
    familyHeaders: endpoint.familyHeaders,
  });
  return { kind: 'tested', messageId, outcome };
}

async function redelivered(
  outbox: Outbox,
  appId: AppId,
  destination: string | undefined,
  wish: Redelivery,
): Promise<Redelivered> {
  const next = { ...wish, settledUntil: wish.settledUntil ?? (await outbox.now()) };
  const filter = { ...next, destination };
  const many = await outbox.redrive(appId, filter, MOST_REDELIVERED);
  const left = await outbox.deliveries(appId, filter, 1);
  return { kind: 'redelivered', many, next: left.length > 0 ? next : null };
}
