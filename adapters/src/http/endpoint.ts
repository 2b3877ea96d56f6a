import type { Scope } from '@reslot/core';
import type { OpenAPIHono, RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Access } from './callers/access.ts';
import type { Body } from './requests/body.ts';
import { checked, checkedOf } from './requests/checked.ts';
import type { Principal } from './callers/credentials.ts';
import { answer } from './documents/documents.ts';
import type { Env } from './environment.ts';
import { reply, replay, verbatim, type Replay, type Verbatim } from './answers/reply.ts';

/** One operation of the API: what it takes, from whom, and what it answers when all is well. */
export interface Endpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Heads extends z.ZodObject,
  Content,
  Answer,
> {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/calls/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tags: string[];
  readonly access: Access;
  readonly scope: Scope;
  readonly params: Params;
  readonly query: Query;
  /** Headers that it looks at, in lower case. */
  readonly headers: Heads;
  readonly body: Body<Content>;
  readonly status?: 200 | 201 | 202;
  /** In JSON, unless a `media` type is named: then the answers are `Verbatim`. */
  readonly answers: {
    readonly description: string;
    readonly schema: z.ZodType<Answer>;
    readonly media?: string;
  };
  readonly errors: RouteConfig['responses'];
}

/** A request that is as its endpoint says, and who it comes from. */
export interface Sound<Params, Query, Heads, Content> {
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Heads;
  readonly body: Content;
  readonly requestId: string;
  /** Has it count as so many requests of its caller's limit; 1, unless it is said. Before anything is done: it may throw the problem of a limit. */
  readonly weigh: (requests: number) => Promise<void>;
}

/** What is answered when all is well. */
export interface Answered<Answer> {
  readonly content: Answer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Documents an endpoint and serves it. What it asks of a request is checked here: credential, path, query, body. */
export function endpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Heads extends z.ZodObject,
  Content,
  Answer,
>(
  app: OpenAPIHono<Env>,
  given: Endpoint<Params, Query, Heads, Content, Answer>,
  handle: (
    request: Sound<z.output<Params>, z.output<Query>, z.output<Heads>, Content>,
  ) => Promise<Answered<NoInfer<Answer>> | Replay | Verbatim>,
): void {
  const { method, path, operationId, summary, tags, access, scope, params, query, body } = given;
  const { status = 200, answers, headers, errors } = given;
  const named = Object.keys(headers.shape);
  const [queryIn, headersIn] = [checkedOf(query), checkedOf(headers)];
  app.openAPIRegistry.registerPath({
    method,
    path,
    operationId,
    summary,
    tags,
    security: access.security(scope),
    request: { params, query, headers, ...(body.described && { body: body.described }) },
    responses: { [status]: answer(answers.description, answers.schema, answers.media), ...errors },
  });
  app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    const principal = await c.get('limited').identify(c, access.shown(c), () => access.principal(c, scope));
    const sound = {
      principal,
      params: checked(params, c.req.param()),
      query: queryIn(queryOf(c.req.queries())),
      headers: headersIn(headersOf(c, named)),
      body: await body.read(c),
      requestId: c.get('requestId'),
      weigh: (requests: number) => c.get('limited').weigh(principal, requests),
    };
    const answered = await c.get('room').within(() => handle(sound));
    if ('replayed' in answered) return replay(c, answered);
    if ('verbatim' in answered) return verbatim(c, status, answered);
    return reply(c, status, answered.content, answered.headers);
  });
}

/** A parameter that is given once is a text; given more often, a list, which no schema takes. */
export const queryOf = (given: Record<string, string[]>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(given).map(([name, values]) => [name, values.length === 1 ? values.join() : values]),
  );

/** Those that are there. A name that comes twice is one value with a comma. */
function headersOf(c: Context<Env>, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = c.req.header(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
