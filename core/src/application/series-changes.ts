import type { Call } from '../domain/call.ts';
import type { Decision } from '../domain/decide.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { inScope, type SeriesCommand, type SeriesScope } from '../domain/series.ts';
import type { Instant } from '../domain/time.ts';
import type { Judgement } from './group-commit.ts';
import { needOf } from './judging.ts';
import { issuesOfSeeking, judgedTogether } from './many.ts';
import { NO_CHANGES, type Need } from './ports.ts';

/** What becomes of several calls of one series: of all of them, or of none. */
export interface SeriesOutcome {
  readonly kind: 'series';
  /** null for a call that is in none. */
  readonly seriesId: string | null;
  /** Only if every one is accepted. */
  readonly carriedOut: boolean;
  /** By their order in the series. */
  readonly results: readonly { readonly callId: string; readonly decision: Decision }[];
}

/** The change is for other calls, or other times, than when it was planned: the calls are not as they were. */
export interface Outdated {
  readonly kind: 'outdated';
}

/** What the write path takes as one. */
export interface Unit<Outcome> {
  readonly needs: readonly Need[];
  readonly judge: (schedule: Schedule, now: Instant) => Judgement<Outcome>;
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
  const { series } = change;
  const planned = commandsOf(change, now);
  const issues = issuesOfSeeking(planned, 'assignment');
  if (issues.length > 0) return { kind: 'invalid', issues };
  const inPlan = new Map(planned.map((command) => [command.callId, command]));
  const others = series.filter(({ id }) => !inPlan.has(id));
  return {
    needs: [...planned.map(needOf), ...others.map(({ appId, id }) => ({ appId, callId: id }))],
    judge: (schedule, at) => {
      const asTheyAre = series.flatMap(({ appId, id }) => schedule.call(appId, id) ?? []);
      // Fewer than planned, if some of them have begun meanwhile.
      const commands = commandsOf({ ...change, series: asTheyAre }, at);
      return commands.every((command) => isSame(command, inPlan.get(command.callId)))
        ? judged({ ...change, series: asTheyAre }, commands, schedule, at)
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
  return {
    ...judgement,
    answer: { kind: 'series', seriesId, carriedOut, results },
    // Two changes of one series that leave to each other what the other one changes would make a series that neither meant.
    changes: { ...changes, reliedOn: change.series.filter(({ id }) => !changed.has(id)) },
  };
}
