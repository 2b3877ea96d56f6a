import { HOLD_SECONDS, type Hold } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { jsonBody, noBody } from '../requests/body.ts';
import { refused, toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofHolds } from '../requests/headers.ts';
import { toIso } from '../requests/time.ts';
import { SOURCE, WORDS } from './words.ts';

/** The routes of the scheduled-calls family that keep time for somebody who has not decided yet. */

const wanted = z
  .strictObject({
    agentId: fields.agentId,
    startUtc: fields.utc,
    callId: fields.uuid
      .optional()
      .openapi({ description: 'A call that may be moved there: as long as it is.' }),
    durationMinutes: fields.durationMinutes.optional().openapi({ description: 'Of a new call. Default 30.' }),
    bufferBeforeMinutes: fields.bufferMinutes.optional(),
    bufferAfterMinutes: fields.bufferMinutes.optional(),
    seconds: z.int().min(HOLD_SECONDS.min).max(HOLD_SECONDS.max).default(300),
  })
  .openapi('PlaceHold');

const instant = z.string().openapi({ format: 'date-time' });
const shown = z.object({
  data: z.object({
    hold: z
      .object({
        id: z.string().openapi({ format: 'uuid' }),
        agentId: z.string(),
        startUtc: instant.openapi({ description: 'Buffers included.' }),
        endUtc: instant,
        callId: z.string().nullable(),
        expiresAtUtc: instant,
      })
      .openapi('Hold'),
  }),
});

const shape = ({ id, agentId, from, to, callId, expiresAt }: Hold): z.infer<typeof shown> => ({
  data: {
    hold: { id, agentId, startUtc: toIso(from), endUtc: toIso(to), callId, expiresAtUtc: toIso(expiresAt) },
  },
});

export function holds(app: OpenAPIHono<Env>, { scheduler, callers }: RoutePorts): void {
  const shared = {
    tags: ['holds'],
    access: bearer(callers),
    scope: 'scheduling:write' as const,
    query: fields.noQuery,
    headers: ofHolds,
  };
  const words = { ...WORDS, startsAt: 'startUtc', agentId: 'agentId' };

  endpoint(
    app,
    {
      ...shared,
      operationId: 'placeHold',
      method: 'post',
      path: '/holds',
      summary: 'Keep a slot for some minutes',
      params: z.strictObject({ appId: fields.uuid }),
      body: jsonBody(wanted),
      status: 201,
      answers: { description: 'Nobody else gets it until then.', schema: shown },
      errors: errors(404, 409, 413, 415),
    },
    async ({ principal, headers, body }) => {
      const { startUtc: startsAt, ...rest } = body;
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const outcome = await scheduler.placeHold({ ...told, ...rest, startsAt });
      if (outcome.kind !== 'held_for_you') throw refused(outcome, words);
      return { content: shape(outcome.hold), headers: { Location: `holds/${outcome.hold.id}` } };
    },
  );

  endpoint(
    app,
    {
      ...shared,
      operationId: 'releaseHold',
      method: 'delete',
      path: '/holds/{id}',
      summary: 'Let go of a slot that is held',
      params: z.strictObject({ appId: fields.uuid, id: fields.uuid }),
      body: noBody,
      answers: { description: 'The hold as it was.', schema: shown },
      errors: errors(404),
    },
    async ({ principal, params }) => {
      const outcome = await scheduler.releaseHold({ appId: principal.appId, holdId: params.id });
      if (outcome.kind !== 'hold_released') throw refused(outcome, words);
      return { content: shape(outcome.hold) };
    },
  );
}
