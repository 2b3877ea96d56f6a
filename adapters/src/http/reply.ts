import type { Context } from 'hono';
import type { Env } from './environment.ts';

/** An answer in JSON. Its headers stay a plain object on their way to Node: `Headers` cost more than the JSON. */
export const reply = (
  c: Context<Env>,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify(content), {
    status,
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': c.get('requestId'), ...headers },
  });

/** An answer that was given before, as it was then. */
export interface Replay {
  readonly replayed: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

export const replay = (c: Context<Env>, { replayed, status, headers }: Replay): Response =>
  new Response(replayed, {
    status,
    headers: {
      'Content-Type': 'application/json',
      'X-Request-Id': c.get('requestId'),
      ...headers,
      'Idempotency-Replayed': 'true',
    },
  });
