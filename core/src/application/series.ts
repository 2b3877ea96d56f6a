import { issuesOf } from '../domain/issues.ts';
import * as fields from '../domain/fields.ts';
import type { Call } from '../domain/call.ts';
import type { Issue } from '../domain/checks.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { KeyReused, Replayed } from '../domain/requests.ts';
import { SERIES_SCOPES, type SeriesCommand, type SeriesScope } from '../domain/series.ts';
import type { Contended, GroupCommit, Overloaded } from './group-commit.ts';
import type { Gate, InFlight, Once } from './once.ts';
import type { Clock, IdSource, ScheduleStore } from './ports.ts';
import { bookingUnit, type SeriesRequest } from './series-booking.ts';
import { changeUnit, type Outdated, type SeriesOutcome } from './series-changes.ts';
import { inTwoLooks, type Unit } from './two-looks.ts';

type SeriesAnswer = SeriesOutcome | Rejection | Overloaded | Contended;
type SeriesOnce = SeriesAnswer | Replayed | KeyReused | InFlight;

/** Calls that are booked, and changed, together: all or none. */
export interface SeriesBook {
  /** Each is given to an agent by itself, after those before it. */
  bookSeries(request: SeriesRequest): Promise<SeriesAnswer>;
  bookSeriesOnce(request: SeriesRequest, once: Once<SeriesOutcome>): Promise<SeriesOnce>;
  /** `inScope` says which calls, and what for each. A call that is in no series is changed alone. */
  changeSeries(command: SeriesCommand, scope: SeriesScope): Promise<SeriesAnswer>;
  changeSeriesOnce(
    command: SeriesCommand,
    scope: SeriesScope,
    once: Once<SeriesOutcome>,
  ): Promise<SeriesOnce>;
  /** What `changeSeries` would answer. Nothing is changed. */
  previewSeries(command: SeriesCommand, scope: SeriesScope): Promise<SeriesAnswer>;
}

/** How often a change is planned anew because others were faster. */
const MOST_PLANS = 16;

interface SeriesPorts<Version> {
  readonly store: ScheduleStore<Version>;
  readonly commits: GroupCommit;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly gate: Gate;
}

export function createSeriesBook<Version>(ports: SeriesPorts<Version>): SeriesBook {
  const { store, commits, clock, ids, gate } = ports;
  const submit = <Outcome>(unit: Unit<Outcome>) => inTwoLooks(commits, unit);
  const submitOnce =
    <Outcome>(once: Once<Outcome>) =>
    (unit: Unit<Outcome>) =>
      inTwoLooks(commits, unit, once);

  async function book<Answer>(request: SeriesRequest, send: (unit: Unit<SeriesOutcome>) => Promise<Answer>) {
    const unit = bookingUnit(request, ids);
    return 'kind' in unit ? unit : send(unit);
  }

  /**
   * Which calls are in a series never changes, so that they are looked up before the commit; where each of them is may
   * have changed by then, and with it what the command asks of it.
   */
  async function change<Answer extends { readonly kind: string }>(
    command: SeriesCommand,
    scope: SeriesScope,
    isPreview: boolean,
    send: (unit: Unit<SeriesOutcome | Outdated>) => Promise<Answer | Outdated>,
  ) {
    const issues = issuesOfScope(command, scope);
    if (issues.length > 0) return { kind: 'invalid' as const, issues };
    for (let plans = 0; plans < MOST_PLANS; plans += 1) {
      const unit = changeUnit({ command, scope, isPreview, series: await seriesOf(command) }, clock.now());
      if ('kind' in unit) return unit;
      const answer = await send(unit);
      if (!isOutdated(answer)) return answer;
    }
    return contended;
  }

  /** The calls of the series that the command's call is in; that call alone, if it is in none. */
  async function seriesOf({ appId, callId }: SeriesCommand): Promise<readonly Call[]> {
    const { calls } = await store.load([{ appId, callId }]);
    const seriesId = calls[0]?.series?.id;
    return seriesId === undefined ? calls : (await store.load([{ appId, seriesId }])).calls;
  }

  return {
    bookSeries: (request) => book(request, submit),
    bookSeriesOnce: (request, once) => gate(once.key, () => book(request, submitOnce(once))),
    changeSeries: (command, scope) => change(command, scope, false, submit),
    changeSeriesOnce: (command, scope, once) =>
      gate(once.key, () => change(command, scope, false, submitOnce(unlessOutdated(once)))),
    previewSeries: (command, scope) => change(command, scope, true, submit),
  };
}

const contended: Contended = { kind: 'contended' };

const isOutdated = (answer: { readonly kind: string }): answer is Outdated => answer.kind === 'outdated';

const unlessOutdated = ({ answer, ...once }: Once<SeriesOutcome>): Once<SeriesOutcome | Outdated> => ({
  ...once,
  answer: (outcome) => (isOutdated(outcome) ? undefined : answer(outcome)),
});

function issuesOfScope(command: SeriesCommand, scope: SeriesScope): Issue[] {
  const wrong = fields.oneOf(SERIES_SCOPES)(scope);
  const held = command.type === 'reschedule' ? command.holdId : undefined;
  return [
    ...issuesOf(command),
    ...(wrong === undefined ? [] : [{ path: 'scope', message: wrong }]),
    ...(held === undefined ? [] : [{ path: 'holdId', message: 'keeps one time: it is for one call' }]),
  ];
}
