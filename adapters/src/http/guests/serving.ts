import type { GuestLinks, OpenedLink } from '@reslot/core';
import { z, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Body } from '../requests/body.ts';
import { checked } from '../requests/checked.ts';
import { answer, PAGE } from '../documents/documents.ts';
import { queryOf } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import { ProblemError } from '../answers/problems.ts';
import { reply } from '../answers/reply.ts';
import { GUESTS_PATH, wantsPage } from './manners.ts';
import { callPage, choicePage, type Page } from './page.ts';
import { noLink, RefusedMove } from './refusals.ts';
import type { Seen } from './shapes.ts';
import { saidOnPage } from './words.ts';

/** One operation that a link is used for. */
interface GuestEndpoint<Query extends z.ZodObject, Content, Answer> {
  readonly operationId: string;
  readonly method: 'get' | 'post';
  /** After the token. */
  readonly path: '' | `/${string}`;
  readonly summary: string;
  readonly query: Query;
  readonly body: Body<Content>;
  readonly answers: { readonly description: string; readonly schema: z.ZodType<Answer> };
  readonly errors: RouteConfig['responses'];
}

/** A sound request by a link that holds. */
interface Asked<Query, Content> {
  readonly opened: OpenedLink;
  readonly query: Query;
  readonly body: Content;
}

/** What is answered to a program, and to somebody in front of a browser. */
interface Shown<Answer> {
  readonly content: Answer;
  /** `link` leads back to the link from where the page stands. */
  readonly page: (link: string) => Page;
}

/** The call of a link as its guest may see it. */
export async function seen({ queries }: RoutePorts, opened: OpenedLink): Promise<Seen> {
  const { appId, agentId } = opened.call;
  return { opened, agent: agentId === null ? undefined : await queries.agent(appId, agentId) };
}

/** Documents an operation, and serves it in JSON or as a page. The link is all that a guest has to show. */
export function guestEndpoint<Query extends z.ZodObject, Content, Answer>(
  app: OpenAPIHono<Env>,
  ports: RoutePorts,
  links: GuestLinks,
  given: GuestEndpoint<Query, Content, Answer>,
  handle: (asked: Asked<z.output<Query>, Content>) => Promise<Shown<NoInfer<Answer>>>,
): void {
  const { operationId, method, path, summary, query, body, answers, errors } = given;
  const { description, content } = answer(answers.description, answers.schema);
  app.openAPIRegistry.registerPath({
    method,
    path: `${GUESTS_PATH}/{token}${path}`,
    operationId,
    summary,
    tags: ['guests'],
    security: [],
    request: {
      params: z.object({ token: z.string() }),
      query,
      ...(body.described && { body: body.described }),
    },
    responses: { 200: { description, content: { ...content, ...PAGE } }, ...errors },
  });
  app.on(method, `${GUESTS_PATH}/:token${path}`, async (c) => {
    const token = c.req.param('token');
    const link = path === '' ? token : `../${token}`;
    const room = c.get('room');
    const opened = await c.get('limited').open(c, token, () => room.within(() => opening(links, token)));
    try {
      const asked = { opened, query: checked(query, queryOf(c.req.queries())), body: await body.read(c) };
      const { content: told, page } = await room.within(() => handle(asked));
      return wantsPage(c) ? await c.html(page(link)) : reply(c, 200, told);
    } catch (error) {
      if (!(error instanceof ProblemError) || !wantsPage(c)) throw error;
      const now = await room.within(async () => seen(ports, await opening(links, token)));
      return c.html(refusedPage(error, now, link), error.problem.status);
    }
  });
}

/** Whatever was refused, the guest gets to see how the call stands, and what can be done. */
function refusedPage(error: ProblemError, now: Seen, link: string): Page {
  const notice = saidOnPage(error.problem);
  return error instanceof RefusedMove && error.starts.length > 0 && now.opened.actions.includes('reschedule')
    ? choicePage(now, link, notice, error.starts, error.filled)
    : callPage(now, link, notice);
}

async function opening(links: GuestLinks, token: string): Promise<OpenedLink> {
  const opened = await links.open(token);
  if (opened.kind !== 'link_opened') throw new ProblemError(noLink());
  return opened;
}
