import type { CallFilter, PageStart, ScheduleQueries } from '@reslot/core';
import type { Knex } from 'knex';
import { refuseMappers } from './fit.ts';
import { orOutage } from './outages.ts';
import { fromCallRow, fromSummaryRow, SUMMARY_COLUMNS, type CallRow, type SummaryRow } from './call-rows.ts';
import {
  fromAgentRow,
  fromEventRow,
  fromPolicyRow,
  TABLES,
  type AgentRow,
  type BigInteger,
  type EventRow,
  type PolicyRow,
} from './rows.ts';

export function knexQueries(db: Knex): ScheduleQueries {
  refuseMappers(db);
  return {
    call: (appId, id) =>
      orOutage(async () => {
        const row = await db<CallRow>(TABLES.calls).where({ app_id: appId, id }).first();
        return row && fromCallRow(row);
      }),
    timeline: ({ appId, id, lastSeq }, afterSeq, limit) =>
      orOutage(async () => {
        const rows: EventRow[] = await db<EventRow>(TABLES.events)
          .where({ app_id: appId, call_id: id })
          .where('seq', '>', afterSeq)
          .where('seq', '<=', lastSeq)
          .orderBy('seq')
          .limit(limit);
        return rows.map(fromEventRow);
      }),
    calls: (appId, filter, start, limit) =>
      orOutage(async () => {
        const matching = db<CallRow>(TABLES.calls).where({ app_id: appId }).where(filtered(filter));
        const [counted] = await matching.clone().count<{ total: BigInteger }[]>({ total: '*' });
        const rows: SummaryRow[] = await paged(matching, start)
          .select(SUMMARY_COLUMNS)
          .orderBy(['starts_at', 'id'])
          .limit(limit);
        return { calls: rows.map(fromSummaryRow), total: Number(counted?.total ?? 0) };
      }),
    agent: (appId, id) =>
      orOutage(async () => {
        const row = await db<AgentRow>(TABLES.agents).where({ app_id: appId, id }).first();
        return row && fromAgentRow(row);
      }),
    policy: (appId) =>
      orOutage(async () => {
        const row = await db<PolicyRow>(TABLES.policies).where({ app_id: appId }).first();
        return row && fromPolicyRow(row).policy;
      }),
  };
}

const SEARCHED = ['guest_name', 'guest_phone', 'guest_email'];

function filtered({
  agentId,
  statuses,
  bookingSource,
  seriesId,
  startsFrom,
  startsBefore,
  search,
}: CallFilter) {
  return (where: Knex.QueryBuilder): void => {
    if (agentId !== undefined) where.where('agent_id', agentId);
    if (statuses !== undefined) where.whereIn('status', [...statuses]);
    if (bookingSource !== undefined) where.where('booking_source', bookingSource);
    if (seriesId !== undefined) where.where('series_id', seriesId);
    if (startsFrom !== undefined) where.where('starts_at', '>=', startsFrom);
    if (startsBefore !== undefined) where.where('starts_at', '<', startsBefore);
    if (search !== undefined) {
      const part = `%${search.replace(/[!%_]/g, '!$&')}%`;
      where.where((any) => {
        for (const column of SEARCHED) any.orWhereRaw("?? LIKE ? ESCAPE '!'", [column, part]);
      });
    }
  };
}

function paged(matching: Knex.QueryBuilder, start: PageStart): Knex.QueryBuilder {
  if ('skip' in start) return matching.offset(start.skip);
  const { startsAt, id } = start.after;
  return matching.where('starts_at', '>=', startsAt).where((later) => {
    later.where('starts_at', '>', startsAt).orWhere('id', '>', id);
  });
}
