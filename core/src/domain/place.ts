import { closedTo, openingOf } from './availability.ts';
import type { Call } from './call.ts';
import { candidates, loadDay } from './assignment.ts';
import { seeksAgent, wantedPlace, type CallCommand, type Override, type PlacingCommand } from './commands.ts';
import { isInTheWay } from './holds.ts';
import { DEFAULT_POLICY, breachesOf, HORIZON_DAYS, type Policy } from './policy.ts';
import { dayOf } from './days.ts';
import type { PlaceRejection, Rejection } from './rejections.ts';
import type { Agent } from './agents.ts';
import type { ScheduleView } from './schedule.ts';
import { obstacle, slotOf, spanOf, type Placed, type Slot } from './slots.ts';
import { DAY, type Instant, type Span } from './time.ts';

/** A command that puts its call somewhere. */
export interface Asked {
  readonly command: PlacingCommand;
  /** The call as it is; undefined for a new one. */
  readonly call: Call | undefined;
  /** Where it is to be. */
  readonly place: Placed;
  readonly schedule: ScheduleView;
  readonly now: Instant;
}

interface PlaceRule {
  readonly name: 'time' | 'policy' | 'agent' | 'availability' | 'daily_cap' | 'slot' | 'holds';
  /** The first of several is the one that is told. */
  readonly refuse: (asked: Asked) => Rejection | readonly Rejection[] | undefined;
  /** What passes over it. */
  readonly override?: Override;
}

/** The rules about where a call may be, in the order of precedence. A call without an agent is in nobody's way. */
const PLACE_RULES: readonly PlaceRule[] = [
  { name: 'time', refuse: refuseTime },
  { name: 'policy', refuse: refuseByPolicy, override: 'policy' },
  { name: 'agent', refuse: refuseAgent },
  { name: 'availability', refuse: refuseClosed, override: 'availability' },
  { name: 'daily_cap', refuse: refuseFullDay, override: 'policy' },
  { name: 'slot', refuse: refuseTaken },
  { name: 'holds', refuse: refuseHeld },
];

/** A rule, and what became of it: overridden means that it would have refused. */
export interface Verdict {
  readonly rule: PlaceRule['name'];
  readonly verdict: 'passed' | 'overridden';
}

/** A place that no rule refuses. */
export interface Allowed {
  readonly place: Placed;
  readonly verdicts: readonly Verdict[];
  readonly overridden: readonly Rejection['kind'][];
}

/** The place with the first of the agents who come into question whom no rule refuses; else what refuses the first of all. */
export function findPlace(asked: Asked): Allowed | Rejection {
  let first: Rejection | undefined;
  for (const agentId of candidates(asked.command, asked.place, asked.schedule)) {
    const judged = judgePlace({ ...asked, place: { ...asked.place, agentId } });
    if (!('kind' in judged)) return judged;
    first ??= judged;
  }
  return first ?? { kind: 'nobody_active' };
}

const NONE: readonly Rejection[] = [];

function judgePlace(asked: Asked): Allowed | Rejection {
  const { place } = asked;
  const { overrides } = asked.command;
  const verdicts: Verdict[] = [];
  const overridden = new Set<Rejection['kind']>();
  for (const { name, refuse, override } of PLACE_RULES) {
    const found = refuse(asked);
    const refusals = found === undefined ? NONE : [found].flat();
    const [refusal] = refusals;
    if (refusal && !(override && overrides?.includes(override))) return refusal;
    for (const { kind } of refusals) overridden.add(kind);
    verdicts.push({ rule: name, verdict: refusal ? 'overridden' : 'passed' });
  }
  return { place, verdicts, overridden: [...overridden] };
}

function refuseTime({ place: { startsAt }, call, now }: Asked): Rejection | undefined {
  if (startsAt === call?.startsAt) return undefined;
  const latest = now + HORIZON_DAYS * DAY;
  if (startsAt <= now) return { kind: 'in_past', startsAt, now };
  return startsAt > latest ? { kind: 'beyond_horizon', startsAt, latest } : undefined;
}

