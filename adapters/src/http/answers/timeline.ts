import type { Call, CallEvent, ScheduleQueries } from '@reslot/core';

/** Events that are read at once: one may hold notes of ten thousand characters, twice. */
const CHUNK = 20;
/** A page ends when it has grown beyond this many characters of JSON. */
const MAX_CHARACTERS = 500_000;

/** The events of a call after `afterSeq`, a few at a time. */
export async function* eventsAfter(
  queries: ScheduleQueries,
  call: Call,
  afterSeq: number,
): AsyncGenerator<CallEvent, void> {
  for (let after = afterSeq; after < call.lastSeq;) {
    const events = await queries.timeline(call, after, CHUNK);
    yield* events;
    const last = events.at(-1);
    if (!last) return;
    after = last.seq;
  }
}

/** Up to `limit` events of a call after `afterSeq`; fewer when they are large. */
export async function timelinePage(
  queries: ScheduleQueries,
  call: Call,
  afterSeq: number,
  limit: number,
): Promise<CallEvent[]> {
  const page: CallEvent[] = [];
  let characters = 0;
  for await (const event of eventsAfter(queries, call, afterSeq)) {
    page.push(event);
    characters += JSON.stringify(event).length;
    if (page.length === limit || characters > MAX_CHARACTERS) break;
  }
  return page;
}
