import type { Call, CallFilter, PageStart, ScheduleQueries } from '@reslot/core';
import { agentIn, rowKey, type MemoryDatabase } from './database.ts';

export function memoryQueries(db: MemoryDatabase): ScheduleQueries {
  return {
    async call(appId, id) {
      return db.calls.get(rowKey(appId, id));
    },
    async timeline({ appId, id, lastSeq }, afterSeq, limit) {
      const events = db.events.get(rowKey(appId, id)) ?? [];
      return events.filter(({ seq }) => seq > afterSeq && seq <= lastSeq).slice(0, limit);
    },
    async calls(appId, filter, start, limit) {
      const matching = [...db.calls.values()]
        .filter((call) => call.appId === appId && matches(call, filter))
        .toSorted(byStart);
      const first =
        'skip' in start ? start.skip : matching.filter((call) => byStart(call, start.after) <= 0).length;
      const page = matching.slice(first, first + limit);
      return { calls: page.map(({ intakeNotes, ...summary }) => summary), total: matching.length };
    },
    async agent(appId, id) {
      return agentIn(db, rowKey(appId, id));
    },
    async policy(appId) {
      return db.policies.get(appId);
    },
  };
}

type Position = Extract<PageStart, { after: unknown }>['after'];

const byStart = (a: Position, b: Position): number =>
  a.startsAt - b.startsAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function matches(call: Call, filter: CallFilter): boolean {
  const { agentId, statuses, bookingSource, seriesId, startsFrom, startsBefore, search } = filter;
  return (
    (agentId === undefined || call.agentId === agentId) &&
    (statuses === undefined || statuses.includes(call.status)) &&
    (bookingSource === undefined || call.bookingSource === bookingSource) &&
    (seriesId === undefined || call.series?.id === seriesId) &&
    (startsFrom === undefined || call.startsAt >= startsFrom) &&
    (startsBefore === undefined || call.startsAt < startsBefore) &&
    (search === undefined ||
      [call.guestName, call.guestPhone, call.guestEmail].some(
        (value) => value !== null && contains(value, search),
      ))
  );
}

const contains = (value: string, part: string): boolean => value.toLowerCase().includes(part.toLowerCase());
