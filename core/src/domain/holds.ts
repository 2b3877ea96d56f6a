import type { AgentId, AppId, CallId } from './call.ts';
import { isPlacing, wantedPlace, type CallCommand } from './commands.ts';
import { decide, type Accepted } from './decide.ts';
import type { Actor } from './events.ts';
import type { Rejection } from './rejections.ts';
import type { Schedule, ScheduleView } from './schedule.ts';
import { slotOf, type Slot } from './slots.ts';
import { overlaps, type Instant } from './time.ts';

/** Time of an agent that is kept for somebody who has not decided yet. Over by the clock, or when a call takes it. */
export interface Hold extends Slot {
  readonly appId: AppId;
  readonly id: string;
  /** The call that is to be moved there; null for a new one. */
  readonly callId: CallId | null;
  /** From then on it keeps nothing. */
  readonly expiresAt: Instant;
}

/** What an agent's calendar may hold at once. */
export const MOST_HOLDS = 50;

/** Seconds for which time can be held. */
export const HOLD_SECONDS = { min: 10, max: 1_800 } as const;

/** Asks to keep time of an agent for a while. */
export interface PlaceHold {
  readonly appId: AppId;
  readonly holdId: string;
  readonly agentId: AgentId;
  readonly startsAt: Instant;
  /** A call that may be moved there: as long as it is. Else a new one, of `durationMinutes`. */
  readonly callId?: CallId | undefined;
  /** Default 30. */
  readonly durationMinutes?: number | undefined;
  /** Default 0. */
  readonly bufferBeforeMinutes?: number | undefined;
  /** Default 0. */
  readonly bufferAfterMinutes?: number | undefined;
  readonly seconds: number;
  readonly actor: Actor;
  readonly source: string;
}

/** Whether a hold keeps `slot` from whoever carries out `command`; not from the one whom it is for. */
export const isInTheWay = (
  hold: Hold,
  slot: Slot,
  { callId, holdId }: { callId: CallId; holdId?: string | undefined },
  now: Instant,
): boolean =>
  now < hold.expiresAt &&
  hold.agentId === slot.agentId &&
  overlaps(hold, slot) &&
  hold.id !== holdId &&
  hold.callId !== callId;

/**
 * The refusal of a command that would be carried out, but that names a hold which keeps nothing of what its call is to
 * take: whoever mixes up holds would lose his, and not know. One that puts its call nowhere spends no hold, and misses none.
 */
export function missedHold(
  command: CallCommand,
  { call, events }: Accepted,
  schedule: ScheduleView,
  now: Instant,
): Rejection | undefined {
  const { appId, callId } = command;
  const holdId = isPlacing(command) ? command.holdId : undefined;
  if (holdId === undefined || events.length === 0) return undefined;
  if (!wantedPlace(command, schedule.call(appId, callId))) return undefined;
  const slot = slotOf(call);
  for (const hold of slot ? schedule.holds(appId, slot.agentId) : []) {
    if (slot && hold.id === holdId && now < hold.expiresAt && overlaps(hold, slot)) return undefined;
  }
  return { kind: 'no_hold', holdId };
}

/** The command that would take the time: what it may take can be held. */
export function takerOf(command: PlaceHold): CallCommand {
  const { appId, callId, agentId, startsAt, actor, source, holdId } = command;
  const told = { appId, actor, source, reason: 'hold', holdId };
  if (callId !== undefined) {
    return { type: 'reschedule', ...told, callId, edits: { agentId, startsAt }, versions: 'any' };
  }
  const { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes } = command;
  const length = { durationMinutes, bufferBeforeMinutes, bufferAfterMinutes };
  return {
    type: 'create',
    ...told,
    callId: holdId,
    guestName: 'hold',
    appTimezone: 'UTC',
    agentId,
    startsAt,
    ...length,
  };
}

/** The time is kept. */
export interface Held {
  readonly kind: 'held_for_you';
  readonly hold: Hold;
}

export function decideHold(command: PlaceHold, schedule: Schedule, now: Instant): Held | Rejection {
  const taking = decide(takerOf(command), schedule, now);
  if (taking.kind !== 'accepted') return taking;
  const { appId, agentId, callId = null, holdId: id, seconds } = command;
  const slot = slotOf(taking.call);
  let holds = 0;
  for (const hold of schedule.holds(appId, agentId)) if (now < hold.expiresAt && hold.id !== id) holds += 1;
  if (!slot || holds >= MOST_HOLDS) return { kind: 'too_many_holds', limit: MOST_HOLDS };
  return { kind: 'held_for_you', hold: { ...slot, appId, id, callId, expiresAt: now + seconds * 1_000 } };
}
