import { fillReminders } from './fill-reminders.ts';
import {
  addColumn,
  addIndex,
  createTable,
  digest,
  id,
  long,
  text,
  word,
  type Migration,
} from './migration-steps.ts';
import { waitingEvent, WAITING_EVENTS } from './waiting-events-migrations.ts';

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
  addColumn('018_calls_series', 'reslot_calls', 'series_id', id),
  addColumn('019_agents_email', 'reslot_agents', 'email', (table, name) => text(table, name, 254)),
  addColumn('020_calls_wall_time', 'reslot_calls', 'wall_time', word),
  addIndex('021_calls_by_series', 'reslot_calls', 'reslot_calls_by_series', ['app_id', 'series_id']),
  createTable('022_outbox', 'reslot_outbox', waitingEvent),
  createTable('023_endpoints', 'reslot_endpoints', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'id').notNullable();
    table.string('url', 2048).collate('utf8mb4_bin').notNullable();
    text(table, 'description', 500);
    // JSON; null for every kind.
    long(table, 'types');
    word(table, 'status').notNullable();
    word(table, 'trouble');
    table.string('secret', 128).collate('ascii_bin').notNullable();
    table.string('previous_secret', 128).collate('ascii_bin');
    table.bigInteger('previous_until');
    table.boolean('family_headers').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('version').notNullable();
    table.primary(['app_id', 'id']);
  }),
  createTable('024_deliveries', 'reslot_deliveries', (table) => {
    id(table, 'app_id').notNullable();
    id(table, 'destination').notNullable();
    id(table, 'call_id').notNullable();
    table.bigInteger('seq').notNullable();
    word(table, 'type').notNullable();
    word(table, 'state').notNullable();
    table.integer('attempts').notNullable();
    table.bigInteger('due_at').notNullable();
    table.bigInteger('lease_until').notNullable();
    id(table, 'lease_token');
    text(table, 'told', 200);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('settled_at');
    // In this order: those before it of the same call and destination are next to it.
    table.primary(['app_id', 'destination', 'call_id', 'seq']);
  }),
  addIndex('025_deliveries_by_due', 'reslot_deliveries', 'reslot_deliveries_by_due', ['state', 'due_at']),
  addIndex('026_deliveries_by_age', 'reslot_deliveries', 'reslot_deliveries_by_age', [
    'app_id',
    'destination',
    'created_at',
  ]),
  addColumn('027_calls_next_reminder', 'reslot_calls', 'next_reminder_at', (table, name) =>
    table.bigInteger(name),
  ),
  addIndex('028_calls_by_reminder', 'reslot_calls', 'reslot_calls_by_reminder', ['next_reminder_at']),
  { name: '029_calls_next_reminder_filled', up: fillReminders, down: async () => undefined },
  addIndex('030_deliveries_by_state', 'reslot_deliveries', 'reslot_deliveries_by_state', [
    'app_id',
    'destination',
    'state',
    'created_at',
  ]),
  addColumn('031_keys_previous_digest', 'reslot_keys', 'previous_digest', digest),
  addColumn('032_keys_previous_until', 'reslot_keys', 'previous_until', (table, name) =>
    table.bigInteger(name),
  ),
  addColumn('033_keys_last_used', 'reslot_keys', 'last_used_at', (table, name) => table.bigInteger(name)),
  ...WAITING_EVENTS,
];
