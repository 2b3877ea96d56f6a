import { envelope } from './envelopes.ts';
import { problems } from './problems.ts';

export const MOST_REQUESTS = 320;

/** Those who watch the process must not take a busy one for a dead one. */
const ALWAYS = /^\/(healthz|readyz)$/;

type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Refuses what comes on top of `most` requests under way, before anything is done for it: to refuse has to cost far less
 * than to serve, or a crowd would leave no time for those who were let in.
 */
export function admission(fetch: Fetch, most: number): Fetch {
  let underWay = 0;

  async function serve(request: Request): Promise<Response> {
    underWay += 1;
    try {
      return await fetch(request);
    } finally {
      underWay -= 1;
    }
  }

  return (request) => {
    if (underWay < most) return serve(request);
    const { pathname } = new URL(request.url);
    return ALWAYS.test(pathname) ? serve(request) : refusal(pathname);
  };
}

function refusal(path: string): Response {
  const id = crypto.randomUUID();
  const problem = problems.unavailable('too many requests are under way; nothing was changed');
  const headers = { 'Content-Type': 'application/json', 'X-Request-Id': id, ...problem.headers };
  return new Response(JSON.stringify(envelope(path, problem, id)), { status: problem.status, headers });
}
