import { newAppId } from '@reslot/adapters/ids';
import { SCOPES, type ActorType, type Call, type Scope } from '@reslot/core';
import { iso, type Answer, type Api } from './api.ts';

type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** An app of its own on the engine of `api`, with a key of every scope: what it settles is nobody else's business. */
export interface Tenant {
  readonly appId: string;
  /** A request to the scheduled-calls family; `path` begins after the app. */
  readonly ask: Ask;
  /** A request to the calls family; `path` begins after `/api/calls`. */
  readonly voice: Ask;
  /** As `ask`, with a key of these scopes only. */
  askWith(scopes: Scope[]): Promise<Ask>;
  /** Puts an active agent, with its availability if it is said. */
  agent(id: string, availability?: object): Promise<string>;
  /** Puts the policy: what is left out is as in the default. */
  settle(policy: object): Promise<void>;
  /** Books a call past HTTP. */
  book(over: Parameters<Api['book']>[0]): Promise<Call>;
  /** Asks for edits of a call. */
  patch(id: string, body: object, headers?: Record<string, string>): Promise<Answer>;
  /** Asks to move a new call, which is nobody's, to an agent. */
  give(agentId: string, startsAt: number, length?: { durationMinutes: number }): Promise<Answer>;
}

export async function newTenant(api: Api): Promise<Tenant> {
  const appId = newAppId();
  await api.engine.credentials.addApp({ id: appId, name: 'Tenant', createdAt: api.clock.now() });
  const askWith = async (scopes: Scope[]): Promise<Ask> => {
    const { token } = await api.newKey({ appId, scopes });
    return (method, path, body, headers) =>
      api.request(method, `/api/v1/video/${appId}${path}`, body, {
        Authorization: `Bearer ${token}`,
        ...headers,
      });
  };
  const ask = await askWith([...SCOPES]);
  const put = async (path: string, body: object): Promise<void> => {
    const { status, text } = await ask('PUT', path, body);
    if (status !== 200) throw new Error(`${path} was refused: ${text}`);
  };
  const book: Tenant['book'] = (over) => api.book({ appId, ...over });
  const patch: Tenant['patch'] = (id, body, headers) => ask('PATCH', `/scheduled-calls/${id}`, body, headers);
  const { apiKey, apiSecret } = await api.newKey({ appId, scopes: [...SCOPES] });

  return {
    appId,
    ask,
    askWith,
    voice: (method, path, body, headers) =>
      api.voice(method, path, body, { 'X-API-KEY': apiKey, 'X-API-SECRET': apiSecret, ...headers }),
    async agent(id, availability) {
      await put(`/agents/${id}`, { name: id, active: true });
      if (availability) await put(`/agents/${id}/availability`, availability);
      return id;
    },
    settle: (policy) => put('/policy', policy),
    book,
    patch,
    async give(agentId, startsAt, length = { durationMinutes: 30 }) {
      const { id } = await book({ agentId: null, ...length });
      return patch(id, { assignedAgentId: agentId, scheduledAtUtc: iso(startsAt) });
    },
  };
}

/** An instant by its time in UTC; the date, unless it is said, is a Monday. */
export const at = (time: string, date = '2026-05-04'): number => Date.parse(`${date}T${time}Z`);

export const stretch = (start: string, end: string, date?: string) => ({
  startUtc: iso(at(start, date)),
  endUtc: iso(at(end, date)),
});
export const blocked = (start: string, end: string) => ({ kind: 'blocked', ...stretch(start, end) });
export const extra = (start: string, end: string, date?: string) => ({
  kind: 'available_extra',
  ...stretch(start, end, date),
});

/** A window; of Mondays, unless it is said. */
export const hours = (start: string, end: string, weekday = 1, timezone = 'UTC') => ({
  weekday,
  start,
  end,
  timezone,
});

/** How a request speaks for an actor; the key itself is the actor `api`. */
export const speakingFor = (actor: ActorType): Record<string, string> =>
  actor === 'api' ? {} : { 'X-Actor': `${actor}/amina` };

export const detailsOf = ({ body }: Answer) => body.error.details;

/** What was answered to a wish for a place: that it was granted, or why not. */
export const toldOf = ({ status, body }: Answer): unknown =>
  status < 300 ? 'granted' : (body.error.details.reason ?? body.error.code);
