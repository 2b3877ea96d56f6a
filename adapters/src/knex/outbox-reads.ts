import {
  isMovable,
  isSystem,
  STATUSES,
  type CallEvent,
  type Claimed,
  type Delivery,
  type DeliveryFilter,
  type DeliveryPosition,
  type Instant,
  type LeaseRequest,
  type Outbox,
} from '@reslot/core';
import type { Knex } from 'knex';
import type { CallRow } from './call-rows.ts';
import { fromEndpointRow, type DeliveryRow, type EndpointRow, type RowKey } from './delivery-rows.ts';
import { isMysql } from './dialects.ts';
import { eventIn, keyIn } from './keys.ts';
import { fromEventRow, TABLES, type BigInteger, type EventRow } from './rows.ts';

/** What the outbox reads. */

/** Milliseconds on the clock of the database. */
export async function databaseNow(db: Knex): Promise<Instant> {
  const at = isMysql(db)
    ? // Not by way of the session's zone, in which an hour may come twice.
      "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000"
    : "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
  const row: { at: BigInteger } | undefined = await db.first(db.raw(`${at} AS at`));
  return Number(row?.at);
}

/** Rows that are looked through for those that are within their shares. */
const MOST_CANDIDATES = 500;

/** The key of a delivery that is due, and the status of its endpoint, if it has one. */
export type DueRow = RowKey & { endpoint_status: EndpointRow['status'] | null };

/**
 * Those that are due and free, the longest due first. Nothing is locked. Other rows are asked for in subqueries of one value,
 * which no database makes a join of: so it goes through what is due until it has enough, never through all that was delivered.
 * What is pending before is not asked for by its state: the index by state would lead to all that is pending.
 */
export async function candidates(
  db: Knex,
  { systems, mostToEndpoints, perDestination, perApp, underWay, underWayOf }: LeaseRequest,
  at: Instant,
): Promise<DueRow[]> {
  const full = (counts: ReadonlyMap<string, number>, most: number) =>
    [...counts].flatMap(([name, many]) => (many >= most ? [name] : []));
  const status = 'SELECT e.status FROM ?? e WHERE e.app_id = d.app_id AND e.id = d.destination';
  const sameCall = 'p.app_id = d.app_id AND p.destination = d.destination AND p.call_id = d.call_id';
  return db<DeliveryRow>({ d: TABLES.deliveries })
    .select('d.app_id', 'd.destination', 'd.call_id', 'd.seq')
    .select(db.raw(`(${status}) AS endpoint_status`, [TABLES.endpoints]))
    .where('d.state', 'pending')
    .where('d.due_at', '<=', at)
    .where('d.lease_until', '<', at)
    .whereNotIn('d.destination', full(underWay, perDestination))
    .where((served) => {
      served.whereIn('d.destination', [...systems]);
      if (mostToEndpoints <= 0) return;
      served.orWhere((own) => {
        own.whereNot('d.destination', 'like', '@%').whereNotIn('d.app_id', full(underWayOf, perApp));
      });
    })
    .whereRaw(`d.seq = (SELECT MIN(p.seq) FROM ?? p WHERE ${sameCall} AND p.settled_at IS NULL)`, [
      TABLES.deliveries,
    ])
    .orderBy('d.due_at')
    .limit(MOST_CANDIDATES);
}

export const isServed = (row: DueRow): boolean => isSystem(row) || row.endpoint_status === 'active';

/** With what it takes to make them, and those whose event cannot be read, or is gone. */
export async function claimed(
  db: Knex,
  deliveries: readonly Delivery[],
): Promise<{ found: Claimed[]; spoilt: Delivery[]; bare: Delivery[] }> {
  const ids = deliveries.map(({ appId, destination: id }) => ({ appId, id }));
  const [events, endpoints]: [EventRow[], EndpointRow[]] = await Promise.all([
    db<EventRow>(TABLES.events).where(eventIn(deliveries)),
    db<EndpointRow>(TABLES.endpoints).where(keyIn(ids)),
  ]);
  const found: Claimed[] = [];
  const spoilt: Delivery[] = [];
  const bare: Delivery[] = [];
  for (const delivery of deliveries) {
    const { appId, destination, callId, seq } = delivery;
    const row = events.find(
      (one) => one.app_id === appId && one.call_id === callId && Number(one.seq) === seq,
    );
    const endpoint = endpoints.find((one) => one.app_id === appId && one.id === destination);
    const event = row && readable(row);
    if (event) found.push({ delivery, event, endpoint: endpoint && fromEndpointRow(endpoint) });
    else (row ? spoilt : bare).push(delivery);
  }
  return { found, spoilt, bare };
}

/** undefined for a row that somebody has spoilt: it must not stop the others. */
function readable(row: EventRow): CallEvent | undefined {
  try {
    return fromEventRow(row);
  } catch {
    return undefined;
  }
}

function filtered(filter: DeliveryFilter) {
  const { destination, state, callId, seq, from, before, settledFrom, settledUntil } = filter;
  return (where: Knex.QueryBuilder): void => {
    if (destination !== undefined) where.where('destination', destination);
    if (state !== undefined) where.where('state', state);
    if (callId !== undefined) where.where('call_id', callId);
    if (seq !== undefined) where.where('seq', seq);
    if (from !== undefined) where.where('created_at', '>=', from);
    if (before !== undefined) where.where('created_at', '<', before);
    if (settledFrom !== undefined) where.where('settled_at', '>=', settledFrom);
    if (settledUntil !== undefined) where.where('settled_at', '<=', settledUntil);
  };
}

/** Deliveries of the app, the newest first. */
export const deliveriesOf = (
  db: Knex,
  appId: string,
  filter: DeliveryFilter,
  after?: DeliveryPosition,
): Knex.QueryBuilder<DeliveryRow, DeliveryRow[]> =>
  db<DeliveryRow>(TABLES.deliveries)
    .where({ app_id: appId })
    .where(filtered(filter))
    .where(after ? behind(after) : {})
    .orderBy(ORDER.map((column) => ({ column, order: 'desc' })));

const ORDER = ['created_at', 'call_id', 'seq', 'destination'] as const;

/** The first condition is one that an index serves. */
const behind =
  ({ createdAt, callId, seq, destination }: DeliveryPosition) =>
  (where: Knex.QueryBuilder): void => {
    where.where('created_at', '<=', createdAt).where((later) => {
      later
        .where('created_at', '<', createdAt)
        .orWhere('call_id', '<', callId)
        .orWhere((same) => {
          same.where('call_id', callId).where('seq', '<', seq);
        })
        .orWhere((same) => {
          same.where({ call_id: callId, seq }).where('destination', '<', destination);
        });
    });
  };

export async function remindersDue(db: Knex, most: number, at: Instant): ReturnType<Outbox['remindersDue']> {
  const rows: Pick<CallRow, 'app_id' | 'id'>[] = await db<CallRow>(TABLES.calls)
    .select('app_id', 'id')
    .where('next_reminder_at', '<=', at)
    // A call that is over may have been left with one by a version that does not know of it.
    .whereIn('status', STATUSES.filter(isMovable))
    .orderBy('next_reminder_at')
    .limit(most);
  return rows.map(({ app_id: appId, id }) => ({ appId, id }));
}
