import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { agents } from './scheduled-calls/agents.ts';
import { createAdmission, FULL, MOST_REQUESTS } from './admission/admission.ts';
import { invitation } from './scheduled-calls/invitation.ts';
import { callQueries } from './scheduled-calls/queries.ts';
import { calls } from './calls/routes.ts';
import { createCallers } from './callers/callers.ts';
import { crossOrigin } from './cross-origin.ts';
import { docsPage } from './documents/docs-page.ts';
import { answerErrors, CALLS_PATH, refuseOtherMethods, respond } from './answers/envelopes.ts';
import type { Client, Env, HttpPorts } from './environment.ts';
import { operations } from './documents/operations.ts';
import { limitedBy } from './admission/rate-limits.ts';
import { watched } from './watch.ts';
import { availability } from './scheduled-calls/availability.ts';
import { policy } from './scheduled-calls/policy.ts';
import { displaced } from './scheduled-calls/displaced.ts';
import { reminders } from './scheduled-calls/reminders.ts';
import { reschedules } from './scheduled-calls/reschedules.ts';
import { mindGuests } from './guests/manners.ts';
import { guests } from './guests/routes.ts';
import { guestLinks } from './scheduled-calls/guest-links.ts';
import { holds } from './scheduled-calls/holds.ts';
import { bookings } from './scheduled-calls/bookings.ts';
import { messages } from './scheduled-calls/messages.ts';
import { moves } from './scheduled-calls/moves.ts';
import { webhooks } from './scheduled-calls/webhooks.ts';
import { webhookDeliveries } from './scheduled-calls/webhook-deliveries.ts';

/** A handler of web-standard requests, for `serve`, for `mount` in another Hono app, for any runtime. */
export interface HttpApp {
  fetch(request: Request, client?: Client): Response | Promise<Response>;
}

/** Both API families, their documentation, and the answers that operators ask for. */
export function createApp(given: HttpPorts): HttpApp {
  const ports = { ...given, callers: createCallers(given) };
  const app = newApp();
  if (ports.watch) app.use(watched(ports.watch));
  app.use(requestId({ limitLength: 128 }));
  if (ports.corsOrigins?.length) app.use(crossOrigin(ports.corsOrigins));
  mindGuests(app);
  answerErrors(app, ports.report ?? (() => {}));
  operations(app, ports.readiness);
  docsPage(app);
  const room = createAdmission(ports.mostRequests ?? MOST_REQUESTS);
  const limited = limitedBy(ports.rateLimits, ports.clock);
  app.use((c, next) => {
    // Before anything is done for it: to refuse has to cost far less than to serve.
    if (room.isFull()) return Promise.resolve(respond(c, FULL));
    c.set('room', room);
    c.set('limited', limited);
    return next();
  });

  const video = newApp();
  moves(video, ports);
  bookings(video, ports);
  callQueries(video, ports);
  if (ports.invitations) invitation(video, ports, ports.invitations);
  agents(video, ports);
  availability(video, ports);
  policy(video, ports);
  reminders(video, ports);
  reschedules(video, ports);
  displaced(video, ports);
  holds(video, ports);
  if (ports.webhooks) {
    webhooks(video, ports, ports.webhooks);
    webhookDeliveries(video, ports, ports.webhooks);
    messages(app);
  }
  if (ports.guestLinks) {
    guestLinks(video, ports, ports.guestLinks);
    guests(app, ports, ports.guestLinks);
  }
  app.route('/api/v1/video/:appId', video);

  const voice = newApp();
  calls(voice, ports);
  app.route(CALLS_PATH, voice);

  refuseOtherMethods(app);
  return { fetch: (request, client = {}) => app.fetch(request, client) };
}

const newApp = () => new OpenAPIHono<Env>();
