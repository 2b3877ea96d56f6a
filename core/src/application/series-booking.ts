import type { Issue } from '../domain/checks.ts';
import type { CreateCall } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import * as fields from '../domain/fields.ts';
import { issuesOf } from '../domain/issues.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { MOST_IN_SERIES, wallTimeOf } from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';
import { record } from './batch.ts';
import type { Judgement } from './group-commit.ts';
import { changesFor, needOf } from './judging.ts';
import { issuesOfSeeking } from './many.ts';
import { NO_CHANGES, together, type IdSource } from './ports.ts';
import type { SeriesOutcome, Unit } from './series-changes.ts';

/** A booking that is made several times. */
export interface SeriesRequest {
  readonly booking: Omit<CreateCall, 'callId' | 'startsAt' | 'holdId' | 'series'>;
  /** When each begins: 1 to `MOST_IN_SERIES`, no two at once. */
  readonly starts: readonly Instant[];
}

export function bookingUnit(request: SeriesRequest, ids: IdSource): Unit<SeriesOutcome> | Rejection {
  const { booking, starts } = request;
  const issues = issuesOfStarts(request);
  if (issues.length > 0) return { kind: 'invalid', issues };
  const id = ids.callId();
  const commands = starts
    .toSorted((a, b) => a - b)
    .map((startsAt): CreateCall => ({
      ...booking,
      callId: ids.callId(),
      startsAt,
      series: { id, wallTime: wallTimeOf(startsAt, booking.appTimezone) },
    }));
  const found = [...commands.slice(0, 1).flatMap(issuesOf), ...issuesOfSeeking(commands, 'starts')];
  if (found.length > 0) return { kind: 'invalid', issues: found };
  return {
    needs: commands.map(needOf),
    judge: (schedule, now) => booked(id, commands, schedule, now),
  };
}

/** Each is judged by what those before it have decided. */
function booked(
  seriesId: string,
  commands: readonly CreateCall[],
  schedule: Schedule,
  now: Instant,
): Judgement<SeriesOutcome> {
  const after = schedule.vacated([]);
  const judged = commands.map((command) => {
    const decision = decide(command, after, now);
    const changes = changesFor(command, decision, after);
    record(changes, after);
    return { callId: command.callId, decision, changes };
  });
  const carriedOut = judged.every(({ decision }) => decision.kind === 'accepted');
  const results = judged.map(({ callId, decision }) => ({ callId, decision }));
  return {
    answer: { kind: 'series', seriesId, carriedOut, results },
    changes: carriedOut ? together(judged.map(({ changes }) => changes)) : NO_CHANGES,
  };
}

/** What is wrong before there are calls. */
function issuesOfStarts({ booking, starts }: SeriesRequest): Issue[] {
  const zone = fields.reckonedZone(booking.appTimezone);
  if (zone !== undefined) return [{ path: 'appTimezone', message: zone }];
  if (starts.length < 1 || starts.length > MOST_IN_SERIES) {
    return [{ path: 'starts', message: `must be 1 to ${MOST_IN_SERIES} instants` }];
  }
  const wrong = starts.map(fields.instant).find((message) => message !== undefined);
  if (wrong !== undefined) return [{ path: 'starts', message: wrong }];
  return new Set(starts).size === starts.length ? [] : [{ path: 'starts', message: 'must differ' }];
}
