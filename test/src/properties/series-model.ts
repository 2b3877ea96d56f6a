import { isMovable, MINUTE, type Call, type Edits, type SeriesCommand, type SeriesScope } from '@reslot/core';
import { instantOf, wallOf, type Wall } from './series-clocks.ts';

/** What a change of several calls of a series has to do, said a second time and as simply as it can be. */

/** Of a call of a series, what the engine is not asked for: when it was booked for, and its time in the series. */
export interface Place {
  readonly bookedFor: number;
  readonly wall: Wall;
}

/** A call as a change has to leave it. */
export type Left = Pick<Call, 'id' | 'startsAt' | 'agentId' | 'guestName' | 'status'> & {
  readonly wall: Wall | undefined;
};

export interface Change {
  readonly command: SeriesCommand;
  readonly scope: SeriesScope;
  readonly now: number;
  /** Every call that there is. */
  readonly calls: readonly Call[];
  readonly places: ReadonlyMap<string, Place>;
}

const HORIZON = 730 * 24 * 60 * MINUTE;

export function isInPlace({ startsAt, appTimezone }: Call, wall: Wall): boolean {
  return instantOf(wall, appTimezone) === startsAt || wallOf(startsAt, appTimezone) === wall;
}

/** Which calls the change is for. */
export function meant({ command, scope, now, calls, places }: Change): Call[] {
  const named = calls.find(({ id }) => id === command.callId);
  const from = places.get(command.callId)?.bookedFor ?? 0;
  return calls.filter((call) => {
    if (call === named) return true;
    if (call.series === null || call.series.id !== named?.series?.id) return false;
    if (!isMovable(call.status) || call.startsAt <= now) return false;
    return scope === 'all' || (places.get(call.id)?.bookedFor ?? 0) >= from;
  });
}

const leftAlone = (call: Call, places: Change['places']): Left => {
  const { id, startsAt, agentId, guestName, status } = call;
  return { id, startsAt, agentId, guestName, status, wall: places.get(id)?.wall };
};

/** Every call as the change would leave it. */
export function asAsked(change: Change): Left[] {
  const { command, calls, places } = change;
  const all = new Set(meant(change));
  const named = calls.find(({ id }) => id === command.callId);
  const shift = named && command.type === 'reschedule' ? shiftOf(command.edits, named, places) : undefined;
  return calls.map((call) => {
    const left = leftAlone(call, places);
    if (!all.has(call)) return left;
    if (command.type === 'cancel') return { ...left, status: 'cancelled' };
    const { guestName = left.guestName, agentId = left.agentId, startsAt = left.startsAt } = command.edits;
    const edited = { ...left, guestName, agentId };
    if (call === named) {
      return { ...edited, startsAt, wall: left.wall === undefined ? undefined : left.wall + (shift ?? 0) };
    }
    if (shift === undefined || left.wall === undefined || !isInPlace(call, left.wall)) return edited;
    const wall = left.wall + shift;
    return { ...edited, wall, startsAt: instantOf(wall, call.appTimezone) };
  });
}

function shiftOf({ startsAt }: Edits, named: Call, places: Change['places']): number | undefined {
  if (startsAt === undefined || startsAt === named.startsAt) return undefined;
  const own = places.get(named.id)?.wall;
  const shown = wallOf(named.startsAt, named.appTimezone);
  const from = own !== undefined && isInPlace(named, own) ? own : shown;
  return wallOf(startsAt, named.appTimezone) - from;
}

/** Whether every call may be left so. */
export function mayBe(change: Change, left: readonly Left[]): boolean {
  const { command, calls, now } = change;
  const named = calls.find(({ id }) => id === command.callId);
  if (!named) return false;
  const isStale = Array.isArray(command.versions) && !command.versions.includes(named.version);
  const changed = (call: Call): boolean => {
    const known = left.find(({ id }) => id === call.id);
    return JSON.stringify(known) !== JSON.stringify(leftAlone(call, change.places));
  };
  if (command.type === 'cancel') {
    return named.status === 'cancelled' || (isMovable(named.status) && !isStale);
  }
  if (!isMovable(named.status) || (isStale && changed(named))) return false;
  return calls.every((call) => {
    const after = left.find(({ id }) => id === call.id);
    if (!after || !changed(call)) return true;
    const isElsewhere = after.startsAt !== call.startsAt;
    if (isElsewhere && (after.startsAt <= now || after.startsAt > now + HORIZON)) return false;
    if (after.agentId === 'idle' && call.agentId !== 'idle') return false;
    const isPlaced =
      isElsewhere || after.agentId !== call.agentId || after.wall !== change.places.get(call.id)?.wall;
    return !isPlaced || meets(after, calls, left).length === 0;
  });
}

const keepsTime = ({ status, agentId }: Left): boolean =>
  agentId !== null && !['cancelled', 'completed', 'no_show'].includes(status);

/** Those of the same agent that overlap it. */
function meets(one: Left, calls: readonly Call[], left: readonly Left[]): Left[] {
  const endOf = ({ id, startsAt }: Left) =>
    startsAt + (calls.find((call) => call.id === id)?.durationMinutes ?? 0) * MINUTE;
  return left.filter(
    (other) =>
      other.id !== one.id &&
      keepsTime(other) &&
      keepsTime(one) &&
      other.agentId === one.agentId &&
      other.startsAt < endOf(one) &&
      one.startsAt < endOf(other),
  );
}

/** How many calls overlap another one of their agent. */
export const overlapping = (calls: readonly Call[]): number => {
  const left = calls.map((call) => leftAlone(call, new Map()));
  return left.filter((one) => meets(one, calls, left).length > 0).length;
};
