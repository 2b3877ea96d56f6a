import {
  ASSIGNMENTS,
  MODES,
  MOST_MOVES,
  MOST_TOLD,
  type Override,
  type RescheduleCall,
  type Together,
} from '@reslot/core';
import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { jsonBody } from '../requests/body.ts';
import { kept, onceOf, replayOf, toldBy, type Asked } from '../commands.ts';
import { errors } from '../documents/documents.ts';
import { endpoint, type Answered } from '../endpoint.ts';
import type { Env, RoutePorts } from '../environment.ts';
import * as fields from '../requests/fields.ts';
import { ofMany } from '../requests/headers.ts';
import { ProblemError, problems, type Problem } from '../answers/problems.ts';
import type { Replay } from '../answers/reply.ts';
import { inApp, overridesOf, placing, shared } from './changing.ts';
import { resultOf, resultSchema, type Result } from './results.ts';
import { SOURCE, WORDS } from './words.ts';

/** The route of the scheduled-calls family that moves many calls at once. */

/** Five hundred moves with all that can be said of each, in UTF-8: a reason alone may have 2,000 bytes. */
const MAX_BYTES = 1280 * 1024;

export const moveBody = z
  .strictObject({
    id: fields.uuid,
    scheduledAtUtc: fields.utc.optional(),
    assignedAgentId: fields.agentId.optional(),
    assignment: z.enum(ASSIGNMENTS).optional(),
    version: z.int().min(1).optional().openapi({ description: 'The move is made to this version only.' }),
    reason: fields.reason.optional(),
  })
  .refine(
    (move) => [move.scheduledAtUtc, move.assignedAgentId, move.assignment].some((part) => part !== undefined),
    {
      message: 'moves nothing: give scheduledAtUtc, assignedAgentId or assignment',
    },
  )
  .refine((move) => move.assignedAgentId === undefined || move.assignment === undefined, {
    message: 'stands beside assignedAgentId',
    path: ['assignment'],
  });

export const manyBody = z
  .strictObject({
    mode: z.enum(MODES).default('atomic').openapi({
      description:
        'All moves or none, judged by the state that they make together; or each that can be made.',
    }),
    reason: fields.reason.optional().openapi({ description: 'Of all moves that give none.' }),
    moves: z.array(moveBody).min(1).max(MOST_MOVES),
  })
  .openapi('RescheduleMany');

const answered = z.object({
  data: z.object({
    mode: z.enum(MODES),
    dry_run: z.boolean(),
    carried_out: z.boolean(),
    results: z.array(resultSchema),
  }),
});

type Body = z.output<typeof manyBody>;

const resultsOf = ({ moves }: Body, { decisions }: Together, isPreview: boolean): Result[] =>
  moves.flatMap(({ id }, index) => {
    const decision = decisions[index];
    return decision ? [resultOf(id, decision, isPreview)] : [];
  });

function answerTo(
  body: Body,
  outcome: Together,
  isPreview: boolean,
): Answered<z.infer<typeof answered>> | Problem {
  const results = resultsOf(body, outcome, isPreview);
  if (!outcome.carriedOut) {
    return problems.conflict('not_carried_out', 'one of the moves cannot be made, so none was', { results });
  }
  const { mode } = body;
  return { content: { data: { mode, dry_run: isPreview, carried_out: !isPreview, results } } };
}

const movesOf = ({
  principal,
  query,
  headers,
  body,
}: Asked & { query: { override?: readonly Override[] | undefined }; body: Body }): RescheduleCall[] => {
  const told = toldBy(principal, SOURCE, headers['x-actor']);
  const overrides = overridesOf(principal, query.override);
  return body.moves.map((move) => ({
    type: 'reschedule',
    ...told,
    callId: move.id,
    reason: move.reason ?? body.reason,
    edits: { startsAt: move.scheduledAtUtc, agentId: move.assignedAgentId, assignment: move.assignment },
    versions: move.version === undefined ? undefined : [move.version],
    overrides,
  }));
};

export function reschedules(app: OpenAPIHono<Env>, ports: RoutePorts): void {
  const operationId = 'rescheduleMany';
  endpoint(
    app,
    {
      ...shared(ports),
      operationId,
      method: 'post',
      path: '/reschedules',
      summary: 'Move many calls in one request; two may change places',
      params: inApp,
      query: placing.omit({ hold: true }),
      headers: ofMany,
      body: jsonBody(manyBody, MAX_BYTES),
      answers: {
        description: `What became of each, in their order. The first ${MOST_TOLD} that are refused for their places say where else their calls could go.`,
        schema: answered,
      },
      errors: errors(409, 413, 415, 422),
    },
    async (request): Promise<Answered<z.infer<typeof answered>> | Replay> => {
      const { principal, query, body } = request;
      const { scheduler } = ports;
      await request.weigh(body.moves.length);
      const moves = movesOf(request);
      const isPreview = query.dryRun === true;
      const remember = (outcome: Together) => kept(200, answerTo(body, outcome, isPreview));
      const once = isPreview ? undefined : onceOf(principal.appId, operationId, request, WORDS, remember);
      const outcome = await (isPreview
        ? scheduler.previewMany(moves, body.mode)
        : once
          ? scheduler.executeManyOnce(moves, body.mode, once)
          : scheduler.executeMany(moves, body.mode));
      if (outcome.kind !== 'together') return replayOf(outcome, { ...WORDS, field: inMoves });
      const answer = answerTo(body, outcome, isPreview);
      if ('content' in answer) return answer;
      throw new ProblemError(answer);
    },
  );
}

/** Our name of a call's id, and theirs. */
const inMoves = (path: string) => path.replace(/\.callId$/, '.id');
