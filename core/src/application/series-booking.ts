import type { Issue } from '../domain/checks.ts';
import { bookingOf, placeToLookAround, type CreateCall } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import * as fields from '../domain/fields.ts';
import { issuesOf } from '../domain/issues.ts';
import type { Offer } from '../domain/offers.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { MOST_IN_SERIES, shiftedAs, startingAt, wallTimeOf } from '../domain/series.ts';
import { seriesAlternatives } from '../domain/series-alternatives.ts';
import { isWithinReach, type Wish } from '../domain/series-parts.ts';
import type { Instant } from '../domain/time.ts';
import { record } from './batch.ts';
import type { Judgement } from './group-commit.ts';
import { changesFor, needOf } from './judging.ts';
import { issuesOfSeeking } from './many.ts';
import { NO_CHANGES, together, type IdSource } from './ports.ts';
import type { SeriesOutcome } from './series-changes.ts';
import { isMisplacedSeries, seriesUnit, wideNeedsOf } from './series-looks.ts';
import type { Unit } from './two-looks.ts';

/** A booking that is made several times. */
export interface SeriesRequest {
  readonly booking: Omit<CreateCall, 'callId' | 'startsAt' | 'holdId' | 'series'>;
  /** When each begins: 1 to `MOST_IN_SERIES`, no two at once. */
  readonly starts: readonly Instant[];
  /**
   * When each would begin if the first began then; undefined if the request cannot be made for that. It says what is offered
   * where the calls find no place, and is asked for a few hundred beginnings, of which few should take it long. Pure. By default, each stays as far from the first on the clocks as it is.
   */
  readonly startsFrom?: ((first: Instant) => readonly Instant[] | undefined) | undefined;
}

/** A series that is to be: what is asked, and what it is for each of its calls. */
interface Planned {
  readonly request: SeriesRequest;
  readonly id: string;
  /** In the order of their times. */
  readonly wishes: readonly Wish<CreateCall>[];
}

export function bookingUnit(request: SeriesRequest, ids: IdSource): Unit<SeriesOutcome> | Rejection {
  const issues = issuesOfStarts(request);
  if (issues.length > 0) return { kind: 'invalid', issues };
  const id = ids.callId();
  const commands = request.starts
    .toSorted((a, b) => a - b)
    .map((startsAt) => placed({ ...request.booking, callId: ids.callId(), startsAt }, id));
  const found = [...commands.slice(0, 1).flatMap(issuesOf), ...issuesOfSeeking(commands, 'starts')];
  if (found.length > 0) return { kind: 'invalid', issues: found };
  const wishes = commands.map((command) => ({ command, place: bookingOf(command) }));
  return seriesUnit({
    needs: commands.map(needOf),
    wideNeeds: wideNeedsOf(wishes, commands[0]),
    judge: (schedule, now, isLast) => {
      const judgement = booked(id, commands, schedule, now);
      if (!isLast || !isMisplacedSeries(judgement.answer)) return judgement;
      const alternatives = alternativesTo({ request, id, wishes }, schedule, now);
      return { ...judgement, answer: { ...judgement.answer, alternatives } };
    },
  });
}

const placed = (command: CreateCall, id: string): CreateCall => ({
  ...command,
  series: { id, wallTime: wallTimeOf(command.startsAt, command.appTimezone) },
});

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
    answer: { kind: 'series', seriesId, carriedOut, results, alternatives: [] },
    changes: carriedOut ? together(judged.map(({ changes }) => changes)) : NO_CHANGES,
  };
}

/** Where the first call could be: as many calls are booked then, each with the agent of the offer. */
function alternativesTo({ request, id, wishes }: Planned, schedule: Schedule, now: Instant): Offer[] {
  const [first] = wishes;
  if (!first) return [];
  const { booking, startsFrom: given } = request;
  const { appTimezone } = booking;
  const place = placeToLookAround(first.command, undefined, schedule.roster(booking.appId)) ?? first.place;
  const starts = startsOf(request);
  return seriesAlternatives({
    wishes,
    lead: { ...first, place },
    schedule,
    along: [],
    now,
    startsIf(from) {
      const shifted = given ? undefined : shiftedAs(first.place.startsAt, from, appTimezone);
      const there = given ? starts(from) : [];
      if (!shifted && there.length === 0) return undefined;
      return (wish) => {
        const startsAt = wishes[wish]?.place.startsAt;
        return shifted && startsAt !== undefined ? shifted(startsAt, appTimezone) : there[wish];
      };
    },
    asked({ agentId, from }) {
      const there = starts(from);
      const commands = wishes.flatMap(({ command }, index) => {
        const startsAt = there[index];
        return startsAt === undefined ? [] : [placed({ ...command, startsAt, agentId, overrides: [] }, id)];
      });
      return commands.length > 0 ? [commands] : [];
    },
    isCarriedOut: (there, known) => booked(id, there, known, now).answer.carriedOut,
  });
}

/** Calls that one search reckons the starts of: it may take a tenth of a millisecond for each. */
const MOST_RECKONED = 150;
const FEWEST_BEGINNINGS = 2;

/**
 * In their order, for any beginning; none if the request cannot be made for that, for as many calls, near enough to what
 * is known, and for all that come after the first few.
 */
function startsOf({ booking, starts, startsFrom }: SeriesRequest): (first: Instant) => readonly Instant[] {
  const wanted = starts.toSorted((a, b) => a - b);
  const known = new Map<Instant | undefined, readonly Instant[]>([[wanted[0], wanted]]);
  let left = Math.max(FEWEST_BEGINNINGS, Math.floor(MOST_RECKONED / wanted.length));
  const reckoned = (first: Instant): readonly Instant[] => {
    if (left === 0) return [];
    const all = startsFrom ? startsFrom(first) : startingAt(first, wanted, booking.appTimezone);
    if (!all) return [];
    left -= 1;
    const there = all.toSorted((a, b) => a - b);
    const isSound = there[0] === first && isWithinReach(there, wanted);
    return isSound && issuesOfStarts({ booking, starts: there }).length === 0 ? there : [];
  };
  return (first) => {
    const found = known.get(first) ?? reckoned(first);
    known.set(first, found);
    return found;
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
