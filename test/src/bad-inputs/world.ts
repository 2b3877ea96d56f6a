import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@reslot/adapters/connect';
import { digestOf, secretsOf, type Secrets } from '@reslot/adapters/http';
import { newAppId, newKeyId, newSecret } from '@reslot/adapters/ids';
import { knexCredentials, migrate } from '@reslot/adapters/knex';
import { DAY, MINUTE, type Key, type Scope } from '@reslot/core';
import { NEW_KEY } from '../http/api.ts';
import { newDatabase, type EngineName } from '../engines/engines.ts';
import type { Environment, RunningServer } from '../process/program.ts';
import { startServer } from '../process/reslot.ts';
import { send, type Answer, type Sent } from './wire.ts';

/** A server as it ships, with two apps in its database. */
export interface World {
  readonly engine: EngineName;
  /** Its URL. */
  readonly database: string;
  readonly server: RunningServer;
  readonly appId: string;
  readonly key: Secrets;
  /** Of the same app, but for reading only. */
  readonly reader: Secrets;
  readonly revoked: Secrets;
  readonly expired: Secrets;
  readonly otherAppId: string;
  readonly otherKey: Secrets;
  /** A call of the app, and one of the other app. */
  readonly call: string;
  readonly otherCall: string;
  /** A time to come that no call has taken, each time another day. */
  morning(): number;
  /** Books a call, and gives its id. */
  book(over?: object, key?: Secrets, appId?: string): Promise<string>;
  ask(
    method: string,
    path: string,
    body?: unknown,
    more?: readonly (readonly [string, string])[],
  ): Promise<Answer>;
  voice(
    method: string,
    path: string,
    body?: unknown,
    more?: readonly (readonly [string, string])[],
  ): Promise<Answer>;
  /** All that the app has said of the call, with its timeline. */
  told(call: string): Promise<string>;
  send(sent: Sent): Promise<Answer>;
  close(): Promise<void>;
}

export const iso = (instant: number): string => new Date(instant).toISOString();

export const bearer = ({ token }: Secrets) => ['Authorization', `Bearer ${token}`] as const;
export const pair = ({ apiKey, apiSecret }: Secrets) =>
  [
    ['X-API-KEY', apiKey],
    ['X-API-SECRET', apiSecret],
  ] as const;
export const JSON_TYPE = ['Content-Type', 'application/json'] as const;

const SCOPES: Scope[] = ['scheduling:read', 'scheduling:write', 'scheduling:admin', 'webhooks:manage'];

async function addKeys(url: string) {
  const db = connect(url);
  try {
    await migrate(db);
    const credentials = knexCredentials(db);
    const now = Date.now();
    const addApp = async (name: string) => {
      const id = newAppId();
      await credentials.addApp({ id, name, createdAt: now });
      return id;
    };
    const addKey = async (appId: string, over: Partial<Key> = {}) => {
      const [id, secret] = [newKeyId(), newSecret()];
      const plain = { id, appId, secretDigest: digestOf(secret), scopes: SCOPES, createdAt: now };
      await credentials.addKey({ ...plain, ...NEW_KEY, ...over });
      return secretsOf(id, secret);
    };
    const [appId, otherAppId] = [await addApp('One'), await addApp('Another')];
    return {
      appId,
      otherAppId,
      key: await addKey(appId),
      reader: await addKey(appId, { scopes: ['scheduling:read'] }),
      revoked: await addKey(appId, { revokedAt: now - 1 }),
      expired: await addKey(appId, { expiresAt: now - 1 }),
      otherKey: await addKey(otherAppId),
    };
  } finally {
    await db.destroy();
  }
}

/** `limits` are settings of the server; without them it has none. */
export async function openWorld(
  name: EngineName,
  limits: Environment = { RATE_LIMIT: 'off' },
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'reslot-'));
  const own = name === 'sqlite' ? undefined : await newDatabase(name);
  const url = own?.url ?? `sqlite:${join(folder, 'reslot.db')}`;
  const known = await addKeys(url);
  const server = await startServer({ DATABASE_URL: url, ...limits }, folder);
  const { appId, key, otherAppId, otherKey } = known;

  let days = 3;
  const morning = () => {
    days += 1;
    const today = Math.floor(Date.now() / DAY) * DAY;
    return today + days * DAY + 540 * MINUTE;
  };
  const asked = (method: string, path: string, body: unknown, headers: Sent['headers']) =>
    send(server.url, {
      method,
      path,
      headers: body === undefined ? headers : [...headers, JSON_TYPE],
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const ask: World['ask'] = (method, path, body, more = []) =>
    asked(method, `/api/v1/video/${appId}${path}`, body, [bearer(key), ...more]);
  const book: World['book'] = async (over = {}, by = key, of = appId) => {
    const guest = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
    const content = { ...guest, assignedAgentId: 'ana', scheduledAtUtc: iso(morning()), ...over };
    const path = `/api/v1/video/${of}/scheduled-calls`;
    const { status, text } = await asked('POST', path, content, [bearer(by)]);
    if (status !== 201) throw new Error(`the booking was refused: ${text}`);
    return JSON.parse(text).data.call.id;
  };
  for (const [id, active] of [
    ['ana', true],
    ['ben', true],
    ['old', false],
  ] as const) {
    await ask('PUT', `/agents/${id}`, { name: id, active });
  }
  const agents = `/api/v1/video/${otherAppId}/agents`;
  await asked('PUT', `${agents}/ana`, { name: 'Ana', active: true }, [bearer(otherKey)]);
  await asked('PUT', `${agents}/theirs`, { name: 'Theirs', active: true }, [bearer(otherKey)]);

  return {
    ...known,
    engine: name,
    database: url,
    server,
    call: await book(),
    otherCall: await book({}, otherKey, otherAppId),
    morning,
    book,
    ask,
    voice: (method, path, body, more = []) =>
      asked(method, `/api/calls${path}`, body, [...pair(key), ...more]),
    told: async (id) => (await ask('GET', `/scheduled-calls/${id}`)).text,
    send: (sent) => send(server.url, sent),
    async close() {
      await server.stop('SIGKILL');
      await own?.drop();
      await rm(folder, { recursive: true });
    },
  };
}
