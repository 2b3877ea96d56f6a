import { MODES, type Displaced } from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { bearer } from '../callers/access.ts';
import { noBody } from '../requests/body.ts';
import { refused, toldBy } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofQueries } from '../requests/headers.ts';
import { slotSchema, slotShape } from '../requests/slots.ts';
import { toIso } from '../requests/time.ts';
import { summarySchema, summaryShape } from './shapes.ts';
import { SOURCE, WORDS } from './words.ts';

/** The route of the scheduled-calls family that says which calls an absence displaces, and where they could go. */

const move = z.object({
  id: z.string(),
  scheduledAtUtc: z.string().openapi({ format: 'date-time' }),
  assignedAgentId: z.string(),
  version: z.int(),
});

const shown = z.object({
  data: z.object({
    displaced: z.array(z.object({ call: summarySchema, proposal: z.union([slotSchema, z.null()]) })),
    reschedules: z
      .object({ mode: z.enum(MODES), reason: z.string().optional(), moves: z.array(move) })
      .nullable()
      .openapi({ description: 'All proposals, as `POST /reschedules` takes them; null without one.' }),
  }),
});

const movesOf = (calls: readonly Displaced[]): z.infer<typeof move>[] =>
  calls.flatMap(({ call, proposal }) =>
    proposal
      ? [
          {
            id: call.id,
            scheduledAtUtc: toIso(proposal.from),
            assignedAgentId: proposal.agentId,
            version: call.version,
          },
        ]
      : [],
  );

export function displaced(app: OpenAPIHono<Env>, { scheduler, callers }: RoutePorts): void {
  endpoint(
    app,
    {
      operationId: 'findDisplacedCalls',
      method: 'get',
      path: '/agents/{agentId}/displaced',
      summary: 'The calls that an agent cannot take who is off for a time, and a move for each',
      tags: ['agents'],
      access: bearer(callers),
      scope: 'scheduling:read',
      params: z.strictObject({ appId: fields.uuid, agentId: fields.agentId }),
      query: z.strictObject({
        fromUtc: fields.utc,
        toUtc: fields.utc,
        reason: fields.reason
          .optional()
          .openapi({ description: 'The reason of the moves, should the policy want one.' }),
      }),
      headers: ofQueries,
      body: noBody,
      answers: {
        description: 'By start; at most 50 calls are looked at. Nothing is changed.',
        schema: shown,
      },
      errors: errors(404),
    },
    async ({ principal, params, query, headers }) => {
      const { fromUtc: from, toUtc: to, reason } = query;
      const told = toldBy(principal, SOURCE, headers['x-actor']);
      const { agentId } = params;
      const outcome = await scheduler.displaced({
        ...told,
        agentId,
        off: { from, to },
        reason: reason ?? null,
      });
      if (outcome.kind !== 'displacement') throw refused(outcome, { ...WORDS, field: inQuery });
      const moves = movesOf(outcome.displaced);
      return {
        content: {
          data: {
            displaced: outcome.displaced.map(({ call, proposal }) => ({
              call: summaryShape(call),
              proposal: proposal && slotShape(proposal),
            })),
            reschedules:
              moves.length === 0
                ? null
                : { mode: 'atomic' as const, ...(reason !== undefined && { reason }), moves },
          },
        },
      };
    },
  );
}

/** Our names of the ends of the absence, and theirs. */
const inQuery = (path: string) => path.replace(/^off\.(from|to)$/, '$1Utc').replace(/^off$/, 'toUtc');
