import { issues as issuesIn, type Issue } from '../domain/checks.ts';
import type { RescheduleCall } from '../domain/commands.ts';
import { displace, type Absence, type Displaced } from '../domain/displacement.ts';
import { ACTOR_TYPES } from '../domain/events.ts';
import * as fields from '../domain/fields.ts';
import type { Rejection } from '../domain/rejections.ts';
import { Schedule } from '../domain/schedule.ts';
import { occupancy, overlap } from '../domain/slots.ts';
import { DAY } from '../domain/time.ts';
import { wideNeedOf } from './judging.ts';
import type { Clock, ScheduleStore } from './ports.ts';

/** Calls that one absence may displace: each looks at every calendar of the roster. */
export const MOST_DISPLACED = 50;
/** Milliseconds that one absence spans at most. */
const LONGEST_ABSENCE = 100 * DAY;

/** The calls that an agent cannot take, and where each could go. */
export interface Displacement {
  readonly kind: 'displacement';
  /** By start. */
  readonly displaced: readonly Displaced[];
}

/** Nothing is decided or kept: the proposals are to be sent as moves. */
export async function findDisplaced(
  store: ScheduleStore,
  clock: Clock,
  absence: Absence,
): Promise<Displacement | Rejection> {
  const found = issuesOf(absence);
  if (found.length > 0) return { kind: 'invalid', issues: found };
  const { appId, agentId, off, actor, source } = absence;
  const { occupied, agents } = await store.load([{ appId, agentId, calendars: () => [{ agentId, ...off }] }]);
  if (agents.length === 0) return { kind: 'agent_not_found', agentId };
  if (occupied.length > MOST_DISPLACED) return { kind: 'invalid', issues: [tooMany(occupied.length)] };
  if (occupied.length === 0) return { kind: 'displacement', displaced: [] };
  const needs = occupied.map(({ callId }) => {
    const told = { appId, callId, actor, source };
    const command: RescheduleCall = { ...told, type: 'reschedule', edits: { assignment: 'any' } };
    return wideNeedOf(command);
  });
  const { version, ...data } = await store.load(needs);
  const schedule = new Schedule(data);
  const calls = occupied.flatMap(({ callId }) => {
    const call = schedule.call(appId, callId);
    const slot = call && occupancy(call);
    // Somebody may have moved it since its calendar was read.
    return slot && overlap(slot, { agentId, ...off }) ? [call] : [];
  });
  return { kind: 'displacement', displaced: displace(absence, calls, schedule, clock.now()) };
}

const tooMany = (calls: number): Issue => ({
  path: 'off',
  message: `holds ${calls} calls; at most ${MOST_DISPLACED} are looked at`,
});

function issuesOf({ appId, agentId, off, actor, source }: Absence): Issue[] {
  const found = issuesIn([
    ['appId', fields.id, appId],
    ['agentId', fields.id, agentId],
    ['actor.type', fields.oneOf(ACTOR_TYPES), actor.type],
    ['actor.id', fields.id, actor.id],
    ['source', fields.id, source],
    ['off.from', fields.instant, off.from],
    ['off.to', fields.instant, off.to],
  ]);
  if (found.length > 0) return found;
  if (off.from < off.to && off.to - off.from <= LONGEST_ABSENCE) return [];
  return [
    { path: 'off.to', message: `must be after the beginning, by ${LONGEST_ABSENCE / DAY} days at most` },
  ];
}
