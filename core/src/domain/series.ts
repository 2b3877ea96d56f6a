import { Temporal } from 'temporal-polyfill';
import { isMovable, type Call } from './call.ts';
import type { RescheduleCall, TransitCall } from './commands.ts';
import type { Instant } from './time.ts';

/** Calls that were booked together: which of them a change is for, and what it is for each. */

export const SERIES_SCOPES = ['this_and_following', 'all'] as const;
/** The call and those that came after it when the series was booked, or every call of its series. */
export type SeriesScope = (typeof SERIES_SCOPES)[number];

/** Calls in one series. */
export const MOST_IN_SERIES = 100;

/** What can be asked for several calls of a series at once. */
export type SeriesCommand = RescheduleCall | (TransitCall & { readonly type: 'cancel' });

/** The local date and time of an instant, as `InSeries` has it. */
export const wallTimeOf = (at: Instant, timezone: string): string => localOf(at, timezone).toString();

/** A time that clocks skip is meant by the offset before the gap, of one that comes twice the first is meant (RFC 5545, 3.3.5). */
export const instantOf = (wallTime: string, timezone: string): Instant =>
  shownAt(Temporal.PlainDateTime.from(wallTime), timezone);

const shownAt = (local: Temporal.PlainDateTime, timezone: string): Instant =>
  local.toZonedDateTime(timezone, { disambiguation: 'compatible' }).epochMilliseconds;

/** The same calls, the first of them at another time: each as far from it on the clocks as it was. */
export function startingAt(first: Instant, starts: readonly Instant[], timezone: string): Instant[] {
  const shifted = shiftedAs(Math.min(...starts), first, timezone);
  return starts.map((at) => shifted(at, timezone));
}

/** What begins at any time, on the clocks of its zone as much later as the one instant is than the other. */
export function shiftedAs(
  from: Instant,
  to: Instant,
  timezone: string,
): (at: Instant, timezone: string) => Instant {
  const by = localOf(from, timezone).until(localOf(to, timezone), { largestUnit: 'day' });
  return (at, zone) => shownAt(localOf(at, zone).add(by), zone);
}

const localOf = (at: Instant, timezone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDateTime();

/** Whether a call is where its series has it; one that was moved by itself is an exception. */
export const isInPlace = ({ series, startsAt, appTimezone }: Call): boolean =>
  series !== null &&
  (instantOf(series.wallTime, appTimezone) === startsAt ||
    wallTimeOf(startsAt, appTimezone) === series.wallTime);

/**
 * What a command for `call` is for the calls in its scope, by their order in the series; for the call itself too. Of the
 * others, those that are over, or have begun by `now`, stay as they are.
 */
export function inScope(
  command: SeriesCommand,
  scope: SeriesScope,
  call: Call,
  series: readonly Call[],
  now: Instant,
): SeriesCommand[] {
  const shift = command.type === 'reschedule' ? shiftOf(command, call) : undefined;
  return series
    .filter((one) => one.id === call.id || isMeant(one, scope, call, now))
    .toSorted((a, b) => a.moves.firstStartsAt - b.moves.firstStartsAt || (a.id < b.id ? -1 : 1))
    .map((one) =>
      command.type === 'reschedule' ? moved(command, call, one, shift) : addressed(command, call, one),
    );
}

const isMeant = (one: Call, scope: SeriesScope, call: Call, now: Instant): boolean =>
  isMovable(one.status) &&
  one.startsAt > now &&
  (scope === 'all' || one.moves.firstStartsAt >= call.moves.firstStartsAt);

/** How far the series moves on the clocks of its zone; undefined when it stays. */
function shiftOf({ edits: { startsAt } }: RescheduleCall, call: Call): Temporal.Duration | undefined {
  const { series, appTimezone } = call;
  if (series === null || startsAt === undefined || startsAt === call.startsAt) return undefined;
  // A time that clocks skip is the one that the series means; an exception moves from where it is.
  const from = isInPlace(call)
    ? Temporal.PlainDateTime.from(series.wallTime)
    : localOf(call.startsAt, appTimezone);
  return from.until(localOf(startsAt, appTimezone), { largestUnit: 'day' });
}

/** The versions are those of the call that the command names. */
const addressed = <Command extends SeriesCommand>(command: Command, call: Call, one: Call): Command =>
  one.id === call.id ? command : { ...command, callId: one.id, versions: 'any' };

/** Exceptions keep their time; all else that is edited is for them too. */
function moved(
  command: RescheduleCall,
  call: Call,
  one: Call,
  shift: Temporal.Duration | undefined,
): RescheduleCall {
  const own = addressed(command, call, one);
  const { series, appTimezone } = one;
  const isNamed = one.id === call.id;
  if (series === null) return own;
  if (!shift || !(isNamed || isInPlace(one))) {
    return isNamed ? own : { ...own, edits: { ...own.edits, startsAt: undefined } };
  }
  const wallTime = Temporal.PlainDateTime.from(series.wallTime).add(shift).toString();
  if (isNamed) return { ...own, wallTime };
  return { ...own, wallTime, edits: { ...own.edits, startsAt: instantOf(wallTime, appTimezone) } };
}
