import type { Outbox, WaitingEvent } from '@reslot/core';
import type { Knex } from 'knex';
import { fromEndpointRow, type EndpointRow } from './delivery-rows.ts';
import { TABLES, type BigInteger, type EventRow } from './rows.ts';

/** The rows of events that have not been handed out: a small one for each, which is gone afterwards. */

export interface WaitingRow {
  at: BigInteger;
  app_id: string;
  call_id: string;
  seq: BigInteger;
  type: EventRow['type'];
}

export const toWaitingRow = ({ at, appId, callId, seq, type }: WaitingEvent): WaitingRow => ({
  at,
  app_id: appId,
  call_id: callId,
  seq,
  type,
});

const fromWaitingRow = (row: WaitingRow): WaitingEvent => ({
  at: Number(row.at),
  appId: row.app_id,
  callId: row.call_id,
  seq: Number(row.seq),
  type: row.type,
});

/** By the primary key: of a call, the events are in their order. */
export async function waiting(db: Knex, most: number): ReturnType<Outbox['waiting']> {
  const rows: WaitingRow[] = await db<WaitingRow>(TABLES.outbox)
    .orderBy(['at', 'app_id', 'call_id', 'seq'])
    .limit(most);
  const apps = [...new Set(rows.map((row) => row.app_id))];
  const endpoints: EndpointRow[] =
    apps.length === 0 ? [] : await db<EndpointRow>(TABLES.endpoints).whereIn('app_id', apps);
  return { events: rows.map(fromWaitingRow), endpoints: endpoints.map(fromEndpointRow) };
}

/** Without an event, nothing. */
export const waitingIn =
  (events: readonly WaitingEvent[]) =>
  (where: Knex.QueryBuilder): void => {
    if (events.length === 0) where.whereRaw('1 = 0');
    for (const { at, appId, callId, seq } of events) {
      where.orWhere({ at, app_id: appId, call_id: callId, seq });
    }
  };
