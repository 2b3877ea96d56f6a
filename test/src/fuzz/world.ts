import { MINUTE } from '@reslot/core';
import { iso, LINKS, NOW, openApi, type Api } from '../http/api.ts';
import type { Request } from './requests.ts';

/** An API with something in it of every kind, and what requests may name. */
export interface World {
  readonly api: Api;
  send(request: Request): Promise<Response>;
  /** All that a request that is refused must leave as it is. */
  state(): Promise<string>;
}

const DAY = 24 * 60 * MINUTE;
const CALLS = 12;
const AGENTS = ['ana', 'ben', 'carl'];

export async function openWorld(): Promise<World> {
  const api = await openApi('memory');
  const { appId, secrets } = api;
  const credential = {
    authorization: `Bearer ${secrets.token}`,
    'x-api-key': secrets.apiKey,
    'x-api-secret': secrets.apiSecret,
  };
  /** Not by the client of the other tests: it looks at every answer, which takes longer than to give it. */
  const made = async (
    path: string,
    body: object,
    method = 'POST',
  ): Promise<Record<string, { id: string }>> => {
    const url = `http://localhost/api/v1/video/${appId}${path}`;
    const headers = { ...credential, 'content-type': 'application/json' };
    const answer = await api.app.fetch(new Request(url, { method, headers, body: JSON.stringify(body) }));
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${path} was refused: ${text}`);
    return JSON.parse(text).data;
  };
  await made('/agents/carl', { name: 'Carl', active: true }, 'PUT');
  const ids: Record<string, string[]> = { app: [appId], call: [], hold: [], webhook: [], series: [] };
  for (let index = 0; index < CALLS; index += 1) {
    const { id } = await api.book({
      startsAt: NOW + 2 * DAY + index * 6 * 60 * MINUTE,
      agentId: ['ana', 'ben', null][index % 3],
      requireConfirmation: index % 4 === 1,
    });
    ids.call?.push(id);
    if (index % 2 === 0) {
      const later = iso(NOW + 2 * DAY + (index * 6 + 2) * 60 * MINUTE);
      await made(`/scheduled-calls/${id}`, { scheduledAtUtc: later }, 'PATCH');
    }
  }
  const guest = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'UTC' };
  const weekly = { ...guest, scheduledAtUtc: iso(NOW + 20 * DAY), recurrence: 'FREQ=DAILY;COUNT=3' };
  const { series } = await made('/scheduled-calls', weekly);
  ids.series?.push(series?.id ?? '');
  for (const hour of [1, 3, 5]) {
    const startUtc = iso(NOW + 15 * DAY + hour * 60 * MINUTE);
    ids.hold?.push((await made('/holds', { agentId: 'carl', startUtc, seconds: 1800 })).hold?.id ?? '');
    ids.webhook?.push((await made('/webhooks', { url: `https://127.0.0.1:2009/${hour}` })).webhook?.id ?? '');
  }

  /** A link to each call as it is now; none to one for whose guest there is nothing to do. */
  const links = () =>
    Promise.all(
      (ids['call'] ?? []).map(async (id) => {
        const call = await api.engine.queries.call(appId, id);
        const url = call && (await api.guestLinks.urlFor(call));
        return url?.slice(LINKS.length) ?? 'none';
      }),
    );
  ids['oldlink'] = await links();

  /** With the ids that `@call:3` and the like stand for. */
  const named = (text: string) =>
    text.replaceAll(
      /@(app|call|hold|webhook|series|link|oldlink):(\d+)/g,
      (_, kind: string, index: string) => {
        const known = ids[kind] ?? [];
        return known[Number(index) % known.length] ?? '';
      },
    );
  /** Those of all time, of every agent. */
  const holds = async () => {
    const calendars = () => AGENTS.map((agentId) => ({ agentId, from: 0, to: NOW + 1000 * DAY }));
    return (await api.engine.store.load([{ appId, calendars }])).holds;
  };

  return {
    api,
    async send({ method, template, path, query, headers, body, credential: shown }) {
      if (JSON.stringify(path).includes('@link:')) ids['link'] = await links();
      const target = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(named(path[name] ?? '').toWellFormed()),
      );
      const search = new URLSearchParams();
      for (const [name, value] of query) search.append(name, named(value));
      const url = `http://localhost${target}${query.length > 0 ? `?${search}` : ''}`;
      const init: RequestInit = { method, headers: { ...(shown && credential), ...headers } };
      if (body !== undefined) init.body = named(body);
      return api.app.fetch(new Request(url, init));
    },
    async state() {
      const { probe, endpoints } = api.engine;
      const agents = await Promise.all(AGENTS.map((id) => api.engine.queries.agent(appId, id)));
      const all = [
        probe.calls(appId),
        probe.events(appId),
        endpoints.endpoints(appId),
        api.engine.queries.policy(appId),
        holds(),
      ];
      return JSON.stringify([...(await Promise.all(all)), agents]);
    },
  };
}
