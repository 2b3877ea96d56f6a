import { bestOf, isElsewhere, MOST_ALTERNATIVES, MOST_TRIES, takingOffer } from './alternatives.ts';
import type { Call } from './call.ts';
import type { PlacingCommand } from './commands.ts';
import type { Offer } from './offers.ts';
import { findPlace } from './place.ts';
import type { Schedule } from './schedule.ts';
import { othersIn, partFor, partsOf, reachOf, type Part, type Wish } from './series-parts.ts';
import type { Instant } from './time.ts';

/** Where else the calls of a series could go, as a whole, when some of them are refused for their places. */

/** A request for calls that want to be somewhere together, and how it would be judged for another place. */
export interface SoughtSeries<Command extends PlacingCommand> {
  readonly wishes: readonly Wish<Command>[];
  /** The call whose places are offered: the first of a booking, or the one that a change names. */
  readonly lead: Wish<Command>;
  readonly schedule: Schedule;
  /** Calls that come along, so that their time is free where the lead goes elsewhere. */
  readonly along: readonly Call[];
  readonly now: Instant;
  /** What is asked for each of the wishes there, in each of the ways in which it may be sent; none where it cannot be sent. */
  readonly asked: (offer: Offer) => readonly (readonly Command[])[];
  /** Whether all would be carried out together. */
  readonly isCarriedOut: (commands: readonly Command[], schedule: Schedule) => boolean;
}

/** Calls that a search judges together, of all places; but three places at least. */
const MOST_TOGETHER = 300;
const FEWEST_PLACES = 3;
/** Calls that a search judges alone: where one is refused alone, the others need not be judged with it. */
const MOST_ALONE = 2_000;

/**
 * Where the leading call could be, so that all calls find their places: with the agent whom it is wanted with, nearest in
 * time first, then with others at the wanted time, by id. Each was judged as the request is, so each is accepted if it
 * is sent at once.
 */
export function seriesAlternatives<Command extends PlacingCommand>(series: SoughtSeries<Command>): Offer[] {
  const { lead, wishes, schedule, along, now, asked, isCarriedOut } = series;
  const { appId, callId } = lead.command;
  const { place } = lead;
  const call = schedule.call(appId, callId);
  const known = new Set(othersIn(wishes.length, place.agentId, schedule.roster(appId)).map(({ id }) => id));
  const isKnown = ({ agentId }: Offer) => agentId === place.agentId || known.has(agentId);
  const reach = reachOf(wishes.length);
  const parts = partsOf(appId, wishes, schedule, along);
  return bestOf({ appId, callId, place, schedule: schedule.vacated(along), now, reach }, (offers) => {
    const mayTake = eachAlone(parts, place.startsAt, now);
    let left = Math.max(FEWEST_PLACES, Math.floor(MOST_TOGETHER / wishes.length));
    const found: Offer[] = [];
    for (const offer of offers.filter((one) => isElsewhere(one, call) && isKnown(one)).slice(0, MOST_TRIES)) {
      const ways = mayTake(offer) ? asked(offer) : [];
      if (ways.length === 0) continue;
      const takes = ways.every((commands) =>
        isCarriedOut(commands, partFor(appId, commands, parts, schedule)),
      );
      if (takes && found.push(offer) === MOST_ALTERNATIVES) break;
      left -= 1;
      if (left === 0) break;
    }
    return found;
  });
}

/**
 * Whether no call would be refused alone. Whichever refuses is asked first the next time, so that it takes few to find out
 * that a place will not do. But for clocks that change in between, which are left to the judgement of the whole.
 */
function eachAlone(parts: readonly Part[], wanted: Instant, now: Instant): (offer: Offer) => boolean {
  let left = MOST_ALONE;
  let order = parts;
  const refuses = ({ wish, alone }: Part, { agentId, from }: Offer): boolean => {
    const { command, place, follows } = wish;
    const startsAt = follows ? place.startsAt + from - wanted : place.startsAt;
    const schedule = alone(agentId);
    const call = schedule.call(command.appId, command.callId);
    if (!isElsewhere({ agentId, from: startsAt }, call)) return false;
    const asked = takingOffer({ agentId, from: startsAt }, command);
    return (
      'kind' in findPlace({ command: asked, call, place: { ...place, agentId, startsAt }, schedule, now })
    );
  };
  return (offer) => {
    for (const part of order) {
      if (left === 0) return false;
      left -= 1;
      if (!refuses(part, offer)) continue;
      order = [part, ...order.filter((other) => other !== part)];
      return false;
    }
    return true;
  };
}
