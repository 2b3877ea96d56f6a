import { isFinal, type AgentId, type Call, type CallId } from './call.ts';
import { LIMITS } from './fields.ts';
import { MINUTE, type Instant } from './time.ts';

/** Time of an agent: half-open, so that touching is not overlapping. */
export interface Slot {
  readonly agentId: AgentId;
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
}

/** A slot that a call keeps. */
export interface Occupied extends Slot {
  readonly callId: CallId;
}

/** No slot is longer, in milliseconds. A store may rely on it to bound a search for what overlaps. */
export const LONGEST_SLOT = (LIMITS.durationMinutes.max + 2 * LIMITS.bufferMinutes.max) * MINUTE;

type Placed = Pick<
  Call,
  'agentId' | 'startsAt' | 'durationMinutes' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'
>;

/** The time that a call would keep from its agent, its buffers included; null without an agent. */
export function slotOf(call: Placed): Slot | null {
  if (call.agentId === null) return null;
  return {
    agentId: call.agentId,
    from: call.startsAt - call.bufferBeforeMinutes * MINUTE,
    to: call.startsAt + (call.durationMinutes + call.bufferAfterMinutes) * MINUTE,
  };
}

/** The time that a call keeps from its agent: none once its status is final. */
export const occupancy = (call: Placed & Pick<Call, 'status'>): Slot | null =>
  isFinal(call.status) ? null : slotOf(call);

export const overlap = (a: Slot, b: Slot): boolean =>
  a.agentId === b.agentId && a.from < b.to && b.from < a.to;

/** The earliest of the `occupied` slots that stands in the way of `slot`; what `callId` itself keeps does not. */
export function obstacle(slot: Slot, occupied: Iterable<Occupied>, callId: CallId): Occupied | undefined {
  let first: Occupied | undefined;
  for (const other of occupied) {
    if (other.callId === callId || !overlap(slot, other)) continue;
    if (first === undefined || other.from < first.from) first = other;
  }
  return first;
}

/** Whether the change takes time of an agent that the call did not keep before. */
export function takesTime(before: Call | undefined, after: Call): boolean {
  const slot = occupancy(after);
  const kept = before && occupancy(before);
  if (!slot) return false;
  return !kept || kept.agentId !== slot.agentId || slot.from < kept.from || slot.to > kept.to;
}
