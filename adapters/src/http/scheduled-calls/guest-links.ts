import { GUEST_PURPOSES, LINK_SECONDS, type GuestLinks } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody } from '../requests/body.ts';
import { refused } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { etagOf, ofLinks } from '../requests/headers.ts';
import { toIso } from '../requests/time.ts';
import { oneCall, shared } from './changing.ts';
import { WORDS } from './words.ts';

/** The route of the scheduled-calls family that gives out links for guests. */

const purposes = z.array(z.enum(GUEST_PURPOSES));

const wish = z
  .strictObject({
    purposes: purposes.openapi({ description: 'Each once. Every link shows the call; `view` does no more.' }),
    expiresInSeconds: fields
      .whole(LINK_SECONDS)
      .optional()
      .openapi({ description: 'Default: until the call should begin, which is also the latest.' }),
  })
  .openapi('IssueGuestLink');

const issued = z.object({
  data: z.object({
    guestLink: z
      .object({
        url: z.string().openapi({ format: 'uri' }),
        purposes,
        callVersion: z
          .int()
          .openapi({ description: 'With the next change of the call the link only shows it.' }),
        expiresAtUtc: z.string().openapi({ format: 'date-time' }),
      })
      .openapi('GuestLink'),
  }),
});

export function guestLinks(app: OpenAPIHono<Env>, ports: RoutePorts, links: GuestLinks): void {
  endpoint(
    app,
    {
      ...shared(ports),
      operationId: 'issueGuestLink',
      method: 'post',
      path: '/scheduled-calls/{id}/guest-links',
      summary: 'A link by which the guest can see the call, choose another time, or cancel',
      params: oneCall,
      query: fields.noQuery,
      headers: ofLinks,
      body: jsonBody(wish),
      status: 201,
      answers: { description: 'Whoever has the link may use it: it is for the guest alone.', schema: issued },
      errors: errors(404, 409, 413, 415),
    },
    async ({ principal: { appId }, params, body }) => {
      const outcome = await links.issue({ appId, callId: params.id, ...body });
      if (outcome.kind !== 'link_issued') throw refused(outcome, WORDS);
      const { version, expiresAt } = outcome.link;
      const guestLink = {
        url: outcome.url,
        purposes: [...outcome.link.purposes],
        callVersion: version,
        expiresAtUtc: toIso(expiresAt),
      };
      return {
        content: { data: { guestLink } },
        headers: { 'Cache-Control': 'no-store', ETag: etagOf({ version }) },
      };
    },
  );
}
