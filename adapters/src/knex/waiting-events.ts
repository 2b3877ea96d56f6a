import type { CallEvent, Outbox, WaitingEvent } from '@reslot/core';
import type { Knex } from 'knex';
import { fromEndpointRow, type EndpointRow } from './delivery-rows.ts';
import { TABLES, type BigInteger } from './rows.ts';

/**
 * The rows of events that have not been handed out: one for those of an app that a commit has written, which is gone
 * afterwards (decision 31).
 */

export interface WaitingRow {
  /** Given by the database: the place in the line. */
  id: BigInteger;
  /** When the first of its events happened. */
  at: BigInteger;
  app_id: string;
  /** Events in it; 0 when they could not be read. It is left for whoever looks for the reason, and keeps nobody else waiting. */
  many: number;
  /** JSON. */
  events: string;
}

type Told = Pick<WaitingEvent, 'callId' | 'seq' | 'type' | 'at'>;

/** Events in one row: a relay takes a row as a whole. */
const MOST_EVENTS = 250;

export function toWaitingRows(events: readonly CallEvent[]): Omit<WaitingRow, 'id'>[] {
  const rows: Omit<WaitingRow, 'id'>[] = [];
  for (const appId of new Set(events.map((event) => event.appId))) {
    const all = events.filter((event) => event.appId === appId);
    for (let first = 0; first < all.length; first += MOST_EVENTS) {
      const part = all.slice(first, first + MOST_EVENTS);
      const told = part.map(({ callId, seq, type, at }): Told => ({ callId, seq, type, at }));
      rows.push({
        at: Math.min(...told.map(({ at }) => at)),
        app_id: appId,
        many: told.length,
        events: JSON.stringify(told),
      });
    }
  }
  return rows;
}

/** None of a row that cannot be read. */
function fromWaitingRow({ id, app_id: appId, events }: WaitingRow): WaitingEvent[] {
  try {
    const all: Told[] = JSON.parse(events);
    return all.map((told) => ({ place: Number(id), appId, ...told }));
  } catch {
    return [];
  }
}

/** In the order of their ids. Of a call nobody writes an event before the one before it is committed. */
export async function waiting(db: Knex, most: number): ReturnType<Outbox['waiting']> {
  const line: Pick<WaitingRow, 'id' | 'many'>[] = await db<WaitingRow>(TABLES.waiting)
    .select('id', 'many')
    .where('many', '>', 0)
    .orderBy('id')
    .limit(most);
  const ids = firstOf(line, most);
  if (ids.length === 0) return { events: [], endpoints: [] };
  const rows: WaitingRow[] = await db<WaitingRow>(TABLES.waiting).whereIn('id', ids).orderBy('id');
  const events = rows.flatMap(fromWaitingRow);
  await setAside(db, rows, events);
  const apps = new Set(rows.map((row) => row.app_id));
  const endpoints: EndpointRow[] = await db<EndpointRow>(TABLES.endpoints).whereIn('app_id', [...apps]);
  return { events, endpoints: endpoints.map(fromEndpointRow) };
}

async function setAside(
  db: Knex,
  rows: readonly WaitingRow[],
  events: readonly WaitingEvent[],
): Promise<void> {
  const read = new Set(events.map(({ place }) => place));
  const spoilt = rows.flatMap(({ id }) => (read.has(Number(id)) ? [] : [id]));
  if (spoilt.length > 0) await db<WaitingRow>(TABLES.waiting).whereIn('id', spoilt).update({ many: 0 });
}

/** As few as have `most` events. */
function firstOf(line: readonly Pick<WaitingRow, 'id' | 'many'>[], most: number): BigInteger[] {
  let events = 0;
  const before = line.map(({ many }) => (events += many) - many);
  return line.filter((_row, index) => (before[index] ?? 0) < most).map(({ id }) => id);
}
