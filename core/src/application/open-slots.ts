import type { AgentId, AppId, Call, CallId } from '../domain/call.ts';
import type { CallCommand } from '../domain/commands.ts';
import { decide } from '../domain/decide.ts';
import { issues, optional, type Issue } from '../domain/checks.ts';
import * as fields from '../domain/fields.ts';
import { ACTOR_TYPES, type Actor } from '../domain/events.ts';
import { issuesOfLength, openStarts, type Length, type Offer } from '../domain/offers.ts';
import type { Rejection } from '../domain/rejections.ts';
import { type Agent } from '../domain/agents.ts';
import { Schedule } from '../domain/schedule.ts';
import { DAY, MINUTE, type Instant } from '../domain/time.ts';
import type { Clock, Need, ScheduleStore } from './ports.ts';

/** Candidates that one search looks at: starts times agents. */
export const MOST_CANDIDATES = 400;

/** Milliseconds that one search spans at most. */
const LONGEST_WINDOW = 400 * DAY;

/** Asks where a call could be put. */
export interface OpenSlotsQuery {
  readonly appId: AppId;
  /** Who asks; the policy may allow less to one than to another. */
  readonly actor: Actor;
  /** Default: every active agent of the app. */
  readonly agentId?: AgentId | undefined;
  readonly from: Instant;
  /** A call ends by then. */
  readonly to: Instant;
  /** A call that is to be moved: it is as long as it is, and its own time is not in its way. Else a new one, of `durationMinutes`. */
  readonly callId?: CallId | undefined;
  readonly durationMinutes?: number | undefined;
  readonly bufferBeforeMinutes?: number | undefined;
  readonly bufferAfterMinutes?: number | undefined;
  /** From one start to the next, the first being `from`. Default: as long as the call takes. */
  readonly stepMinutes?: number | undefined;
  /** Default true. Otherwise also slots outside of working hours, which only those can take who may override. */
  readonly respectHours?: boolean | undefined;
}

export interface OpenSlots {
  readonly kind: 'open_slots';
  /** By start, then agent. Each is accepted if the actor asks for it at once. */
  readonly slots: readonly Offer[];
}

export async function findOpenSlots(
  store: ScheduleStore,
  clock: Clock,
  query: OpenSlotsQuery,
): Promise<OpenSlots | Rejection> {
  const found = issuesOfQuery(query);
  if (found.length > 0) return { kind: 'invalid', issues: found };
  const { appId, agentId, callId } = query;
  const { version, ...data } = await store.load([needOf(query)]);
  const schedule = new Schedule(data);
  const call = callId === undefined ? undefined : schedule.call(appId, callId);
  if (callId !== undefined && !call) return { kind: 'call_not_found', appId, callId };
  const agents = schedule.agents(appId).filter(({ id, active }) => active || id === call?.agentId);
  if (agentId !== undefined && agents.length === 0) return { kind: 'agent_unavailable', agentId };
  const candidates = countOf(query, call) * agents.length;
  if (candidates > MOST_CANDIDATES) return { kind: 'invalid', issues: [tooMany(candidates)] };
  return { kind: 'open_slots', slots: openSlots(query, call, agents, schedule, clock.now()) };
}

const needOf = (query: OpenSlotsQuery): Need => ({
  appId: query.appId,
  ...(query.callId !== undefined && { callId: query.callId }),
  ...(query.agentId === undefined ? { roster: true } : { agentId: query.agentId }),
  calendars({ call, roster }) {
    const agentIds = query.agentId === undefined ? roster.map(({ id }) => id) : [query.agentId];
    // Too many are refused before anybody looks at what they keep.
    if (countOf(query, call) * agentIds.length > MOST_CANDIDATES) return [];
    // The rules about days look at the whole of the first and of the last.
    return agentIds.map((agentId) => ({ agentId, from: query.from - 2 * DAY, to: query.to + 2 * DAY }));
  },
});

const tooMany = (candidates: number): Issue => ({
  path: 'to',
  message: `at most ${MOST_CANDIDATES} candidates, that is starts times agents, are looked at; these are ${candidates}`,
});

