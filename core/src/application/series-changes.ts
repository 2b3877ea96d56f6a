import type { Call } from '../domain/call.ts';
import { placeToLookAround, seeksAgent, wantedPlace, type RescheduleCall } from '../domain/commands.ts';
import type { Decision } from '../domain/decide.ts';
import type { Offer } from '../domain/offers.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { inScope, isInPlace, type SeriesCommand, type SeriesScope } from '../domain/series.ts';
import { seriesAlternatives } from '../domain/series-alternatives.ts';
import type { Wish } from '../domain/series-parts.ts';
import type { Instant } from '../domain/time.ts';
import { decideTogether } from '../domain/together.ts';
import type { Judgement } from './group-commit.ts';
import { needOf } from './judging.ts';
import { issuesOfSeeking, judgedTogether } from './many.ts';
import { NO_CHANGES, type Need } from './ports.ts';
import { isMisplacedSeries, wideNeedsOf, type Unit } from './series-looks.ts';

/** What becomes of several calls of one series: of all of them, or of none. */
export interface SeriesOutcome {
  readonly kind: 'series';
  /** null for a call that is in none. */
  readonly seriesId: string | null;
  /** Only if every one is accepted. */
  readonly carriedOut: boolean;
  /** By their order in the series. */
  readonly results: readonly { readonly callId: string; readonly decision: Decision }[];
  /** If some are refused for their places: where the first of a booking, or the one that is named, could be instead. */
  readonly alternatives: readonly Offer[];
}

/** The change is for other calls, or other times, than when it was planned: the calls are not as they were. */
export interface Outdated {
  readonly kind: 'outdated';
}

/** A change of several calls, and the calls as they are when it is planned. */
export interface SeriesChange {
  readonly command: SeriesCommand;
  readonly scope: SeriesScope;
  /** Whether nothing is to be written. */
  readonly isPreview: boolean;
  /** All of the named call's series, or that call alone; none if it is not there. */
  readonly series: readonly Call[];
}

export function changeUnit(change: SeriesChange, now: Instant): Unit<SeriesOutcome | Outdated> | Rejection {
  const { command, series } = change;
  const planned = commandsOf(change, now);
  const issues = issuesOfSeeking(planned, 'assignment');
  if (issues.length > 0) return { kind: 'invalid', issues };
  const inPlan = new Map(planned.map((one) => [one.callId, one]));
  const others = series
    .filter(({ id }) => !inPlan.has(id))
    .map(({ appId, id }): Need => ({ appId, callId: id }));
  const wishes = planned.flatMap((one) => {
    const call = series.find(({ id }) => id === one.callId);
    return call && one.type === 'reschedule' ? [{ command: one, place: wantedPlace(one, call) ?? call }] : [];
  });
  const named = wishes.find((wish) => wish.command.callId === command.callId);
  return {
    needs: [...planned.map(needOf), ...others],
    wideNeeds: [...wideNeedsOf(wishes, named?.command), ...others],
    judge: (schedule, at, isLast) => {
      const asTheyAre = series.flatMap(({ appId, id }) => schedule.call(appId, id) ?? []);
      // Fewer than planned, if some of them have begun meanwhile.
      const commands = commandsOf({ ...change, series: asTheyAre }, at);
      const isPlanned =
        commands.every((one) => isSame(one, inPlan.get(one.callId))) &&
        // Their agents' calendars were chosen by the plan.
        (!isLast || asTheyAre.every(({ agentId }, index) => agentId === series[index]?.agentId));
      return isPlanned
        ? judged({ ...change, series: asTheyAre }, commands, schedule, at, isLast)
        : { answer: { kind: 'outdated' }, changes: NO_CHANGES };
    },
  };
}

/** For a call that is not there, the command alone, to be refused. */
function commandsOf({ command, scope, series }: SeriesChange, now: Instant): SeriesCommand[] {
  const call = series.find(({ id }) => id === command.callId);
  return call ? inScope(command, scope, call, series, now) : [command];
}

