import type { Knex } from 'knex';

/** Every name starts with `reslot_`: the tables may live in an application's own database. */
export interface Migration {
  /** Stored in the database: never renamed. */
  readonly name: string;
  readonly up: (db: Knex) => PromiseLike<unknown>;
  readonly down: (db: Knex) => PromiseLike<unknown>;
}

const ID = 128;
/** Ids compare byte by byte. SQLite does so by itself and ignores the collation. */
const id = (table: Knex.CreateTableBuilder, name: string) => table.string(name, ID).collate('ascii_bin');
const word = (table: Knex.CreateTableBuilder, name: string) => table.string(name, 32).collate('ascii_bin');
/** SHA-256 in hexadecimal. */
const digest = (table: Knex.CreateTableBuilder, name: string) => table.string(name, 64).collate('ascii_bin');
/** Text for people; `search` compares it without regard to case. */
const text = (table: Knex.CreateTableBuilder, name: string, length: number) =>
  table.string(name, length).collate('utf8mb4_unicode_520_ci');
const long = (table: Knex.CreateTableBuilder, name: string) =>
  table.text(name, 'mediumtext').collate('utf8mb4_bin');

function createTable(
  name: string,
  table: string,
  columns: (table: Knex.CreateTableBuilder) => void,
): Migration {
  return {
    name,
    up: (db) => db.schema.createTable(table, columns),
    down: (db) => db.schema.dropTable(table),
  };
}

function addIndex(name: string, table: string, index: string, columns: string[]): Migration {
  return {
    name,
    up: (db) => db.schema.alterTable(table, (alter) => alter.index(columns, index)),
    down: (db) => db.schema.alterTable(table, (alter) => alter.dropIndex(columns, index)),
  };
}

function addColumn(
  name: string,
  table: string,
  column: string,
  type: (table: Knex.CreateTableBuilder, name: string) => unknown,
): Migration {
  return {
    name,
    up: (db) =>
      db.schema.alterTable(table, (alter) => {
        type(alter, column);
      }),
    down: (db) => db.schema.alterTable(table, (alter) => alter.dropColumn(column)),
  };
}

/** One statement each: MySQL commits at every DDL statement, so a migration must not stop halfway. */
export const MIGRATIONS: readonly Migration[] = [
  createTable('001_apps', 'reslot_apps', (table) => {
    id(table, 'id').notNullable().primary();
    text(table, 'name', 200).notNullable();
    table.bigInteger('created_at').notNullable();
  }),
  createTable('002_keys', 'reslot_keys', (table) => {
    id(table, 'id').notNullable().primary();
    id(table, 'app_id').notNullable();
    digest(table, 'secret_digest').notNullable();
    table.string('scopes', 255).collate('ascii_bin').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('expires_at');
    table.bigInteger('revoked_at');
  }),
  createTable('003_agents', 'reslot_agents', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'id').notNullable();
    text(table, 'name', 200).notNullable();
    table.boolean('active').notNullable();
    // Raised by whoever takes time of this agent.
    table.bigInteger('calendar_version').notNullable();
    table.primary(['app_id', 'id']);
  }),
  createTable('004_calls', 'reslot_calls', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'id').notNullable();
    word(table, 'status').notNullable();
    id(table, 'agent_id');
    table.bigInteger('starts_at').notNullable();
    table.integer('duration_minutes').notNullable();
    table.integer('buffer_before_minutes').notNullable();
    table.integer('buffer_after_minutes').notNullable();
    // The time kept from the agent, buffers included; null once none is kept.
    table.bigInteger('busy_from');
    table.bigInteger('busy_to');
    text(table, 'guest_name', 200).notNullable();
    text(table, 'guest_phone', 40);
    text(table, 'guest_email', 254);
    table.string('guest_timezone', 64).collate('ascii_bin');
    long(table, 'intake_notes');
    table.string('app_timezone', 64).collate('ascii_bin').notNullable();
    word(table, 'booking_source').notNullable();
    word(table, 'assignment_method').notNullable();
    long(table, 'reminders').notNullable();
    table.bigInteger('cancelled_at');
    text(table, 'cancellation_reason', 500);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.bigInteger('version').notNullable();
    table.bigInteger('last_seq').notNullable();
    table.primary(['app_id', 'id']);
  }),
  addIndex('005_calls_by_calendar', 'reslot_calls', 'reslot_calls_by_calendar', [
    'app_id',
    'agent_id',
    'busy_from',
    'busy_to',
  ]),
  addIndex('006_calls_by_start', 'reslot_calls', 'reslot_calls_by_start', ['app_id', 'starts_at', 'id']),
  createTable('007_call_events', 'reslot_call_events', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'call_id').notNullable();
    table.bigInteger('seq').notNullable();
    table.bigInteger('version').notNullable();
    word(table, 'type').notNullable();
    table.bigInteger('at').notNullable();
    word(table, 'actor_type').notNullable();
    id(table, 'actor_id').notNullable();
    id(table, 'source').notNullable();
    text(table, 'reason', 500);
    // JSON: from, to and the diff of the reminders.
    long(table, 'body').notNullable();
    // The compare-and-swap of the call: two writers of one version want the same number.
    table.primary(['app_id', 'call_id', 'seq']);
  }),
  addColumn('008_agents_availability', 'reslot_agents', 'availability', long),
  addColumn('009_agents_record_version', 'reslot_agents', 'record_version', (table, name) =>
    table.bigInteger(name).notNullable().defaultTo(1),
  ),
  addColumn('010_calls_moves', 'reslot_calls', 'moves', (table, name) =>
    table.string(name, 512).collate('ascii_bin'),
  ),
  createTable('011_policies', 'reslot_policies', (table) => {
    id(table, 'app_id').notNullable().primary();
    long(table, 'policy').notNullable();
  }),
  createTable('012_requests', 'reslot_requests', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'principal').notNullable();
    digest(table, 'digest').notNullable();
    digest(table, 'fingerprint').notNullable();
    long(table, 'answer').notNullable();
    table.bigInteger('expires_at').notNullable();
    // Of two who want to record one request, the second meets the first one's key.
    table.primary(['app_id', 'principal', 'digest']);
  }),
  addIndex('013_requests_by_end', 'reslot_requests', 'reslot_requests_by_end', ['expires_at']),
  addColumn('014_agents_turn', 'reslot_agents', 'turn', (table, name) =>
    table.bigInteger(name).notNullable().defaultTo(0),
  ),
  createTable('015_holds', 'reslot_holds', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'id').notNullable();
    id(table, 'agent_id').notNullable();
    table.bigInteger('busy_from').notNullable();
    table.bigInteger('busy_to').notNullable();
    id(table, 'call_id');
    table.bigInteger('expires_at').notNullable();
    table.primary(['app_id', 'id']);
  }),
  addIndex('016_holds_by_calendar', 'reslot_holds', 'reslot_holds_by_calendar', ['app_id', 'agent_id']),
  addIndex('017_holds_by_end', 'reslot_holds', 'reslot_holds_by_end', ['expires_at']),
];
