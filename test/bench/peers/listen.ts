import { serve } from '@hono/node-server';

/** Serves `fetch` on a free port, and says which. */
export function listen(fetch: (request: Request) => Response | Promise<Response>): void {
  serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.stdout.write(`port ${port}\n`));
}
