import { alternativesTo, takingOffer } from './alternatives.ts';
import type { Call } from './call.ts';
import type { RescheduleCall } from './commands.ts';
import { decide } from './decide.ts';
import type { Actor } from './events.ts';
import type { Offer } from './offers.ts';
import { isMisplaced } from './rejections.ts';
import type { Agent } from './agents.ts';
import type { Schedule } from './schedule.ts';
import { spanOf } from './slots.ts';
import { MINUTE, type Instant, type Span } from './time.ts';

/** A call that cannot stay with an agent who is off, and where it could go. */
export interface Displaced {
  readonly call: Call;
  /** Null when there is no place for it, or when it does not move any more. */
  readonly proposal: Offer | null;
}

/** An agent who is going to be off, as somebody says who may move calls. */
export interface Absence {
  readonly appId: string;
  readonly agentId: string;
  readonly off: Span;
  readonly actor: Actor;
  readonly source: string;
  readonly reason: string | null;
}

/**
 * A place for each of `calls`, by their start: with another agent at the same time, else with the same one, nearest in
 * time. No two get the same one, so that all proposals are accepted together if they are sent at once.
 */
export function displace(
  { appId, agentId, off, actor, source, reason }: Absence,
  calls: readonly Call[],
  schedule: Schedule,
  now: Instant,
): Displaced[] {
  const after = schedule.vacated([]);
  const agent = after.agent(appId, agentId);
  return calls
    .toSorted((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1))
    .map((call): Displaced => {
      if (agent) after.recordAgent(withoutTime(agent, off, call));
      const told = { appId, callId: call.id, actor, source, reason, versions: [call.version] };
      const command: RescheduleCall = { ...told, type: 'reschedule', edits: { assignment: 'any' } };
      const proposal = placeFor(command, call, after, now);
      const moved = proposal && decide(takingOffer(proposal, command), after, now);
      if (!proposal || moved?.kind !== 'accepted') return { call, proposal: null };
      after.recordCall(moved.call);
      return { call, proposal };
    });
}

/** The agent, off for a call that would keep any of `off`, be it with a buffer: time off is compared with calls alone. */
function withoutTime(agent: Agent, { from, to }: Span, call: Call): Agent {
  const { availability } = agent;
  const blocked = {
    kind: 'blocked' as const,
    from: from - call.bufferAfterMinutes * MINUTE,
    to: to + call.bufferBeforeMinutes * MINUTE,
  };
  return { ...agent, availability: { ...availability, exceptions: [...availability.exceptions, blocked] } };
}

function placeFor(command: RescheduleCall, call: Call, schedule: Schedule, now: Instant): Offer | undefined {
  const there = decide(command, schedule, now);
  if (there.kind === 'nobody_active' || isMisplaced(there))
    return alternativesTo(command, call, schedule, now)[0];
  if (there.kind !== 'accepted') return undefined;
  const { agentId } = there.call;
  return agentId === null ? undefined : { agentId, ...spanOf(there.call) };
}
