import { LONGEST_SLOT, type Claim } from '@reslot/core';
import type { Knex } from 'knex';
import { TABLES } from './rows.ts';

/** Alternatives in one condition: SQLite takes expressions of a depth of 1,000. */
export const MAX_TERMS = 500;

/**
 * What overlaps a slot. Written out, as a batch repeats it hundreds of times and the query builder takes longer for that
 * than the database. One BETWEEN is planned in half the time of two comparisons.
 */
const TAKEN = '(app_id = ? AND agent_id = ? AND busy_from BETWEEN ? AND ? AND busy_to > ?)';
const anyOf = (condition: string, times: number): string => Array<string>(times).fill(condition).join(' OR ');

/** The statements that find what calls keep of these slots; each gives rows of `OccupiedRow`. */
export function occupiedIn(db: Knex, slots: readonly Claim[]): Knex.QueryBuilder[] {
  const statements: Knex.QueryBuilder[] = [];
  for (let first = 0; first < slots.length; first += MAX_TERMS) {
    const part = slots.slice(first, first + MAX_TERMS);
    const bindings = part.flatMap(({ appId, agentId, from, to }) => [
      appId,
      agentId,
      from - LONGEST_SLOT + 1,
      to - 1,
      from,
    ]);
    statements.push(
      db(TABLES.calls)
        .select('app_id', 'agent_id', 'id', 'busy_from', 'busy_to')
        .whereRaw(anyOf(TAKEN, part.length), bindings),
    );
  }
  return statements;
}
