import {
  occupancy,
  overlap,
  type CalendarKey,
  type Changes,
  type Need,
  type ScheduleStore,
} from '@reslot/core';
import { memoryDatabase, rowKey, type MemoryDatabase } from './database.ts';

type Versions = ReadonlyMap<string, number>;

/** The reference model of the store: what the contract means. Each method is one synchronous step. */
export function memoryStore(db: MemoryDatabase = memoryDatabase()): ScheduleStore<Versions> {
  const stored = (appId: string, callId: string | undefined) =>
    callId === undefined ? undefined : db.calls.get(rowKey(appId, callId));

  const occupiedIn = ({ appId, callId, calendar }: Need) => {
    const slot = calendar?.(stored(appId, callId));
    if (!slot) return [];
    return [...db.calls.values()].flatMap((call) => {
      const kept = call.appId === appId ? occupancy(call) : null;
      return kept && overlap(kept, slot) ? [{ ...kept, appId, callId: call.id }] : [];
    });
  };

  const calendarKeys = (needs: readonly Need[]): CalendarKey[] =>
    needs.flatMap(({ appId, callId, agentId, calendar }) =>
      [agentId, calendar?.(stored(appId, callId))?.agentId].flatMap((id) =>
        id === undefined ? [] : [{ appId, agentId: id }],
      ),
    );

  const isStale = (expected: Versions, { calls, claimed, agents }: Changes): boolean =>
    calls.some(({ call, events }) => {
      const seq = stored(call.appId, call.id)?.lastSeq ?? 0;
      return events[0]?.seq !== seq + 1;
    }) ||
    claimed.some(({ appId, agentId }) => !db.agents.has(rowKey(appId, agentId))) ||
    claims({ claimed, agents }).some((id) => (expected.get(id) ?? 0) !== (db.calendarVersions.get(id) ?? 0));

  return {
    async load(needs) {
      const calendars = calendarKeys(needs).map(({ appId, agentId }) => rowKey(appId, agentId));
      return {
        version: new Map(calendars.map((id) => [id, db.calendarVersions.get(id) ?? 0])),
        calls: needs.flatMap(({ appId, callId }) => stored(appId, callId) ?? []),
        agents: calendars.flatMap((id) => db.agents.get(id) ?? []),
        occupied: needs.flatMap(occupiedIn),
      };
    },

    async commit(expected, changes) {
      if (isStale(expected, changes)) return 'conflict';
      for (const { call, events } of changes.calls) {
        const id = rowKey(call.appId, call.id);
        db.calls.set(id, call);
        db.events.set(id, [...(db.events.get(id) ?? []), ...events]);
      }
      for (const agent of changes.agents) db.agents.set(rowKey(agent.appId, agent.id), agent);
      for (const id of claims(changes)) db.calendarVersions.set(id, (db.calendarVersions.get(id) ?? 0) + 1);
      return 'committed';
    },
  };
}

/** Each claimed calendar once. */
const claims = ({ claimed, agents }: Pick<Changes, 'claimed' | 'agents'>): string[] => [
  ...new Set([
    ...claimed.map(({ appId, agentId }) => rowKey(appId, agentId)),
    ...agents.map(({ appId, id }) => rowKey(appId, id)),
  ]),
];
