import { othersThan, REACH } from './alternatives.ts';
import type { Agent } from './agents.ts';
import type { AgentId, AppId, Call, CallId } from './call.ts';
import type { PlacingCommand } from './commands.ts';
import { dayOf } from './days.ts';
import { lookedAt, lookedAtThere } from './place.ts';
import type { Policy } from './policy.ts';
import { Schedule } from './schedule.ts';
import { overlap, slotOf, type Occupied, type Placed, type Slot } from './slots.ts';
import { DAY, MINUTE, type Instant } from './time.ts';

/** What is looked at of a schedule to find other places for the calls of a series. */

/** What is wanted for one of the calls. */
export interface Wish<Command extends PlacingCommand = PlacingCommand> {
  readonly command: Command;
  readonly place: Placed;
}

/** Days of one calendar that are looked at: around the calls of a long series they are fewer. */
const MOST_DAYS = 100;
/** Times of other agents that are looked at. */
const MOST_TIMES = 300;
/** Calls that go as far on the clocks do not go as far in time where clocks change. */
const CLOCKS = 180 * MINUTE;

/** How far from where they are wanted so many calls are looked for. */
export const reachOf = (calls: number): number => Math.min(REACH, (MOST_DAYS / 2 / calls) * DAY);

/** Whether what was loaded for calls at some times will do for them at others; both ascend. */
export const isWithinReach = (starts: readonly Instant[], known: readonly Instant[]): boolean =>
  starts.length === known.length &&
  starts.every((at, index) => Math.abs(at - (known[index] ?? at)) <= reachOf(starts.length) + CLOCKS);

/** All of the agent's time that one of so many calls may want there. The rules about days look at the whole of one. */
function aroundOf(place: Placed, calls: number, { dailyCap }: Policy): Slot | null {
  const slot = slotOf(place);
  if (!slot) return null;
  const more = reachOf(calls) + CLOCKS;
  const from = slot.from - more;
  const to = slot.to + more;
  if (!dailyCap) return { ...slot, from, to };
  const { timezone } = dailyCap;
  return { ...slot, from: dayOf(from, timezone).from, to: dayOf(to, timezone).to };
}

/** Of many agents fewer, the more calls there are. */
export const othersIn = (calls: number, agentId: AgentId | null, roster: readonly Agent[]): Agent[] =>
  othersThan(agentId, roster).slice(0, Math.floor(MOST_TIMES / calls));

/** What must be known of the calendars to offer other places, with the agent first of all. */
export function seriesSlots(
  wishes: readonly Pick<Wish, 'place'>[],
  agentId: AgentId | null,
  { policy, roster }: { readonly policy: Policy; readonly roster: readonly Agent[] },
): Slot[] {
  const places = wishes.map(({ place }) => place);
  // Those that are with an agent of their own may stay there.
  const own = places.flatMap((place) =>
    [...new Set([agentId, place.agentId])].flatMap(
      (id) => aroundOf({ ...place, agentId: id }, places.length, policy) ?? [],
    ),
  );
  const others = othersIn(places.length, agentId, roster).flatMap(({ id }) =>
    places.flatMap((place) => lookedAtThere({ ...place, agentId: id }, policy)),
  );
  return [...merged(own), ...others];
}

/** The same time in as few slots as can be. */
function merged(slots: readonly Slot[]): Slot[] {
  const all: Slot[] = [];
  for (const slot of slots.toSorted((a, b) => a.from - b.from)) {
    const index = all.findIndex(({ agentId, to }) => agentId === slot.agentId && slot.from <= to);
    const known = all[index];
    if (known) all[index] = { ...known, to: Math.max(known.to, slot.to) };
    else all.push(slot);
  }
  return all;
}

/** The part of a schedule that one call can meet: a long series is in years of calendars, of which each call needs days. */
export interface Part {
  readonly wish: Wish;
  readonly near: (agentId: AgentId) => readonly Occupied[];
  /** With nothing of those that come along. */
  readonly alone: (agentId: AgentId) => Schedule;
}

/** Those of the wishes, in their order. */
export function partsOf(
  appId: AppId,
  wishes: readonly Wish[],
  schedule: Schedule,
  along: readonly Call[],
): Part[] {
  const gone = new Set(along.map(({ id }) => id));
  return wishes.map((wish) => {
    const { callId } = wish.command;
    const near = remembered((agentId: AgentId): readonly Occupied[] => {
      const around = aroundOf({ ...wish.place, agentId }, wishes.length, schedule.policy(appId));
      if (!around) return [];
      return [...schedule.occupied(appId, agentId, around)].filter((slot) => overlap(slot, around));
    });
    const alone = remembered((agentId: AgentId) => {
      const occupied = near(agentId).filter((slot) => !gone.has(slot.callId));
      return knowing(schedule, appId, [callId], [agentId], occupied);
    });
    return { wish, near, alone };
  });
}

/** What would be loaded to judge these, and no more. */
export function partFor(
  appId: AppId,
  commands: readonly PlacingCommand[],
  parts: readonly Part[],
  schedule: Schedule,
): Schedule {
  const policy = schedule.policy(appId);
  const slots = commands.map((command) =>
    lookedAt(command, { call: schedule.call(appId, command.callId), policy, roster: [] }),
  );
  const occupied = slots.flatMap((own, index) =>
    own.flatMap((slot) => parts[index]?.near(slot.agentId).filter((other) => overlap(slot, other)) ?? []),
  );
  const agentIds = new Set(slots.flat().map(({ agentId }) => agentId));
  return knowing(
    schedule,
    appId,
    commands.map(({ callId }) => callId),
    [...agentIds],
    occupied,
  );
}

function knowing(
  schedule: Schedule,
  appId: AppId,
  callIds: readonly CallId[],
  agentIds: readonly AgentId[],
  occupied: readonly Occupied[],
): Schedule {
  return new Schedule({
    calls: callIds.flatMap((id) => schedule.call(appId, id) ?? []),
    agents: agentIds.flatMap((id) => schedule.agent(appId, id) ?? []),
    policies: [{ appId, policy: schedule.policy(appId) }],
    holds: agentIds.flatMap((id) => [...schedule.holds(appId, id)]),
    occupied: occupied.map((slot) => ({ ...slot, appId })),
  });
}

function remembered<Key, Value>(find: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const { value } = known.get(key) ?? { value: find(key) };
    known.set(key, { value });
    return value;
  };
}
