import { DEFAULT_POLICY, MINUTE, type Policy } from '@reslot/core';
import { iso, type Answer, type Api, type Client } from './api.ts';

/** What can be done to a call that is there. */
export interface Change {
  readonly family: 'video' | 'voice';
  readonly method: string;
  /** With `{id}` for the id of the call. */
  readonly path: string;
  /** `start` is one that the call could be moved to. */
  readonly body?: (start: number) => object;
  /** Of its answer when it is carried out; 200 by default. */
  readonly done?: number;
}

const ONE = '/scheduled-calls/{id}';

/** Every route, and PATCH with and without a move. */
export const CHANGES: readonly Change[] = [
  { family: 'video', method: 'PATCH', path: ONE, body: () => ({ guestName: 'Changed' }) },
  { family: 'video', method: 'PATCH', path: ONE, body: (start) => ({ scheduledAtUtc: iso(start) }) },
  { family: 'video', method: 'POST', path: `${ONE}/undo` },
  {
    family: 'video',
    method: 'POST',
    path: `${ONE}/reminders`,
    body: () => ({ minutesBefore: 37 }),
    done: 202,
  },
  { family: 'video', method: 'POST', path: `${ONE}/confirm` },
  { family: 'video', method: 'POST', path: `${ONE}/start` },
  { family: 'video', method: 'POST', path: `${ONE}/complete` },
  { family: 'video', method: 'POST', path: `${ONE}/no-show` },
  { family: 'video', method: 'DELETE', path: ONE },
  {
    family: 'voice',
    method: 'PUT',
    path: '/call_{id}/schedule',
    body: (start) => ({ scheduled_timestamp: start / 1000 }),
  },
  { family: 'voice', method: 'DELETE', path: '/call_{id}' },
];

export const change = (
  client: Client,
  { family, method, path, body }: Change,
  id: string,
  start: number,
  headers?: Record<string, string>,
): Promise<Answer> => client[family](method, path.replace('{id}', id), body?.(start), headers);

/** Books a call and moves it, so that it is at version 2 and can be changed in every way. */
export async function bookMoved({ book, video }: Api, startsAt: number): Promise<string> {
  const { id } = await book({ startsAt });
  await video('PATCH', `/scheduled-calls/${id}`, { scheduledAtUtc: iso(startsAt + 60 * MINUTE) });
  return id;
}

/** A call, in the scheduled-calls family. */
export const pathOf = (id: string): string => ONE.replace('{id}', id);

/** What is often asked of a call, and what holds for all of them. The API may be opened later. */
export const asking = (api: () => Api) => ({
  patch: (id: string, body: object, headers?: Record<string, string>) =>
    api().video('PATCH', pathOf(id), body, headers),
  undo: (id: string, headers?: Record<string, string>) =>
    api().video('POST', `${pathOf(id)}/undo`, undefined, headers),
  show: async (id: string) => (await api().video('GET', pathOf(id))).body.data,
  /** Past HTTP; what is left out is as in the default. */
  savePolicy: (over: Partial<Policy>) =>
    api().scheduler.savePolicy({ appId: api().appId, policy: { ...DEFAULT_POLICY, ...over } }),
});

export const refusal = ({ status, body }: Answer) => [status, body.error?.details.reason];
export const startOf = ({ body }: Answer) => body.data.call.scheduled_at;

export const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

/** All of an answer but what belongs to the one exchange. */
export const said = ({ status, text, headers }: Answer) => ({
  status,
  text,
  headers: ['content-type', 'etag', 'location', 'retry-after'].map((name) => headers.get(name)),
});
