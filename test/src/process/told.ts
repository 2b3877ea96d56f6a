import { connect } from '@reslot/adapters/connect';
import type { Environment, RunningServer } from './program.ts';
import { reslot } from './reslot.ts';

/** An app over HTTP, and what its database says was to be told of it. */

const DAY = 86_400_000;

/** Who is told: an endpoint that was made over HTTP. */
export interface Hook {
  readonly id: string;
  readonly secret: string;
}

export interface Tenant {
  readonly appId: string;
  /** Has the server tell `url` everything, with the headers that count attempts. */
  hook(server: RunningServer, url: string): Promise<Hook>;
  /** Books a call that no agent has; gives its id. */
  book(server: RunningServer): Promise<string>;
  /** To as many days from now. */
  move(server: RunningServer, callId: string, days: number): Promise<void>;
}

export async function newTenant(env: Environment, cwd: string): Promise<Tenant> {
  const { appId } = JSON.parse((await reslot(['apps', 'create', '--json'], env, cwd)).out);
  const scopes = 'scheduling:read,scheduling:write,webhooks:manage';
  const words = ['keys', 'create', '--app', appId, '--scopes', scopes, '--json'];
  const { token } = JSON.parse((await reslot(words, env, cwd)).out);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const start = Date.now();
  const at = (days: number) => new Date(start + days * DAY).toISOString();

  const ask = async (server: RunningServer, method: string, path: string, body: unknown) => {
    const url = `${server.url}/api/v1/video/${appId}${path}`;
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text).data;
  };
  return {
    appId,
    async hook(server, url) {
      const { webhook, secret } = await ask(server, 'POST', '/webhooks', { url, familyHeaders: true });
      return { id: webhook.id, secret };
    },
    async book(server) {
      const data = await ask(server, 'POST', '/scheduled-calls', {
        scheduledAtUtc: at(1),
        guestName: 'Amina',
        guestEmail: 'amina@example.com',
        appTimezone: 'UTC',
      });
      return data.call.id;
    },
    async move(server, callId, days) {
      await ask(server, 'PATCH', `/scheduled-calls/${callId}`, { scheduledAtUtc: at(days) });
    },
  };
}

type Database = ReturnType<typeof connect>;

/** Asks a database that servers work on; it is closed again, as SQLite has one writer. */
export async function asking<Answer>(url: string, ask: (db: Database) => Promise<Answer>): Promise<Answer> {
  const db = connect(url);
  try {
    return await ask(db);
  } finally {
    await db.destroy();
  }
}

/** The name of an event of a call, as tests compare them. */
export const eventName = (callId: string, sequence: number): string => `${callId} ${sequence}`;

/** All that has happened in the app, in order. */
export const eventsOf = async (db: Database, appId: string): Promise<string[]> => {
  const rows = await db('reslot_call_events').where({ app_id: appId }).orderBy(['call_id', 'seq']);
  return rows.map(({ call_id, seq }) => eventName(call_id, Number(seq)));
};

/** How many events and deliveries there is still something to do about. */
export async function untold(db: Database, appId: string): Promise<number> {
  const [waiting] = await db('reslot_waiting_events').where({ app_id: appId }).sum({ events: 'many' });
  const [pending] = await db('reslot_deliveries')
    .where({ app_id: appId, state: 'pending' })
    .count({ many: '*' });
  return Number(waiting?.events) + Number(pending?.many);
}

/** The deliveries of the app with their states, and the attempts they took. */
export async function deliveriesOf(db: Database, appId: string): Promise<[string, number][]> {
  const rows = await db('reslot_deliveries').where({ app_id: appId }).orderBy(['call_id', 'seq']);
  return rows.map(({ state, attempts }) => [state, Number(attempts)]);
}
