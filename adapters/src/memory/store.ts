import {
  occupancy,
  overlap,
  type Agent,
  type Changes,
  type Claim,
  type Need,
  type ScheduleStore,
} from '@reslot/core';
import { memoryDatabase, rowKey, type MemoryDatabase } from './database.ts';

/** The agents as they were loaded. */
type Loaded = ReadonlyMap<string, Agent | undefined>;

/** The reference model of the store: what the contract means. Each method is one synchronous step. */
export function memoryStore(db: MemoryDatabase = memoryDatabase()): ScheduleStore<Loaded> {
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

  const agentKeys = (needs: readonly Need[]): string[] =>
    needs.flatMap(({ appId, callId, agentId, calendar }) =>
      [agentId, calendar?.(stored(appId, callId))?.agentId].flatMap((id) =>
        id === undefined ? [] : [rowKey(appId, id)],
      ),
    );

  const isTaken = (claim: Claim, { calls }: Changes): boolean =>
    [...db.calls.values()].some((call) => {
      const kept = call.appId === claim.appId ? occupancy(call) : null;
      const changes = calls.some(
        (changed) => changed.call.appId === call.appId && changed.call.id === call.id,
      );
      return kept && !changes && overlap(kept, claim);
    });

  const isStale = (loaded: Loaded, changes: Changes): boolean =>
    changes.calls.some(({ call, events }) => {
      const seq = stored(call.appId, call.id)?.lastSeq ?? 0;
      return events[0]?.seq !== seq + 1;
    }) ||
    changes.agents.some(
      ({ appId, id }) => db.agents.get(rowKey(appId, id)) !== loaded.get(rowKey(appId, id)),
    ) ||
    changes.claimed.some((claim) => {
      const isSaved = changes.agents.some(({ appId, id }) => appId === claim.appId && id === claim.agentId);
      if (isSaved) return isTaken(claim, changes);
      const agent = db.agents.get(rowKey(claim.appId, claim.agentId));
      const before = loaded.get(rowKey(claim.appId, claim.agentId));
      return !agent || agent.active !== before?.active || isTaken(claim, changes);
    });

  return {
    async load(needs) {
      const keys = agentKeys(needs);
      return {
        version: new Map(keys.map((id) => [id, db.agents.get(id)])),
        calls: needs.flatMap(({ appId, callId }) => stored(appId, callId) ?? []),
        agents: keys.flatMap((id) => db.agents.get(id) ?? []),
        occupied: needs.flatMap(occupiedIn),
      };
    },

    async commit(loaded, changes) {
      if (isStale(loaded, changes)) return 'conflict';
      for (const { call, events } of changes.calls) {
        const id = rowKey(call.appId, call.id);
        db.calls.set(id, call);
        db.events.set(id, [...(db.events.get(id) ?? []), ...events]);
      }
      for (const agent of changes.agents) db.agents.set(rowKey(agent.appId, agent.id), agent);
      return 'committed';
    },
  };
}
