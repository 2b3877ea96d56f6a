import type { AgentId, AppId, Call, CallId } from './call.ts';
import {
  isPlacing,
  placeToLookAround,
  type CallCommand,
  type CreateCall,
  type PlacingCommand,
  type RescheduleCall,
} from './commands.ts';
import { decide } from './decide.ts';
import { openStarts, type Offer } from './offers.ts';
import type { Agent } from './agents.ts';
import { isMisplaced } from './rejections.ts';
import type { ScheduleView } from './schedule.ts';
import type { Placed, Slot } from './slots.ts';
import { DAY, MINUTE, type Instant } from './time.ts';

/** The most that a refusal offers. */
export const MOST_ALTERNATIVES = 5;
/** Of these, places with the agent who was asked for, as long as there are enough with others. */
const OF_THE_SAME_AGENT = 3;
/** What a search judges at most: where the rules leave nothing, it ends all the same. */
export const MOST_TRIES = 300;
/** How far from the wanted start one is looked for. */
export const REACH = 7 * DAY;
/** Offers are on the quarter of an hour, whatever was asked for. */
const GRID = 15 * MINUTE;

const ANY = (): boolean => true;

/**
 * The outcome, and where else the call could go if it is refused for its place: what `fits` of that. For what was loaded
 * by the wider look.
 */
export function withAlternatives<Outcome extends { readonly kind: string }>(
  command: CallCommand,
  outcome: Outcome,
  schedule: ScheduleView,
  now: Instant,
  fits: (offer: Offer) => boolean = ANY,
): Outcome {
  if (!isMisplaced(outcome) || !isPlacing(command)) return outcome;
  const { appId, callId } = command;
  const place = placeToLookAround(command, schedule.call(appId, callId), schedule.roster(appId));
  return place ? { ...outcome, alternatives: alternativesTo(command, place, schedule, now, fits) } : outcome;
}

/**
 * Where the call could go instead of its refused place: with the same agent, nearest in time first, then with others at
 * the wanted time, by id. Each has passed `decide`, so each is accepted if it is sent at once.
 */
export function alternativesTo(
  command: PlacingCommand,
  place: Placed,
  schedule: ScheduleView,
  now: Instant,
  fits: (offer: Offer) => boolean = ANY,
): Offer[] {
  const { appId, callId } = command;
  const call = schedule.call(appId, callId);
  return bestOf({ appId, callId, place, schedule, now }, (offers) => {
    const found: Offer[] = [];
    for (const offer of offers.filter((one) => isElsewhere(one, call) && fits(one)).slice(0, MOST_TRIES)) {
      const takes = decide(takingOffer(offer, command), schedule, now).kind === 'accepted';
      if (takes && found.push(offer) === MOST_ALTERNATIVES) break;
    }
    return found;
  });
}

export const isElsewhere = (
  { agentId, from }: Pick<Offer, 'agentId' | 'from'>,
  call: Call | undefined,
): boolean => from !== call?.startsAt || agentId !== call.agentId;

/** A call for which other places are looked for than the one where it is wanted. */
export interface Sought {
  readonly appId: AppId;
  readonly callId: CallId;
  readonly place: Placed;
  readonly schedule: ScheduleView;
  readonly now: Instant;
  /** How far from the wanted start; a week, unless it is said. */
  readonly reach?: number;
}

/**
 * The best of the places that the calendars leave open. `accepted` chooses among those of the same agent, the nearest
 * first, and then among those of others.
 */
export function bestOf(
  { appId, callId, place, schedule, now, reach = REACH }: Sought,
  accepted: (offers: readonly Offer[]) => Offer[],
): Offer[] {
  const open = (agent: Agent, starts: Iterable<Instant>): Offer[] =>
    openStarts({ agent, occupied: schedule.occupied(appId, agent.id), length: place, callId }, starts);
  const same = place.agentId === null ? undefined : schedule.agent(appId, place.agentId);
  const own = same?.active
    ? accepted(nearest(open(same, quartersAround(place.startsAt, now, reach)), place.startsAt))
    : [];
  const others = accepted(
    othersThan(place.agentId, schedule.roster(appId)).flatMap((agent) => open(agent, [place.startsAt])),
  );
  const first = own.slice(0, Math.max(OF_THE_SAME_AGENT, MOST_ALTERNATIVES - others.length));
  return [...first, ...others].slice(0, MOST_ALTERNATIVES);
}

/** The command, for another place. Nobody need be free to override to take what is offered. */
export function takingOffer(
  { agentId, from: startsAt }: Pick<Offer, 'agentId' | 'from'>,
  command: PlacingCommand,
): CreateCall | RescheduleCall {
  if (command.type === 'create') return { ...command, agentId, startsAt, overrides: [] };
  const edits = command.type === 'reschedule' ? command.edits : {};
  return {
    ...command,
    type: 'reschedule',
    edits: { ...edits, agentId, startsAt, assignment: 'keep' },
    overrides: [],
  };
}

function quartersAround(startsAt: Instant, now: Instant, reach: number): Instant[] {
  const first = Math.ceil(Math.max(startsAt - reach, now + 1) / GRID) * GRID;
  const starts: Instant[] = [];
  for (let start = first; start <= startsAt + reach; start += GRID) starts.push(start);
  return starts;
}

const nearest = (offers: readonly Offer[], startsAt: Instant): Offer[] =>
  offers.toSorted((a, b) => Math.abs(a.from - startsAt) - Math.abs(b.from - startsAt) || a.from - b.from);

/** Others who are looked at: of many those who follow by id, so that not everybody is sent to the first few. */
const MOST_OTHERS = 25;

export function othersThan(agentId: AgentId | null, roster: readonly Agent[]): Agent[] {
  const others = roster.filter(({ id }) => id !== agentId);
  const next = others.findIndex(({ id }) => agentId !== null && id > agentId);
  return [...others.slice(Math.max(next, 0)), ...others.slice(0, Math.max(next, 0))].slice(0, MOST_OTHERS);
}

/** What must be known of the calendars to offer alternatives to a refused place. */
export function alternativeSlots({ agentId, from, to }: Slot, roster: readonly Agent[]): Slot[] {
  // A day more on either side: the rules about days look at the whole of one.
  const around = { agentId, from: from - REACH - 2 * DAY, to: to + REACH + 2 * DAY };
  const others = othersThan(agentId, roster);
  return [around, ...others.map(({ id }) => ({ agentId: id, from: from - 2 * DAY, to: to + 2 * DAY }))];
}
