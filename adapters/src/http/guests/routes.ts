import { openedOn, type Accepted, type GuestLinks, type OpenedLink } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { formOrJsonBody, noBody } from '../requests/body.ts';
import { guestErrors } from '../documents/documents.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { callPage, timesPage } from './page.ts';
import { moveRefusedToGuest, refusedToGuest } from './refusals.ts';
import { guestEndpoint, seen } from './serving.ts';
import { offered, shape, shown, timesShape } from './shapes.ts';

/** What a guest can do by a link: look, choose another time, cancel. A GET changes nothing, as mail scanners follow links. */
export function guests(app: OpenAPIHono<Env>, ports: RoutePorts, links: GuestLinks): void {
  looking(app, ports, links);
  choosing(app, ports, links);
  changing(app, ports, links);
}

function looking(app: OpenAPIHono<Env>, ports: RoutePorts, links: GuestLinks): void {
  guestEndpoint(
    app,
    ports,
    links,
    {
      operationId: 'getGuestCall',
      method: 'get',
      path: '',
      summary: 'The call of a link, as its guest may see it',
      query: fields.noQuery,
      body: noBody,
      answers: { description: 'The call as it is now, and what can be done by the link.', schema: shown },
      errors: guestErrors(404),
    },
    async ({ opened }) => {
      const now = await seen(ports, opened);
      return { content: shape(now), page: (link) => callPage(now, link) };
    },
  );
}

const window = z
  .strictObject({ fromUtc: fields.utc, toUtc: fields.utc.openapi({ description: 'A slot ends by then.' }) })
  .partial();

function choosing(app: OpenAPIHono<Env>, ports: RoutePorts, links: GuestLinks): void {
  guestEndpoint(
    app,
    ports,
    links,
    {
      operationId: 'findGuestSlots',
      method: 'get',
      path: '/slots',
      summary:
        'Where the call could go, with the agent who has it: every quarter of an hour from `fromUtc` on',
      query: window,
      body: noBody,
      answers: {
        description: 'By start. Each is accepted if it is sent at once. Of three days, if nothing is said.',
        schema: offered,
      },
      errors: guestErrors(404, 409, 412),
    },
    async ({ opened, query }) => {
      const times = await links.times(opened, query.fromUtc, query.toUtc);
      if (times.kind !== 'times_offered') throw refusedToGuest(times, opened.call);
      const now = await seen(ports, opened);
      return { content: timesShape(times), page: (link) => timesPage(now, link, times, ports.clock.now()) };
    },
  );
}

function changing(app: OpenAPIHono<Env>, ports: RoutePorts, links: GuestLinks): void {
  const shared = {
    method: 'post',
    query: fields.noQuery,
    errors: guestErrors(404, 409, 412, 413, 415),
  } as const;

  /** How the call stands after it. */
  const carriedOut = async (opened: OpenedLink, outcome: Accepted, notice: string) => {
    const now = await seen(ports, openedOn(opened, outcome.call, opened.policy, ports.clock.now()));
    return { content: shape(now), page: (link: string) => callPage(now, link, notice) };
  };

  guestEndpoint(
    app,
    ports,
    links,
    {
      ...shared,
      operationId: 'rescheduleGuestCall',
      path: '/reschedule',
      summary: 'Move the call to another time, by a link that is for it',
      body: formOrJsonBody(
        z.strictObject({ startUtc: fields.utc, reason: fields.reason.optional() }).openapi('GuestReschedule'),
      ),
      answers: { description: 'The call where it is now. The link is used up.', schema: shown },
    },
    async ({ opened, body: { startUtc: startsAt, reason } }) => {
      const outcome = await links.reschedule(opened, { startsAt, reason });
      if (outcome.kind !== 'accepted') throw moveRefusedToGuest(outcome, opened.call, { startsAt, reason });
      return carriedOut(opened, outcome, 'your call has been moved');
    },
  );
  guestEndpoint(
    app,
    ports,
    links,
    {
      ...shared,
      operationId: 'cancelGuestCall',
      path: '/cancel',
      summary: 'Cancel the call, by a link that is for it; again is answered like the first time',
      body: formOrJsonBody(fields.why),
      answers: { description: 'The cancelled call. The link is used up.', schema: shown },
    },
    async ({ opened, body: { reason } }) => {
      const outcome = await links.cancel(opened, reason);
      if (outcome.kind !== 'accepted') throw refusedToGuest(outcome, opened.call);
      return carriedOut(opened, outcome, 'your call has been cancelled');
    },
  );
}
