import {
  isMisplaced,
  SERIES_SCOPES,
  type Decision,
  type SeriesCommand,
  type SeriesOutcome,
  type SeriesScope,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { kept, onceOf, replayOf, type Asked } from '../commands.ts';
import type { Answered } from '../endpoint.ts';
import type { RoutePorts } from '../environment.ts';
import { etagOf } from '../requests/headers.ts';
import { slotShape } from '../requests/slots.ts';
import { ProblemError, problems, type Problem } from '../answers/problems.ts';
import { problemOf } from '../answers/refusals.ts';
import type { Replay } from '../answers/reply.ts';
import { changedAnswer, changedShape, versionBefore } from './answers.ts';
import { resultOf, resultSchema } from './results.ts';
import { WORDS } from './words.ts';

/** What is asked for several calls of a series, and what is answered. */

export const scope = z.enum(['this', ...SERIES_SCOPES]).openapi({
  description: 'Which calls of the series: `this` is the default.',
});

/** The call that was named, and what became of all in the scope. */
export const seriesChanged = z.object({
  data: changedShape.extend({
    dry_run: z.boolean(),
    series: z.object({
      id: z.string().nullable(),
      scope: z.enum(SERIES_SCOPES),
      results: z.array(resultSchema),
    }),
  }),
});

type Changed = z.infer<typeof seriesChanged>;

interface InScope {
  readonly command: SeriesCommand;
  readonly scope: SeriesScope;
  readonly isPreview?: boolean | undefined;
}

/** Requests that a change of a series counts as: only the engine knows how many calls it has. */
const WEIGHT = 20;

/** Changes every call in the scope, once if the request has a key, or none. */
export async function changeInScope(
  { scheduler }: RoutePorts,
  operationId: string,
  request: Asked,
  { command, scope: wanted, isPreview = false }: InScope,
): Promise<Answered<Changed> | Replay> {
  await request.weigh(WEIGHT);
  const answer = (outcome: SeriesOutcome) => answerTo(outcome, command.callId, wanted, isPreview);
  const remember = (outcome: SeriesOutcome) => kept(200, answer(outcome));
  const once = isPreview ? undefined : onceOf(command.appId, operationId, request, WORDS, remember);
  const outcome = await (isPreview
    ? scheduler.previewSeries(command, wanted)
    : once
      ? scheduler.changeSeriesOnce(command, wanted, once)
      : scheduler.changeSeries(command, wanted));
  if (outcome.kind !== 'series') return replayOf(outcome, { ...WORDS, field: inQuery });
  const answered = answer(outcome);
  if ('content' in answered) return answered;
  throw new ProblemError(answered);
}

/** Our name of a hold, and theirs. */
const inQuery = (path: string) => (path === 'holdId' ? 'hold' : path);

function answerTo(
  { seriesId, carriedOut, results, alternatives }: SeriesOutcome,
  named: string,
  wanted: SeriesScope,
  isPreview: boolean,
): Answered<Changed> | Problem {
  const told = results.map(({ callId, decision }) => resultOf(callId, decision, isPreview));
  const own = results.find(({ callId }) => callId === named)?.decision;
  if (!carriedOut || own?.kind !== 'accepted') {
    return refusalOf(own, 'one of the calls cannot be changed, so none was', told, alternatives);
  }
  const { content } = changedAnswer(own);
  return {
    content: {
      data: { ...content.data, dry_run: isPreview, series: { id: seriesId, scope: wanted, results: told } },
    },
    headers: { ETag: etagOf({ version: isPreview ? versionBefore(own) : own.call.version }) },
  };
}

/**
 * What is wrong with the command itself is told as for one call; where places refuse, the results tell which, and the
 * alternatives are for the request as a whole.
 */
export function refusalOf(
  own: Decision | undefined,
  message: string,
  results: readonly unknown[],
  alternatives: SeriesOutcome['alternatives'],
): Problem {
  if (own && own.kind !== 'accepted') {
    if (!isMisplaced(own)) return problemOf(own, WORDS);
  }
  return problems.conflict('not_carried_out', message, {
    results,
    alternatives: alternatives.map(slotShape),
  });
}
