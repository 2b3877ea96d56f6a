import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { agents } from './scheduled-calls/agents.ts';
import { createAdmission, FULL, MOST_REQUESTS } from './admission.ts';
import { callQueries } from './scheduled-calls/queries.ts';
import { calls } from './calls/routes.ts';
import { cachedKeys } from './credential-cache.ts';
import { docsPage } from './docs-page.ts';
import { answerErrors, CALLS_PATH, refuseOtherMethods, respond } from './envelopes.ts';
import type { Env, HttpPorts } from './environment.ts';
import { operations } from './operations.ts';
import { availability } from './scheduled-calls/availability.ts';
import { policy } from './scheduled-calls/policy.ts';
import { displaced } from './scheduled-calls/displaced.ts';
import { reschedules } from './scheduled-calls/reschedules.ts';
import { holds } from './scheduled-calls/holds.ts';
import { bookings } from './scheduled-calls/bookings.ts';
import { moves } from './scheduled-calls/moves.ts';

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
  operations(app, ports.readiness);
  docsPage(app);
  const room = createAdmission(ports.mostRequests ?? MOST_REQUESTS);
  app.use((c, next) => {
    // Before anything is done for it: to refuse has to cost far less than to serve.
    if (room.isFull()) return Promise.resolve(respond(c, FULL));
    c.set('room', room);
    return next();
  });

  const video = newApp();
  moves(video, ports);
  bookings(video, ports);
  callQueries(video, ports);
  agents(video, ports);
  availability(video, ports);
  policy(video, ports);
  reschedules(video, ports);
  displaced(video, ports);
  holds(video, ports);
  app.route('/api/v1/video/:appId', video);

  const voice = newApp();
  calls(voice, ports);
  app.route(CALLS_PATH, voice);

  refuseOtherMethods(app);
  return { fetch: (request) => app.fetch(request) };
}

const newApp = () => new OpenAPIHono<Env>();
