import type { CallEvent, Outbox, WaitingEvent } from '@reslot/core';
import type { Knex } from 'knex';
import { fromEndpointRow, type EndpointRow } from './delivery-rows.ts';
import { TABLES, type BigInteger, type EventRow } from './rows.ts';

/** The rows of events that have not been handed out: a small one for each, which is gone afterwards. */

export interface WaitingRow {
  /** Given by the database: the place in the line. */
  id: BigInteger;
  at: BigInteger;
  app_id: string;
  call_id: string;
  seq: BigInteger;
  type: EventRow['type'];
}

export const toWaitingRow = ({ at, appId, callId, seq, type }: CallEvent): Omit<WaitingRow, 'id'> => ({
  at,
  app_id: appId,
  call_id: callId,
  seq,
  type,
});

const fromWaitingRow = (row: WaitingRow): WaitingEvent => ({
  place: Number(row.id),
  at: Number(row.at),
  appId: row.app_id,
  callId: row.call_id,
  seq: Number(row.seq),
  type: row.type,
});

/** In the order of their ids. Of a call nobody writes an event before the one before it is committed. */
export async function waiting(db: Knex, most: number): ReturnType<Outbox['waiting']> {
  const rows: WaitingRow[] = await db<WaitingRow>(TABLES.outbox).orderBy('id').limit(most);
  const apps = [...new Set(rows.map((row) => row.app_id))];
  const endpoints: EndpointRow[] =
    apps.length === 0 ? [] : await db<EndpointRow>(TABLES.endpoints).whereIn('app_id', apps);
  return { events: rows.map(fromWaitingRow), endpoints: endpoints.map(fromEndpointRow) };
}
