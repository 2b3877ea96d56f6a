import type { Accepted, SeriesOutcome, SeriesRequest } from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { kept, onceOf, replayOf, type Asked } from '../commands.ts';
import type { Answered } from '../endpoint.ts';
import type { RoutePorts } from '../environment.ts';
import { ProblemError, problems, type Problem } from '../answers/problems.ts';
import { expansionOf, startsOf } from '../requests/recurrence.ts';
import type { Replay } from '../answers/reply.ts';
import { toIso } from '../requests/time.ts';
import { changedShape, createdAnswer } from './answers.ts';
import { resultOf } from './results.ts';
import { refusalOf } from './series.ts';
import { summarySchema, summaryShape } from './shapes.ts';
import { WORDS } from './words.ts';

/** A booking that recurs. */

/** The first call, and all of them. */
export const seriesCreated = z.object({
  data: changedShape.extend({ series: z.object({ id: z.string(), calls: z.array(summarySchema) }) }),
});

type Created = z.infer<typeof seriesCreated>;

interface Recurring {
  readonly recurrence: string;
  readonly startsAt: number;
  readonly booking: SeriesRequest['booking'];
}

/** Books every call that the rule gives, once if the request has a key, or none. */
export async function bookSeries(
  { scheduler }: RoutePorts,
  operationId: string,
  request: Asked,
  { recurrence, startsAt, booking }: Recurring,
): Promise<Answered<Created> | Replay> {
  const starts = startsOf(recurrence, startsAt, booking.appTimezone);
  if (typeof starts === 'string') {
    throw new ProblemError(problems.invalid([{ path: 'recurrence', message: starts }]));
  }
  await request.weigh(starts.length);
  const answer = (outcome: SeriesOutcome) => answerTo(outcome, starts);
  const once = onceOf(booking.appId, operationId, request, WORDS, (outcome: SeriesOutcome) =>
    kept(201, answer(outcome)),
  );
  const asked = { booking, starts, startsFrom: expansionOf(recurrence, booking.appTimezone) };
  const outcome = await (once ? scheduler.bookSeriesOnce(asked, once) : scheduler.bookSeries(asked));
  if (outcome.kind !== 'series') return replayOf(outcome, { ...WORDS, field: inBody });
  const answered = answer(outcome);
  if ('content' in answered) return answered;
  throw new ProblemError(answered);
}

/** Our name of when the calls begin, and theirs. */
const inBody = (path: string) => (path === 'starts' ? 'recurrence' : path);

function answerTo(outcome: SeriesOutcome, starts: readonly number[]): Answered<Created> | Problem {
  const { seriesId: id, carriedOut, results, alternatives } = outcome;
  const booked = results.flatMap(({ decision }): Accepted[] =>
    decision.kind === 'accepted' ? [decision] : [],
  );
  const [first] = booked;
  if (!carriedOut || !first || id === null) {
    // The calls have not come to be: they are told by their starts.
    const told = results.map(({ callId, decision }, index) => {
      const { status, error } = resultOf(callId, decision);
      return { scheduledAtUtc: toIso(starts[index] ?? 0), status, error };
    });
    const own = results[0]?.decision;
    return refusalOf(own, 'one of the calls cannot be booked, so none was', told, alternatives);
  }
  const { content, headers = {} } = createdAnswer(first);
  const calls = booked.map(({ call }) => summaryShape(call));
  return { content: { data: { ...content.data, series: { id, calls } } }, headers };
}
