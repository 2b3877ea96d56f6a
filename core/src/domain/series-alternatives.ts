import { bestOf, isElsewhere, MOST_ALTERNATIVES, MOST_TRIES, takingOffer } from './alternatives.ts';
import type { AppId, Call } from './call.ts';
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
  /** When a wish, by its number, would begin if the lead began then; undefined if the request cannot be made for that. */
  readonly startsIf: (lead: Instant) => ((wish: number) => Instant | undefined) | undefined;
  /** What is asked for each of the wishes there, in each of the ways in which it may be sent; none where it cannot be sent. */
  readonly asked: (offer: Offer) => readonly (readonly Command[])[];
  /** Whether all would be carried out together. */
  readonly isCarriedOut: (commands: readonly Command[], schedule: Schedule) => boolean;
}

/** Occupied slots that are searched through; where more are known, nothing is offered. */
const MOST_OCCUPIED = 5_000;
/** What a search may take, counted in slots that are compared with a call. */
const MOST_COMPARED = 500_000;
/** To ask a call alone takes as long as so many, besides the slots near it; to decide on it with all others. */
const QUESTION = 500;
const DECISION = 2_000;

/** What is left of what a search may take. */
interface Budget {
  left: number;
}

/**
 * Where the leading call could be, so that all calls find their places: with the agent whom it is wanted with, nearest in
 * time first, then with others at the wanted time, by id. Each was judged as the request is, so each is accepted if it
 * is sent at once.
 */
export function seriesAlternatives<Command extends PlacingCommand>(series: SoughtSeries<Command>): Offer[] {
  const { lead, wishes, schedule, along, now } = series;
  const { appId, callId } = lead.command;
  const { place } = lead;
  if (isCrowded(appId, schedule)) return [];
  const call = schedule.call(appId, callId);
  const known = new Set(othersIn(wishes.length, place.agentId, schedule.roster(appId)).map(({ id }) => id));
  const isKnown = ({ agentId }: Offer) => agentId === place.agentId || known.has(agentId);
  const reach = reachOf(wishes.length);
  const parts = partsOf(appId, wishes, schedule, along);
  const budget = { left: MOST_COMPARED };
  const mayTake = eachAlone(series, parts, budget);
  return bestOf({ appId, callId, place, schedule: schedule.vacated(along), now, reach }, (offers) => {
    // One agent's calendar may be searched in vain: half is for the others.
    const spared = offers[0]?.agentId === place.agentId ? MOST_COMPARED / 2 : 0;
    const found: Offer[] = [];
    for (const offer of offers.filter((one) => isElsewhere(one, call) && isKnown(one)).slice(0, MOST_TRIES)) {
      if (budget.left <= spared || found.length === MOST_ALTERNATIVES) break;
      if (mayTake(offer) && takes(series, offer, parts, budget)) found.push(offer);
    }
    return found;
  });
}

function isCrowded(appId: AppId, schedule: Schedule): boolean {
  const slots = schedule.agents(appId).map(({ id }) => [...schedule.occupied(appId, id)].length);
  return slots.reduce((sum, many) => sum + many, 0) > MOST_OCCUPIED;
}

/**
 * Whether no call would be refused alone. Whichever refuses is asked first the next time, so that it takes few to find out
 * that a place will not do.
 */
function eachAlone<Command extends PlacingCommand>(
  { startsIf, now }: SoughtSeries<Command>,
  parts: readonly Part[],
  budget: Budget,
): (offer: Offer) => boolean {
  let order = parts.map((part, index) => ({ ...part, index }));
  const refuses = (
    { wish: { command, place }, alone }: Part,
    agentId: string,
    startsAt: Instant,
  ): boolean => {
    const schedule = alone(agentId);
    const call = schedule.call(command.appId, command.callId);
    if (!isElsewhere({ agentId, from: startsAt }, call)) return false;
    const asked = takingOffer({ agentId, from: startsAt }, command);
    return (
      'kind' in findPlace({ command: asked, call, place: { ...place, agentId, startsAt }, schedule, now })
    );
  };
  return ({ agentId, from }) => {
    const starts = startsIf(from);
    budget.left -= QUESTION;
    if (!starts) return false;
    for (const part of order) {
      budget.left -= QUESTION + part.near(agentId).length;
      const startsAt = starts(part.index);
      if (startsAt !== undefined && !refuses(part, agentId, startsAt)) continue;
      order = [part, ...order.filter((other) => other !== part)];
      return false;
    }
    return true;
  };
}

/** Whether all would be carried out together there, in whatever way it is asked. */
function takes<Command extends PlacingCommand>(
  { asked, isCarriedOut, lead, schedule }: SoughtSeries<Command>,
  offer: Offer,
  parts: readonly Part[],
  budget: Budget,
): boolean {
  const ways = asked(offer);
  for (const commands of ways) {
    for (const part of parts) budget.left -= DECISION + part.near(offer.agentId).length;
    if (!isCarriedOut(commands, partFor(lead.command.appId, commands, parts, schedule))) return false;
  }
  return ways.length > 0;
}
