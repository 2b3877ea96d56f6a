import { MINUTE } from '@reslot/core';
import { iso, type Answer, type Api, type Client } from './api.ts';

/** What can be done to a call that is there. */
export interface Change {
  readonly family: 'video' | 'voice';
  readonly method: string;
  /** With `{id}` for the id of the call. */
  readonly path: string;
  /** `start` is one that the call could be moved to. */
  readonly body?: (start: number) => object;
}

const ONE = '/scheduled-calls/{id}';

/** Every route, and PATCH with and without a move. */
export const CHANGES: readonly Change[] = [
  { family: 'video', method: 'PATCH', path: ONE, body: () => ({ guestName: 'Changed' }) },
  { family: 'video', method: 'PATCH', path: ONE, body: (start) => ({ scheduledAtUtc: iso(start) }) },
  { family: 'video', method: 'POST', path: `${ONE}/undo` },
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

export const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

/** All of an answer but what belongs to the one exchange. */
export const said = ({ status, text, headers }: Answer) => ({
  status,
  text,
  headers: ['content-type', 'etag', 'location', 'retry-after'].map((name) => headers.get(name)),
});