const lengthOf = (query: OpenSlotsQuery, call: Call | undefined): Length =>
  call ?? {
    durationMinutes: query.durationMinutes ?? 30,
    bufferBeforeMinutes: query.bufferBeforeMinutes ?? 0,
    bufferAfterMinutes: query.bufferAfterMinutes ?? 0,
  };

const stepOf = (query: OpenSlotsQuery, call: Call | undefined): number =>
  (query.stepMinutes ?? lengthOf(query, call).durationMinutes) * MINUTE;

/** How many starts there are; from the last one, a call just ends in time. */
function countOf(query: OpenSlotsQuery, call: Call | undefined): number {
  const room = query.to - query.from - lengthOf(query, call).durationMinutes * MINUTE;
  return room < 0 ? 0 : Math.floor(room / stepOf(query, call)) + 1;
}

const startsOf = (query: OpenSlotsQuery, call: Call | undefined): Instant[] =>
  Array.from({ length: countOf(query, call) }, (_, index) => query.from + index * stepOf(query, call));

function openSlots(
  query: OpenSlotsQuery,
  call: Call | undefined,
  agents: readonly Agent[],
  schedule: Schedule,
  now: Instant,
): Offer[] {
  const { appId, respectHours = true } = query;
  const callId = call?.id ?? NEW;
  const starts = startsOf(query, call).filter((start) => start > now);
  return agents
    .flatMap((agent) => {
      const occupied = schedule.occupied(appId, agent.id);
      return openStarts({ agent, occupied, length: lengthOf(query, call), callId, respectHours }, starts);
    })
    .filter((offer) => decide(taking(offer, query, call), schedule, now).kind === 'accepted')
    .toSorted((a, b) => a.from - b.from || (a.agentId < b.agentId ? -1 : 1));
}

/** No call has this id, so a new one is nobody's. */
const NEW = '';

/** The command that would take the offer: what it accepts is what is offered. */
function taking(
  { agentId, from: startsAt }: Offer,
  query: OpenSlotsQuery,
  call: Call | undefined,
): CallCommand {
  const { appId, actor, respectHours = true } = query;
  const overrides = respectHours ? [] : ['availability' as const];
  const told = { appId, actor, source: 'open-slots', reason: 'open-slots', overrides };
  if (!call) {
    const booking = { guestName: NEW, appTimezone: 'UTC', ...lengthOf(query, call), agentId, startsAt };
    return { type: 'create', ...told, callId: NEW, ...booking };
  }
  const versions = [call.version];
  return { type: 'reschedule', ...told, callId: call.id, edits: { agentId, startsAt }, versions };
}

const length = { min: 5, max: 480 };

function issuesOfQuery(query: OpenSlotsQuery): Issue[] {
  const { callId, durationMinutes, bufferBeforeMinutes, bufferAfterMinutes } = query;
  const found = issues([
    ['appId', fields.id, query.appId],
    ['actor.type', fields.oneOf(ACTOR_TYPES), query.actor.type],
    ['actor.id', fields.id, query.actor.id],
    ['from', fields.instant, query.from],
    ['to', fields.instant, query.to],
    ...optional([
      ['agentId', fields.id, query.agentId],
      ['callId', fields.id, callId],
      ['durationMinutes', fields.whole(length), durationMinutes],
      ['bufferBeforeMinutes', fields.bufferMinutes, bufferBeforeMinutes],
      ['bufferAfterMinutes', fields.bufferMinutes, bufferAfterMinutes],
      ['stepMinutes', fields.whole({ min: 1, max: 1440 }), query.stepMinutes],
      ['respectHours', fields.flag, query.respectHours],
    ]),
  ]);
  if (found.length > 0) return found;
  if (callId === undefined && durationMinutes === undefined) {
    return [{ path: 'durationMinutes', message: 'is required, unless a call is named' }];
  }
  const twice = issuesOfLength(query);
  if (twice.length > 0) return twice;
  if (query.from < query.to && query.to - query.from <= LONGEST_WINDOW) return [];
  return [{ path: 'to', message: `must be after the beginning, by ${LONGEST_WINDOW / DAY} days at most` }];
}
