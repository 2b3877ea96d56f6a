import { isFinal, type AgentId, type Call, type CallId } from './call.ts';
import { LIMITS } from './fields.ts';
import { MINUTE, overlaps, type Span } from './time.ts';

/** Time of an agent. */
export interface Slot extends Span {
  readonly agentId: AgentId;
}

/** A slot that a call keeps. */
export interface Occupied extends Slot {
  readonly callId: CallId;
}

/** No slot is longer, in milliseconds. A store may rely on it to bound a search for what overlaps. */
export const LONGEST_SLOT = (LIMITS.durationMinutes.max + 2 * LIMITS.bufferMinutes.max) * MINUTE;

/** Where a call is in the calendars. */
export type Placed = Pick<
  Call,
  'agentId' | 'startsAt' | 'durationMinutes' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'
>;

/** The time that a call would keep from its agent, its buffers included; null without an agent. */
export function slotOf(call: Placed): Slot | null {
  if (call.agentId === null) return null;
  const { from, to } = spanOf(call);
  return {
    agentId: call.agentId,
    from: from - call.bufferBeforeMinutes * MINUTE,
    to: to + call.bufferAfterMinutes * MINUTE,
  };
}

/** The time of the call itself, without its buffers. */
export const spanOf = ({
  startsAt,
  durationMinutes,
}: Pick<Placed, 'startsAt' | 'durationMinutes'>): Span => ({
  from: startsAt,
  to: startsAt + durationMinutes * MINUTE,
});

/** The time that a call keeps from its agent: none once its status is final. */
export const occupancy = (call: Placed & Pick<Call, 'status'>): Slot | null =>
  isFinal(call.status) ? null : slotOf(call);

export const overlap = (a: Slot, b: Slot): boolean => a.agentId === b.agentId && overlaps(a, b);

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
