import { fixedClock, type FixedClock } from '@reslot/adapters/clock';
import { createGuestLinkTokens } from '@reslot/adapters/guest-links';
import { createApp, digestOf, secretsOf, type HttpApp, type Secrets } from '@reslot/adapters/http';
import { createInvitations } from '@reslot/adapters/icalendar';
import { newAppId, newKeyId, newSecret, uuidIds, webhookIds } from '@reslot/adapters/ids';
import { createUrlCheck, createWebhookSender } from '@reslot/adapters/webhooks';
import {
  createGuestLinks,
  createScheduler,
  createWebhooks,
  MINUTE,
  type Call,
  type GuestLinks,
  type Key,
  type CallRequest,
  type ScheduleStore,
  type Scheduler,
  type Scope,
  type TokenVerifier,
  type WebhookPorts,
} from '@reslot/core';
import { checkAgainst } from './documented.ts';
import { openEngine, type Engine, type EngineName } from '../engines/engines.ts';

export const NOW = Date.UTC(2026, 3, 1, 9);
export const iso = (instant: number): string => new Date(instant).toISOString();

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // The tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** Sends requests to an app, as the holder of a key. */
export interface Client {
  /** Any request. A body that is not a string is sent as JSON. An answer that is not as documented throws. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A request to the scheduled-calls family, with the bearer token; `path` begins after the app. */
  video(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A request to the calls family, with the key pair; `path` begins after `/api/calls`. */
  voice(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Both APIs on an engine of their own, one app with the agents ana and ben, and a key with every scope but override. */
export interface Api extends Client {
  readonly app: HttpApp;
  readonly engine: Engine;
  readonly clock: FixedClock;
  readonly scheduler: Scheduler;
  readonly guestLinks: GuestLinks;
  readonly appId: string;
  readonly secrets: Secrets;
  readonly reports: unknown[];
  newKey(over?: Partial<Key>): Promise<Secrets>;
  /** Books a call past HTTP. */
  book(over?: Partial<Extract<CallRequest, { type: 'create' }>>): Promise<Call>;
  close(): Promise<void>;
}

/** What a key is that nothing has happened to. */
export const NEW_KEY = { previous: null, expiresAt: null, revokedAt: null, lastUsedAt: null } as const;

const ALL: Scope[] = ['scheduling:read', 'scheduling:write', 'scheduling:admin', 'webhooks:manage'];

/** Webhooks may be sent to receivers on loopback. */
const TRUSTED = { allowPrivate: true, allowHttp: true };

/** What links of guests are signed with, and where they lead. */
export const LINK_SECRET = 'a secret of the tests, and of nobody else';
export const LINKS = 'https://calls.example.com/g/';

/** `through` is what the scheduler reaches its store through, `between` what webhooks reach theirs through; `tokens` checks those of an issuer. */
export async function openApi(
  name: EngineName,
  now = NOW,
  through: (store: ScheduleStore) => ScheduleStore = (store) => store,
  between: (ports: WebhookPorts) => WebhookPorts = (ports) => ports,
  tokens?: TokenVerifier,
): Promise<Api> {
  const engine = await openEngine(name);
  const clock = fixedClock(now);
  const scheduler = createScheduler({ store: through(engine.store), clock, ids: uuidIds });
  const reports: unknown[] = [];
  const { queries, credentials, endpoints, outbox } = engine;
  const webhooks = createWebhooks(
    between({
      endpoints,
      outbox,
      sender: createWebhookSender(TRUSTED),
      wrongWithUrl: createUrlCheck(TRUSTED),
      ids: webhookIds,
      installation: 'https://calls.example.com',
    }),
  );
  const signed = createGuestLinkTokens([LINK_SECRET]);
  const guestLinks = createGuestLinks({ scheduler, queries, clock, tokens: signed, base: LINKS });
  const app = createApp({
    scheduler,
    queries,
    credentials,
    ...(tokens && { tokens }),
    clock,
    invitations: createInvitations({ organiser: { name: 'Calls', email: 'calls@example.com' } }),
    webhooks,
    guestLinks,
    report: (error) => reports.push(error),
  });
  const appId = newAppId();
  await credentials.addApp({ id: appId, name: 'Test', createdAt: now });
  for (const id of ['ana', 'ben'])
    await scheduler.saveAgent({ agent: { appId, id, name: id, active: true } });

  const newKey = async (over: Partial<Key> = {}): Promise<Secrets> => {
    const [id, secret] = [newKeyId(), newSecret()];
    const plain = { id, appId, secretDigest: digestOf(secret), scopes: ALL, createdAt: now };
    await credentials.addKey({ ...plain, ...NEW_KEY, ...over });
    return secretsOf(id, secret);
  };
  const secrets = await newKey();

  return {
    app,
    engine,
    clock,
    scheduler,
    guestLinks,
    appId,
    secrets,
    reports,
    newKey,
    ...(await clientOf(app, appId, secrets)),
    async book(over = {}) {
      const outcome = await scheduler.execute({
        type: 'create',
        appId,
        actor: { type: 'admin', id: 'test' },
        source: 'test',
        startsAt: now + 24 * 60 * MINUTE,
        agentId: 'ana',
        guestName: 'Amina',
        guestEmail: 'amina@example.com',
        appTimezone: 'Europe/Paris',
        ...over,
      });
      if (outcome.kind !== 'accepted') throw new Error(`the booking was refused: ${outcome.kind}`);
      return outcome.call;
    },
    close: () => engine.close(),
  };
}

export async function clientOf(app: HttpApp, appId: string, secrets: Secrets): Promise<Client> {
  const document = await app.fetch(new Request('http://localhost/openapi.json'));
  const undocumented = checkAgainst(JSON.parse(await document.text()));
  const request: Client['request'] = async (method, path, body, headers = {}) => {
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      init.body = typeof body === 'string' ? body : JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json', ...headers };
    }
    const response = await app.fetch(new Request(`http://localhost${path}`, init));
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') === true;
    const read = isJson ? JSON.parse(text) : undefined;
    const [plain = ''] = path.split('?');
    const fault = isJson ? undocumented(method, plain, response.status, read) : undefined;
    if (fault !== undefined) throw new Error(`not as documented: ${fault}`);
    return { status: response.status, headers: response.headers, text, body: read };
  };

  return {
    request,
    video: (method, path, body, headers) =>
      request(method, `/api/v1/video/${appId}${path}`, body, {
        Authorization: `Bearer ${secrets.token}`,
        ...headers,
      }),
    voice: (method, path, body, headers) =>
      request(method, `/api/calls${path}`, body, {
        'X-API-KEY': secrets.apiKey,
        'X-API-SECRET': secrets.apiSecret,
        ...headers,
      }),
  };
}
