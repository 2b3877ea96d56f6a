import type { Delivery, DeliveryKey, Endpoint } from '@reslot/core';
import type { BigInteger } from './rows.ts';

/** The rows of endpoints and deliveries. */

export interface EndpointRow {
  app_id: string;
  id: string;
  url: string;
  description: string | null;
  types: string | null;
  status: Endpoint['status'];
  trouble: Endpoint['trouble'];
  secret: string;
  previous_secret: string | null;
  previous_until: BigInteger | null;
  family_headers: number | boolean;
  created_at: BigInteger;
  version: BigInteger;
}

export const toEndpointRow = (endpoint: Endpoint): EndpointRow => ({
  app_id: endpoint.appId,
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types && JSON.stringify(endpoint.types),
  status: endpoint.status,
  trouble: endpoint.trouble,
  secret: endpoint.secret,
  previous_secret: endpoint.previousSecret,
  previous_until: endpoint.previousUntil,
  family_headers: endpoint.familyHeaders,
  created_at: endpoint.createdAt,
  version: endpoint.version,
});

export const fromEndpointRow = (row: EndpointRow): Endpoint => ({
  appId: row.app_id,
  id: row.id,
  url: row.url,
  description: row.description,
  types: row.types === null ? null : JSON.parse(row.types),
  status: row.status,
  trouble: row.trouble,
  secret: row.secret,
  previousSecret: row.previous_secret,
  previousUntil: row.previous_until === null ? null : Number(row.previous_until),
  familyHeaders: Boolean(row.family_headers),
  createdAt: Number(row.created_at),
  version: Number(row.version),
});

export interface DeliveryRow {
  app_id: string;
  destination: string;
  call_id: string;
  seq: BigInteger;
  type: Delivery['type'];
  state: Delivery['state'];
  attempts: number;
  due_at: BigInteger;
  lease_until: BigInteger;
  lease_token: string | null;
  told: string | null;
  created_at: BigInteger;
  settled_at: BigInteger | null;
}

export const fromDeliveryRow = (row: DeliveryRow): Delivery => ({
  ...keyOfRow(row),
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  dueAt: Number(row.due_at),
  told: row.told,
  createdAt: Number(row.created_at),
  settledAt: row.settled_at === null ? null : Number(row.settled_at),
});

export type RowKey = Pick<DeliveryRow, 'app_id' | 'destination' | 'call_id' | 'seq'>;

export const toRowKey = ({ appId, destination, callId, seq }: DeliveryKey): RowKey => ({
  app_id: appId,
  destination,
  call_id: callId,
  seq,
});

export const keyOfRow = (row: RowKey): DeliveryKey => ({
  appId: row.app_id,
  destination: row.destination,
  callId: row.call_id,
  seq: Number(row.seq),
});
