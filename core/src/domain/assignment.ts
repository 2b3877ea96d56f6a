import type { AgentId } from './call.ts';
import { seeksAgent, type PlacingCommand } from './commands.ts';
import type { Agent } from './agents.ts';
import type { ScheduleView } from './schedule.ts';
import type { Placed } from './slots.ts';
import { dayOf } from './days.ts';
import type { Instant, Span } from './time.ts';

/** Who takes a call when the command leaves it open. The same schedule always gives the same agent. */

/** Those who come into question, the best first. Just the one in `place`, when the command leaves nothing open. */
export function candidates(
  command: PlacingCommand,
  place: Placed,
  schedule: ScheduleView,
): readonly (AgentId | null)[] {
  if (!seeksAgent(command)) return [place.agentId];
  const active = schedule.roster(command.appId).filter((agent) => agent.active);
  if (command.type === 'create' && command.assignmentMethod === 'round_robin') {
    return active.toSorted((a, b) => a.turn - b.turn).map(({ id }) => id);
  }
  const byLoad = leastLoaded(active, command, place.startsAt, schedule);
  const keeps = command.type === 'reschedule' && command.edits.assignment === 'prefer_keep';
  if (!keeps || place.agentId === null) return byLoad;
  return [place.agentId, ...byLoad.filter((id) => id !== place.agentId)];
}

/** Whoever has the fewest other calls on that day; of several the first by id. */
function leastLoaded(
  agents: readonly Agent[],
  { appId, callId }: PlacingCommand,
  startsAt: Instant,
  schedule: ScheduleView,
): AgentId[] {
  const day = loadDay(startsAt);
  const load = ({ id }: Agent): number => {
    let calls = 0;
    for (const kept of schedule.occupied(appId, id, day)) {
      if (kept.callId !== callId && day.from <= kept.from && kept.from < day.to) calls += 1;
    }
    return calls;
  };
  return agents
    .map((agent) => ({ id: agent.id, calls: load(agent) }))
    .toSorted((a, b) => a.calls - b.calls)
    .map(({ id }) => id);
}

/** The day that the load of an agent is counted on. */
export const loadDay = (startsAt: Instant): Span => dayOf(startsAt, 'UTC');

/** The turn of the agent to whom a round robin comes next, so that all others come before the next time. */
export const nextTurn = (agents: readonly Agent[]): number =>
  1 + agents.reduce((last, { turn }) => Math.max(last, turn), 0);
