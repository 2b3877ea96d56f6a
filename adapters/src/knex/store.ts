import { setImmediate } from 'node:timers/promises';
import type { Claim, ScheduleStore } from '@reslot/core';
import type { Knex } from 'knex';
import { claims, type Loaded } from './claims.ts';
import { isConflict } from './conflicts.ts';
import { isMysql } from './dialects.ts';
import { holdKey, holdWrites } from './holds.ts';
import { refuseMappers, refuseTransaction } from './fit.ts';
import { rowKey } from './keys.ts';
import { loadCalendars, loadFirst, loadNamedHolds, loadRequests, loadSeries } from './loads.ts';
import { orOutage } from './outages.ts';
import { reliances } from './reliances.ts';
import { writeAll } from './round-trips.ts';
import { fromAgentRow, fromOccupiedRow } from './rows.ts';
import { agentWrites, callWrites, policyWrites, requestWrites, turnWrites } from './writes.ts';

/**
 * The schedule in MySQL, MariaDB or SQLite. Reads are single statements outside of any transaction, so each sees what
 * is committed at that moment; the write is one short transaction that locks calendars, and checks them once more.
 */
export function knexStore(db: Knex): ScheduleStore<Loaded> {
  refuseMappers(db);
  refuseTransaction(db);
  return {
    // But for one that is seldom used, the drivers of SQLite work in this thread.
    yieldThread: isMysql(db) ? undefined : () => setImmediate(),
    load: (needs) =>
      orOutage(async () => {
        const named = await loadNamedHolds(db, needs);
        const ofSeries = await loadSeries(db, needs);
        const { calls, policies, rosters, knownTo } = await loadFirst(db, needs);
        const slots = needs.flatMap((need): Claim[] =>
          (need.calendars?.(knownTo(need)) ?? []).map((slot) => ({ ...slot, appId: need.appId })),
        );
        const { agents, occupied, holds } = await loadCalendars(db, [...needs, ...rosters], slots);
        // Last: whoever finds no record has not seen what the request did either.
        const requests = await loadRequests(db, needs);
        return {
          version: {
            agents: new Map(agents.map((row) => [rowKey(row.app_id, row.id), row])),
            requests,
            holds: new Set(holds.map(holdKey)),
          },
          calls: [...calls, ...ofSeries],
          agents: agents.map(fromAgentRow),
          roster: rosters.map(({ appId, agentId: id }) => ({ appId, id })),
          occupied: occupied.map(fromOccupiedRow),
          policies,
          requests,
          holds: [...named, ...holds],
        };
      }),

    async commit(loaded, changes) {
      let committing = false;
      const write = () =>
        writeAll(
          db,
          [
            ...claims(db, loaded, changes),
            ...reliances(db, changes),
            ...agentWrites(db, loaded, changes),
            ...turnWrites(db, changes),
            ...callWrites(db, changes),
            ...policyWrites(db, changes),
            ...requestWrites(db, loaded, changes),
            ...holdWrites(db, changes),
          ],
          () => {
            committing = true;
          },
        );
      try {
        await orOutage(write, () => committing);
        return 'committed';
      } catch (error) {
        if (isConflict(error)) return 'conflict';
        throw error;
      }
    },
  };
}
