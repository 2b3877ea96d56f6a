import type { Context } from 'hono';
import type { Env } from '../environment.ts';
import { FOR_PROGRAMS } from './security-headers.ts';

type PlainHeaders = Readonly<Record<string, string>>;

/** Headers stay a plain object on their way to Node: `Headers` cost more than the JSON. */
const inJson = (c: Context<Env>, status: number, text: string, headers: PlainHeaders): Response =>
  new Response(text, {
    status,
    headers: {
      ...FOR_PROGRAMS,
      'Content-Type': 'application/json',
      'X-Request-Id': c.get('requestId'),
      ...headers,
    },
  });

/** An answer in JSON. */
export const reply = (
  c: Context<Env>,
  status: number,
  content: unknown,
  headers: PlainHeaders = {},
): Response => inJson(c, status, JSON.stringify(content), headers);

/** An answer that is no JSON; its headers say what it is. */
export interface Verbatim {
  readonly verbatim: string;
  readonly headers: PlainHeaders & { readonly 'Content-Type': string };
}

export const verbatim = (c: Context<Env>, status: number, { verbatim: text, headers }: Verbatim): Response =>
  new Response(text, {
    status,
    headers: { ...FOR_PROGRAMS, 'X-Request-Id': c.get('requestId'), ...headers },
  });

/** An answer that was given before, as it was then. */
export interface Replay {
  readonly replayed: string;
  readonly status: number;
  readonly headers: PlainHeaders;
}

export const replay = (c: Context<Env>, { replayed, status, headers }: Replay): Response =>
  inJson(c, status, replayed, { ...headers, 'Idempotency-Replayed': 'true' });
