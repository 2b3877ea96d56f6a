import { closedTo, openingOf, type Opening } from './availability.ts';
import type { AgentId, CallId } from './call.ts';
import type { Issue } from './checks.ts';
import type { Agent } from './agents.ts';
import { LONGEST_SLOT, obstacle, slotOf, spanOf, type Occupied, type Placed } from './slots.ts';
import { DAY, MINUTE, overlaps, type Instant, type Span } from './time.ts';

/** A place for a call, without its buffers. */
export interface Offer extends Span {
  readonly agentId: AgentId;
}

/** How long a call takes. */
export type Length = Pick<Placed, 'durationMinutes' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'>;

/** Who asks for a place names a call, or says how long a new one takes. */
export function issuesOfLength(asked: {
  readonly callId?: CallId | undefined;
  readonly durationMinutes?: number | undefined;
  readonly bufferBeforeMinutes?: number | undefined;
  readonly bufferAfterMinutes?: number | undefined;
}): Issue[] {
  const given = asked.durationMinutes ?? asked.bufferBeforeMinutes ?? asked.bufferAfterMinutes;
  if (asked.callId === undefined || given === undefined) return [];
  return [{ path: 'callId', message: 'a call is as long as it is: give no duration and no buffers with it' }];
}

/** What a search looks through. */
export interface Search {
  readonly agent: Agent;
  readonly occupied: Iterable<Occupied>;
  readonly length: Length;
  /** Whose own time is not in its way. */
  readonly callId: CallId;
  /** Default true. Otherwise only time off, time to be left alone in, and other calls count. */
  readonly respectHours?: boolean;
}

/** Those of `starts`, which ascend, at which the agent's availability and its other calls leave room. */
export function openStarts(search: Search, starts: Iterable<Instant>): Offer[] {
  const { agent, callId } = search;
  // Named one by one: to spread them takes longer than all the rest, and this is done for every start.
  const { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes } = search.length;
  const occupied = [...search.occupied];
  const offers: Offer[] = [];
  let day: Day | undefined;
  // Of a day with hundreds of calls, few are near one start.
  let hour: Pick<Day, 'to' | 'occupied'> | undefined;
  for (const startsAt of starts) {
    if (!day || startsAt >= day.to) {
      day = dayFrom(startsAt, search, occupied);
      hour = undefined;
    }
    const place = { agentId: agent.id, startsAt, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes };
    const span = spanOf(place);
    if (closedTo(day.opening, span)) continue;
    const slot = slotOf(place);
    if (!slot) continue;
    if (!hour || startsAt >= hour.to) {
      const to = startsAt + HOUR;
      const near = { from: slot.from, to: slot.to + HOUR };
      hour = { to, occupied: day.occupied.filter((one) => overlaps(one, near)) };
    }
    if (!obstacle(slot, hour.occupied, callId)) offers.push({ ...span, agentId: agent.id });
  }
  return offers;
}

const HOUR = 60 * MINUTE;

/** What is near the starts of a day: a search of weeks looks at a few calls for each of its starts, not at all. */
interface Day extends Span {
  readonly opening: Opening;
  readonly occupied: readonly Occupied[];
}

function dayFrom(from: Instant, { agent, respectHours = true }: Search, occupied: readonly Occupied[]): Day {
  const to = from + DAY;
  const near = { from: from - LONGEST_SLOT, to: to + LONGEST_SLOT };
  const opening = openingOf(agent.availability, from, near.to);
  return {
    from,
    to,
    opening: respectHours ? opening : { ...opening, hours: null },
    occupied: occupied.filter((slot) => overlaps(slot, near)),
  };
}
