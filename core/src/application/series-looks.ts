import { placeToLookAround, type PlacingCommand } from '../domain/commands.ts';
import type { Decision } from '../domain/decide.ts';
import { lookedAt } from '../domain/place.ts';
import { isMisplaced } from '../domain/rejections.ts';
import { seriesSlots, type Wish } from '../domain/series-parts.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { Contended, GroupCommit, Judgement, Overloaded } from './group-commit.ts';
import { needOf, type Judge } from './judging.ts';
import { answeredOnce, type Once } from './once.ts';
import { NO_CHANGES, type Known, type Need } from './ports.ts';

/** Calls of a series as one unit of the write path, which is looked at twice if some of them find no place. */

export interface Unit<Outcome> {
  readonly needs: readonly Need[];
  /** With all that is looked at to say where else the calls could go. */
  readonly wideNeeds: readonly Need[];
  readonly judge: Judge<Outcome>;
}

/** What may be the outcome of a series. */
interface Judged {
  readonly kind: string;
  readonly carriedOut?: boolean;
  readonly results?: readonly { readonly decision: Decision }[];
}

/** Whether nothing is done, and only as some of the calls are refused for their places: other ones may do. */
export const isMisplacedSeries = ({ carriedOut, results = [] }: Judged): boolean =>
  carriedOut === false &&
  results.every(({ decision }) => decision.kind === 'accepted' || isMisplaced(decision));

/** Where others are faster again and again, the answer has no alternatives rather than that they are searched for each time. */
const MOST_SEARCHES = 2;

type Look<Outcome> = (schedule: Schedule, now: Instant, misses: number) => Judgement<Outcome>;

/** Requests whose calls all find their places do not pay for the wider look. */
async function inTwoLooks<Outcome extends Judged, Answer extends Judged>(
  unit: Unit<Outcome>,
  look: (needs: readonly Need[], judge: Look<Outcome>, isLast: boolean) => Promise<Answer>,
): Promise<Answer> {
  const judge =
    (isLast: boolean): Look<Outcome> =>
    (schedule, now, misses) => {
      const judgement = unit.judge(schedule, now, isLast && misses < MOST_SEARCHES);
      const isAnswer = isLast || !isMisplacedSeries(judgement.answer);
      return isAnswer ? judgement : { answer: judgement.answer, changes: NO_CHANGES };
    };
  const first = await look(unit.needs, judge(false), false);
  return isMisplacedSeries(first) ? look(unit.wideNeeds, judge(true), true) : first;
}

export const submitted =
  (commits: GroupCommit) =>
  <Outcome extends Judged>(unit: Unit<Outcome>): Promise<Outcome | Overloaded | Contended> =>
    inTwoLooks(unit, (needs, judge) => commits.submit(needs, judge));

/** As above, once for a key. What a look says that is not the last is no answer yet. */
export const submittedOnce =
  <Outcome extends Judged>(commits: GroupCommit, once: Once<Outcome>) =>
  (unit: Unit<Outcome>) =>
    inTwoLooks(unit, (needs, judge, isLast) => {
      const answer = (outcome: Outcome) =>
        isLast || !isMisplacedSeries(outcome) ? once.answer(outcome) : undefined;
      const request: Need = { appId: once.key.appId, request: once.key };
      return commits.submit([...needs, request], (schedule, at, misses) =>
        answeredOnce({ ...once, answer }, (...looked) => judge(...looked, misses))(schedule, at),
      );
    });

/** What is needed to judge all of them, and to say where else they could go when `lead` goes elsewhere. */
export const wideNeedsOf = (
  wishes: readonly Pick<Wish, 'command' | 'place'>[],
  lead: PlacingCommand | undefined,
): Need[] =>
  wishes.map(({ command }) => ({
    ...needOf(command),
    // Only the first looks at others; but the queue counts each as a wide look, so that a long series goes by itself.
    roster: true,
    ...(command === lead && {
      calendars(known: Known) {
        const place = placeToLookAround(lead, known.call, known.roster);
        return [...lookedAt(lead, known), ...(place ? seriesSlots(wishes, place.agentId, known) : [])];
      },
    }),
  }));
