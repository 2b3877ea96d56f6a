import type { Claim, Need, ScheduleStore } from '@reslot/core';
import type { Knex } from 'knex';
import { fromCallRow, type CallRow } from './call-rows.ts';
import { claims, type Loaded } from './claims.ts';
import { isConflict } from './conflicts.ts';
import { keyIn, rowKey } from './keys.ts';
import { refuseMappers, refuseTransaction } from './fit.ts';
import { occupiedIn } from './occupied.ts';
import { orOutage } from './outages.ts';
import { inTurn, writeAll } from './round-trips.ts';
import { fromAgentRow, fromOccupiedRow, TABLES, type AgentRow, type OccupiedRow } from './rows.ts';
import { agentWrites, callUpserts, eventInserts } from './writes.ts';

/**
 * The schedule in MySQL, MariaDB or SQLite. Reads are single statements outside of any transaction, so each sees what
 * is committed at that moment; the write is one short transaction that locks calendars, and checks them once more.
 */
export function knexStore(db: Knex): ScheduleStore<Loaded> {
  refuseMappers(db);
  refuseTransaction(db);
  return {
    load: (needs) =>
      orOutage(async () => {
        const calls = (await loadCalls(db, needs)).map(fromCallRow);
        const callOf = new Map(calls.map((call) => [rowKey(call.appId, call.id), call]));
        const slots = needs.flatMap(({ appId, callId, calendar }): Claim[] => {
          const slot = calendar?.(callId === undefined ? undefined : callOf.get(rowKey(appId, callId)));
          return slot ? [{ ...slot, appId }] : [];
        });
        const { agents, occupied } = await loadCalendars(db, needs, slots);
        return {
          version: new Map(agents.map((row) => [rowKey(row.app_id, row.id), row])),
          calls,
          agents: agents.map(fromAgentRow),
          occupied: occupied.map(fromOccupiedRow),
        };
      }),

    async commit(loaded, changes) {
      let committing = false;
      const write = () =>
        writeAll(
          db,
          [
            ...claims(db, loaded, changes),
            ...agentWrites(db, loaded, changes),
            ...eventInserts(db, changes),
            ...callUpserts(db, changes),
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

async function loadCalls(db: Knex, needs: readonly Need[]): Promise<CallRow[]> {
  const keys = needs.flatMap(({ appId, callId }) => (callId === undefined ? [] : [{ appId, id: callId }]));
  if (keys.length === 0) return [];
  return db<CallRow>(TABLES.calls).select().where(keyIn(keys));
}

async function loadCalendars(
  db: Knex,
  needs: readonly Need[],
  slots: readonly Claim[],
): Promise<{ agents: AgentRow[]; occupied: OccupiedRow[] }> {
  const keys = [...needs, ...slots].flatMap(({ appId, agentId }) =>
    agentId === undefined ? [] : [{ appId, id: agentId }],
  );
  if (keys.length === 0) return { agents: [], occupied: [] };
  // Versions before occupancy: a slot that is taken in between is seen, or makes the commit look again.
  const [agents, ...occupied] = await inTurn<[AgentRow[], ...OccupiedRow[][]]>(db, [
    db<AgentRow>(TABLES.agents).select().where(keyIn(keys)),
    ...occupiedIn(db, slots),
  ]);
  return { agents, occupied: occupied.flat() };
}
