import { overlap, type Changes, type Claim, type RequestRecord } from '@reslot/core';
import type { Knex } from 'knex';
import { StaleError } from './conflicts.ts';
import { holdKey, holdsOf } from './holds.ts';
import { keyIn, rowKey } from './keys.ts';
import { occupiedIn } from './occupied.ts';
import type { Write } from './round-trips.ts';
import {
  fromHoldRow,
  fromOccupiedRow,
  TABLES,
  type AgentRow,
  type HoldRow,
  type OccupiedRow,
} from './rows.ts';

/** What a commit compares with; what is not there is not in it. */
export interface Loaded {
  /** With the versions of their calendars. */
  readonly agents: ReadonlyMap<string, AgentRow>;
  /** Records that have expired, if they are to be replaced. */
  readonly requests: readonly RequestRecord[];
  /** Their `holdKey`s. */
  readonly holds: ReadonlySet<string>;
}

/**
 * Whoever takes time of an agent raises the version of its calendar, and keeps everybody else from doing so until the
 * commit. Where somebody has done it since the calendar was loaded, the claims are looked at again.
 *
 * The raise comes first in its transaction: it locks in the order of the primary key, so that two batches wait for each
 * other in one direction only, and a read before it would show REPEATABLE READ a schedule from before the lock. A batch
 * that also stores agents can make a circle; the database ends it with a deadlock, which is a conflict.
 */
export function claims(db: Knex, loaded: Loaded, changes: Changes): Write[] {
  // Nobody can have taken time of an agent whom this batch adds.
  const added = new Set(
    changes.agents.map(({ appId, id }) => rowKey(appId, id)).filter((id) => !loaded.agents.has(id)),
  );
  const claimed = changes.claimed.filter(({ appId, agentId }) => !added.has(rowKey(appId, agentId)));
  if (claimed.length === 0) return [];
  const keys = claimed.map(({ appId, agentId }) => ({ appId, id: agentId }));
  const raise = db<AgentRow>(TABLES.agents).increment('calendar_version', 1).where(keyIn(keys));
  const raised: Write<Pick<AgentRow, 'app_id' | 'id' | 'calendar_version' | 'record_version'>[]> = {
    statement: db(TABLES.agents)
      .select('app_id', 'id', 'calendar_version', 'record_version')
      .where(keyIn(keys)),
    async check(agents, ask) {
      const now = new Map(agents.map((row) => [rowKey(row.app_id, row.id), row]));
      const doubtful = claimed.filter(({ appId, agentId, alone }) => {
        const after = now.get(rowKey(appId, agentId));
        const before = loaded.agents.get(rowKey(appId, agentId));
        if (!after || !before || Number(after.record_version) !== Number(before.record_version)) {
          throw new StaleError();
        }
        const isUntouched = Number(after.calendar_version) === Number(before.calendar_version) + 1;
        if (alone && !isUntouched) throw new StaleError();
        return !isUntouched;
      });
      if (doubtful.length === 0) return;
      const taken = await ask<OccupiedRow[][]>(occupiedIn(db, doubtful));
      const changed = new Set(changes.calls.map(({ call }) => rowKey(call.appId, call.id)));
      const [holds] = await ask<[HoldRow[]]>([holdsOf(db, doubtful)]);
      // The statements before this one have placed those of this batch.
      const own = new Set(changes.placed.map(holdKey));
      const kept = taken
        .flat()
        .map(fromOccupiedRow)
        .filter(({ appId, callId }) => !changed.has(rowKey(appId, callId)));
      const placed = holds
        .map(fromHoldRow)
        .filter((hold) => !loaded.holds.has(holdKey(hold)) && !own.has(holdKey(hold)));
      const isMet = (claim: Claim): boolean =>
        [...kept.filter(({ callId }) => callId !== claim.callId), ...placed].some(
          (other) => other.appId === claim.appId && overlap(other, claim),
        );
      if (doubtful.some(isMet)) throw new StaleError();
    },
  };
  return [{ statement: raise }, raised];
}
