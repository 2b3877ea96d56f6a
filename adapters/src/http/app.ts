import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { agents } from './scheduled-calls/agents.ts';
import { admission, MOST_REQUESTS } from './admission.ts';
import { callQueries } from './scheduled-calls/queries.ts';
import { calls } from './calls/routes.ts';
import { cachedKeys } from './credential-cache.ts';
import { docsPage } from './docs-page.ts';
import { answerErrors, CALLS_PATH, refuseOtherMethods } from './envelopes.ts';
import type { Env, HttpPorts } from './environment.ts';
import { operations } from './operations.ts';
import { scheduledCalls } from './scheduled-calls/changes.ts';

/** A handler of web-standard requests, for `serve`, for `mount` in another Hono app, for any runtime. */
export interface HttpApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** Both API families, their documentation, and the answers that operators ask for. */
export function createApp(given: HttpPorts): HttpApp {
  const ports = { ...given, credentials: cachedKeys(given.credentials, given.clock) };
  const app = newApp();
  app.use(requestId({ limitLength: 128 }));
  answerErrors(app, ports.report ?? (() => {}));
  // Before the crowd: who watches the process must not take a busy one for a dead one.
  operations(app, ports.readiness);
  app.use(admission(ports.mostRequests ?? MOST_REQUESTS));

  const video = newApp();
  scheduledCalls(video, ports);
  callQueries(video, ports);
  agents(video, ports);
  app.route('/api/v1/video/:appId', video);

  const voice = newApp();
  calls(voice, ports);
  app.route(CALLS_PATH, voice);

  docsPage(app);
  refuseOtherMethods(app);
  return { fetch: (request) => app.fetch(request) };
}

const newApp = () => new OpenAPIHono<Env>();
