import type { DeliveryKey, RequestKey } from '@reslot/core';
import { toRowKey } from './delivery-rows.ts';
import type { Knex } from 'knex';

/** Ids contain no slash. */
export const rowKey = (appId: string, id: string): string => `${appId}/${id}`;

/**
 * `(app_id = … and id in (…)) or …`: ranges of the primary key, or of the index of another column, on every engine.
 * Without a key, nothing.
 */
export function keyIn(
  keys: readonly { appId: string; id: string }[],
  column = 'id',
): (where: Knex.QueryBuilder) => void {
  const idsOf = new Map<string, Set<string>>();
  for (const { appId, id } of keys) idsOf.set(appId, (idsOf.get(appId) ?? new Set()).add(id));
  return (where) => {
    if (keys.length === 0) where.whereRaw('1 = 0');
    for (const [appId, ids] of idsOf) {
      where.orWhere((app) => {
        app.where('app_id', appId).whereIn(column, [...ids]);
      });
    }
  };
}

/** As above, of the records of requests: no more at once than an engine takes alternatives. */
export const requestIn =
  (keys: readonly RequestKey[]) =>
  (where: Knex.QueryBuilder): void => {
    for (const { appId, principal, digest } of keys) where.orWhere({ app_id: appId, principal, digest });
  };

/** As above, of deliveries. Without a key, nothing. */
export const deliveryIn =
  (keys: readonly DeliveryKey[]) =>
  (where: Knex.QueryBuilder): void => {
    if (keys.length === 0) where.whereRaw('1 = 0');
    for (const key of keys) where.orWhere(toRowKey(key));
  };

/** As above, of events by their numbers. */
export const eventIn =
  (keys: readonly Pick<DeliveryKey, 'appId' | 'callId' | 'seq'>[]) =>
  (where: Knex.QueryBuilder): void => {
    if (keys.length === 0) where.whereRaw('1 = 0');
    for (const { appId, callId, seq } of keys) where.orWhere({ app_id: appId, call_id: callId, seq });
  };