/** Only a call that is there can break the policy. Taking a move back is not one more move. */
function refuseByPolicy({ command, place, call, schedule, now }: Asked): readonly Rejection[] | undefined {
  const policy = schedule.policy(command.appId);
  // The default has but the horizon, which is not the policy's alone.
  if (!call || policy === DEFAULT_POLICY) return undefined;
  const { startsAt, moves } = call;
  return breachesOf(policy, {
    actor: command.actor.type,
    now,
    reason: command.reason ?? null,
    startsAt,
    firstStartsAt: moves.firstStartsAt,
    moves: command.type === 'undo' ? moves.count - 1 : moves.count,
    newStartsAt: place.startsAt,
  });
}

/** A call that stays with an agent who has been set inactive can still be moved; giving it to one is refused. */
function refuseAgent({ command: { appId }, place, call, schedule }: Asked): Rejection | undefined {
  const { agentId } = place;
  if (agentId === null || agentId === call?.agentId) return undefined;
  return schedule.agent(appId, agentId)?.active ? undefined : { kind: 'agent_unavailable', agentId };
}

function refuseClosed({ command: { appId }, place, schedule }: Asked): PlaceRejection | undefined {
  const wanted = slotOf(place);
  const agent = wanted && schedule.agent(appId, wanted.agentId);
  if (!agent) return undefined;
  const span = spanOf(place);
  const closed = closedTo(openingOf(agent.availability, span.from, span.to), span);
  return closed && { ...closed, wanted, alternatives: [] };
}

/** A call counts on the day on which its time, buffers included, begins. One that counts already may stay. */
function refuseFullDay({
  command: { appId, callId },
  place,
  call,
  schedule,
}: Asked): PlaceRejection | undefined {
  const { dailyCap } = schedule.policy(appId);
  const wanted = slotOf(place);
  if (!dailyCap || !wanted) return undefined;
  const day = dayOf(wanted.from, dailyCap.timezone);
  const before = call && slotOf(call);
  if (before?.agentId === wanted.agentId && begins(before, day)) return undefined;
  let calls = 0;
  for (const kept of schedule.occupied(appId, wanted.agentId, day)) {
    if (kept.callId !== callId && begins(kept, day)) calls += 1;
  }
  if (calls < dailyCap.calls) return undefined;
  return { kind: 'day_full', calls: dailyCap.calls, day, wanted, alternatives: [] };
}

const begins = (slot: Slot, day: Span): boolean => day.from <= slot.from && slot.from < day.to;

function refuseTaken({ command: { appId, callId }, place, schedule }: Asked): PlaceRejection | undefined {
  const wanted = slotOf(place);
  if (!wanted) return undefined;
  const { agentId } = wanted;
  const taken = obstacle(wanted, schedule.occupied(appId, agentId, wanted), callId);
  if (!taken) return undefined;
  return { kind: 'slot_taken', wanted, taken: { agentId, from: taken.from, to: taken.to }, alternatives: [] };
}

function refuseHeld({ command, place, schedule, now }: Asked): PlaceRejection | undefined {
  const wanted = slotOf(place);
  if (!wanted) return undefined;
  for (const hold of schedule.holds(command.appId, wanted.agentId)) {
    if (!isInTheWay(hold, wanted, command, now)) continue;
    const { from, to, expiresAt: until } = hold;
    return { kind: 'held', wanted, taken: { from, to }, until, alternatives: [] };
  }
  return undefined;
}

/** What these rules look at of the calendars. `call` is the command's call, if there is one. */
export function lookedAt(command: CallCommand, { call, policy, roster }: Seen): Slot[] {
  const place = wantedPlace(command, call);
  if (!place) return [];
  const seeks = seeksAgent(command);
  const agentIds = [place.agentId, ...(seeks ? roster.map(({ id }) => id) : [])];
  const days = seeks ? [loadDay(place.startsAt)] : [];
  return agentIds.flatMap((agentId) => lookedAtThere({ ...place, agentId }, policy, days));
}

/** As above, of the one calendar that the place is in. */
export function lookedAtThere(place: Placed, { dailyCap }: Policy, days: readonly Span[] = []): Slot[] {
  const slot = slotOf(place);
  if (!slot) return [];
  const whole = dailyCap ? [...days, dayOf(slot.from, dailyCap.timezone)] : days;
  const from = Math.min(slot.from, ...whole.map((day) => day.from));
  return [{ agentId: slot.agentId, from, to: Math.max(slot.to, ...whole.map((day) => day.to)) }];
}

/** What is known before the calendars are. */
interface Seen {
  readonly call: Call | undefined;
  readonly policy: Policy;
  readonly roster: readonly Agent[];
}
