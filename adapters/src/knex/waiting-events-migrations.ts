import type { Knex } from 'knex';
import { createTable, dropTable, id, long, renameTable, word, type Migration } from './migration-steps.ts';

/** An event that waited in a row of its own. */
export function waitingEvent(table: Knex.CreateTableBuilder): void {
  table.bigIncrements('id');
  table.bigInteger('at').notNullable();
  id(table, 'app_id').notNullable();
  id(table, 'call_id').notNullable();
  table.integer('seq').notNullable();
  word(table, 'type').notNullable();
}

/** Told once, even if a crash has them taken over twice: while the first deliveries are kept, no second ones are put. */
const takeOver = (db: Knex): PromiseLike<unknown> =>
  db.raw(`INSERT INTO reslot_waiting_events (at, app_id, many, events)
    SELECT at, app_id, 1, JSON_ARRAY(JSON_OBJECT('callId', call_id, 'seq', seq, 'type', type, 'at', at))
    FROM reslot_outbox_before ORDER BY id`);

const refuse = (): Promise<never> => Promise.reject(new Error('events that wait would be lost'));

/** From a row for each event to one for those that a commit has written. */
export const WAITING_EVENTS: readonly Migration[] = [
  // Events that have not been handed out, in the order in which they were written. No id comes twice.
  createTable('034_waiting_events', 'reslot_waiting_events', (table) => {
    table.bigIncrements('id');
    table.bigInteger('at').notNullable();
    id(table, 'app_id').notNullable();
    table.integer('many').notNullable();
    // JSON: call, number, type and time of each.
    long(table, 'events').notNullable();
  }),
  // A process of a version before finds nothing at the old name, so that it loses nothing in a table that nobody reads.
  renameTable('035_outbox_closed', 'reslot_outbox', 'reslot_outbox_before'),
  { name: '036_waiting_events_filled', up: takeOver, down: refuse },
  dropTable('037_outbox_dropped', 'reslot_outbox_before', waitingEvent),
];
