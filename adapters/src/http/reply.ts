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
