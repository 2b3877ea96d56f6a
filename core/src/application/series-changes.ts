import type { Call } from '../domain/call.ts';
import { placeToLookAround, seeksAgent, wantedPlace, type RescheduleCall } from '../domain/commands.ts';
import type { Decision } from '../domain/decide.ts';
import type { Offer } from '../domain/offers.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { inScope, isInPlace, shiftedAs, type SeriesCommand, type SeriesScope } from '../domain/series.ts';
import { seriesAlternatives } from '../domain/series-alternatives.ts';
import type { Wish } from '../domain/series-parts.ts';
import type { Instant } from '../domain/time.ts';
import { decideTogether } from '../domain/together.ts';
import type { Judgement } from './group-commit.ts';
import { needOf } from './judging.ts';
import { issuesOfSeeking, judgedTogether } from './many.ts';
import { NO_CHANGES, type Need } from './ports.ts';
import { isMisplacedSeries, seriesUnit, wideNeedsOf } from './series-looks.ts';
import type { Unit } from './two-looks.ts';

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
  const wishes = wishesOf(planned, series);
  const named = wishes.find((wish) => wish.command.callId === command.callId);
  return seriesUnit<SeriesOutcome | Outdated>({
    needs: [...planned.map(needOf), ...others],
    wideNeeds: [...wideNeedsOf(wishes, named?.command), ...others],
    judge: (schedule, at, isLast) => {
      const asTheyAre = series.flatMap(({ appId, id }) => schedule.call(appId, id) ?? []);
      // Fewer than planned, if some of them have begun meanwhile.
      const commands = commandsOf({ ...change, series: asTheyAre }, at);
      const isPlanned =
        (series.length > 0 || !schedule.call(command.appId, command.callId)) &&
        commands.every((one) => isSame(one, inPlan.get(one.callId))) &&
        // What is looked at around them was chosen by the plan.
        (!isLast || areAround(wishesOf(commands, asTheyAre), wishes));
      return isPlanned
        ? judged({ ...change, series: asTheyAre }, commands, schedule, at, isLast)
        : { answer: { kind: 'outdated' }, changes: NO_CHANGES };
    },
  });
}

/** For a call that is not there, the command alone, to be refused; if it is there by then, that plan is outdated. */
function commandsOf({ command, scope, series }: SeriesChange, now: Instant): SeriesCommand[] {
  const call = series.find(({ id }) => id === command.callId);
  return call ? inScope(command, scope, call, series, now) : [command];
}

/** The moves, and where each wants its call to be. */
const wishesOf = (commands: readonly SeriesCommand[], series: readonly Call[]): Wish<RescheduleCall>[] =>
  commands.flatMap((command) => {
    const call = series.find(({ id }) => id === command.callId);
    return call && command.type === 'reschedule'
      ? [{ command, place: wantedPlace(command, call) ?? call }]
      : [];
  });

/** Whether each wants the place that was planned; of an exception the command does not tell. No call's length ever changes. */
const areAround = (wishes: readonly Wish[], planned: readonly Wish[]): boolean =>
  wishes.every(({ command, place: { agentId, startsAt } }) => {
    const known = planned.find((one) => one.command.callId === command.callId)?.place;
    return known?.startsAt === startsAt && known.agentId === agentId;
  });

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
  const wishes = wishesOf(commands, change.series);
  const lead = wishes.find((wish) => wish.command.callId === call.id);
  const place = lead && placeToLookAround(lead.command, call, schedule.roster(command.appId));
  if (!place) return [];
  const { agentId, startsAt } = place;
  // Whose calls go as far as the named one does; the others stay at their times.
  const followers = new Map(
    change.series.filter((one) => one === call || isInPlace(one)).map((one) => [one.id, one]),
  );
  const moving = new Set(wishes.map(({ command: { callId } }) => callId));
  const along = change.series.filter(
    (one) => moving.has(one.id) && (followers.has(one.id) || one.agentId !== agentId),
  );
  return seriesAlternatives({
    wishes,
    lead: { ...lead, place },
    schedule,
    along,
    now,
    startsIf(from) {
      const shifted = shiftedAs(startsAt, from, call.appTimezone);
      return (wish) => {
        const its = wishes[wish];
        const follower = its && followers.get(its.command.callId);
        return follower ? shifted(its.place.startsAt, follower.appTimezone) : its?.place.startsAt;
      };
    },
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
