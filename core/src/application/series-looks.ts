import { placeToLookAround, type PlacingCommand } from '../domain/commands.ts';
import type { Decision } from '../domain/decide.ts';
import { lookedAt } from '../domain/place.ts';
import { isMisplaced } from '../domain/rejections.ts';
import { seriesSlots, type Wish } from '../domain/series-parts.ts';
import { needOf, type Judge } from './judging.ts';
import type { Known, Need } from './ports.ts';
import type { Unit } from './two-looks.ts';

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

/** Calls of a series as one unit, which searches for other places if some of them find none. */
export const seriesUnit = <Outcome extends Judged>({
  needs,
  wideNeeds,
  judge,
}: {
  readonly needs: readonly Need[];
  readonly wideNeeds: readonly Need[];
  readonly judge: Judge<Outcome>;
}): Unit<Outcome> => ({
  needs,
  wideNeeds: () => wideNeeds,
  judge: (schedule, now, first, misses) =>
    judge(schedule, now, first !== undefined && misses < MOST_SEARCHES),
  isMisplaced: isMisplacedSeries,
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