/** Whether both want their call at the same time: what was loaded for the one will do for the other. */
function isSame(one: SeriesCommand, other: SeriesCommand | undefined): boolean {
  if (one.type !== 'reschedule' || other?.type !== 'reschedule') return one.type === other?.type;
  return one.edits.startsAt === other.edits.startsAt && one.wallTime === other.wallTime;
}

function judged(
  change: SeriesChange,
  commands: readonly SeriesCommand[],
  schedule: Schedule,
  now: Instant,
  isLast: boolean,
): Judgement<SeriesOutcome> {
  const judgement = judgedTogether({ commands, mode: 'atomic', preview: change.isPreview }, schedule, now);
  const { answer, changes } = judgement;
  const { carriedOut, decisions } = answer;
  const results = commands.flatMap(({ callId }, index) => {
    const decision = decisions[index];
    return decision ? [{ callId, decision }] : [];
  });
  const seriesId = change.series[0]?.series?.id ?? null;
  const changed = new Set(changes.calls.map(({ call }) => call.id));
  const alternatives =
    isLast && isMisplacedSeries({ kind: 'series', carriedOut, results })
      ? alternativesTo(change, commands, schedule, now)
      : [];
  return {
    ...judgement,
    answer: { kind: 'series', seriesId, carriedOut, results, alternatives },
    // Two changes of one series that leave to each other what the other one changes would make a series that neither meant.
    changes: { ...changes, reliedOn: change.series.filter(({ id }) => !changed.has(id)) },
  };
}

/** Where the named call could be, if the others come along. */
function alternativesTo(
  change: SeriesChange,
  commands: readonly SeriesCommand[],
  schedule: Schedule,
  now: Instant,
): Offer[] {
  const { command } = change;
  const call = schedule.call(command.appId, command.callId);
  if (!call || command.type !== 'reschedule') return [];
  const calls = new Map(change.series.map((one) => [one.id, one]));
  const moves = commands.filter((one) => one.type === 'reschedule');
  const wishes = moves.flatMap((one): Wish<RescheduleCall>[] => {
    const its = calls.get(one.callId);
    if (!its) return [];
    return [{ command: one, place: wantedPlace(one, its) ?? its, follows: its === call || isInPlace(its) }];
  });
  const lead = wishes.find((wish) => wish.command.callId === call.id);
  const place = lead && placeToLookAround(lead.command, call, schedule.roster(command.appId));
  if (!place) return [];
  const { agentId } = place;
  const along = wishes.flatMap(({ command: { callId }, follows }) => {
    const its = calls.get(callId);
    return its && (follows || its.agentId !== agentId) ? [its] : [];
  });
  return seriesAlternatives({
    wishes,
    lead: { ...lead, place },
    schedule,
    along,
    now,
    asked: waysOf(change, command, call, now),
    isCarriedOut: (there, known) => decideTogether(there, 'atomic', known, now).carriedOut,
  });
}

/**
 * The change for another place of the named call: with its agent named, who gets all calls then; and, if that one has the
 * call and the change leaves each with its own, without. Who takes an offer may send it either way.
 */
function waysOf(change: SeriesChange, command: RescheduleCall, call: Call, now: Instant) {
  const { edits } = command;
  const isKept = edits.agentId === undefined && !seeksAgent(command);
  const areMixed = change.series.some(({ agentId }) => agentId !== call.agentId);
  // Of others at the wanted time there are several.
  let last: { readonly startsAt: Instant; readonly moves: readonly RescheduleCall[] } | undefined;
  const at = (startsAt: Instant): readonly RescheduleCall[] => {
    if (last?.startsAt === startsAt) return last.moves;
    const there = { ...command, edits: { ...edits, startsAt }, overrides: [] };
    const moves = commandsOf({ ...change, command: there }, now).filter((one) => one.type === 'reschedule');
    last = { startsAt, moves };
    return moves;
  };
  return ({ agentId, from }: Offer): (readonly RescheduleCall[])[] => {
    const moves = at(from);
    const given = moves.map((move) => ({
      ...move,
      edits: { ...move.edits, agentId, assignment: undefined },
    }));
    return isKept && areMixed && agentId === call.agentId ? [given, moves] : [given];
  };
}
