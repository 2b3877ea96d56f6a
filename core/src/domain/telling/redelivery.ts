import { issues, optional, type Issue } from '../checks.ts';
import { SETTLED_STATES } from './deliveries.ts';
import * as fields from '../fields.ts';
import type { Instant } from '../time.ts';

/** Which deliveries are to be made again: those that are settled and are all of this. At least one is said. */
export interface Redelivery {
  readonly callId?: string | undefined;
  /** Of the call: one event. */
  readonly seq?: number | undefined;
  readonly state?: (typeof SETTLED_STATES)[number] | undefined;
  /** By when they were made, inclusive. */
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly before?: Instant | undefined;
  /** By when they were settled, inclusive: those that are made again in the meantime do not come again. */
  readonly settledUntil?: Instant | undefined;
}

/** Deliveries that one request has made again. */
export const MOST_REDELIVERED = 250;

/** Takes nothing on trust. */
export function issuesOfRedelivery({ callId, seq, state, from, before, settledUntil }: Redelivery): Issue[] {
  const found = issues(
    optional([
      ['callId', fields.id, callId],
      ['seq', fields.whole({ min: 1, max: Number.MAX_SAFE_INTEGER }), seq],
      ['state', fields.oneOf(SETTLED_STATES), state],
      ['from', fields.instant, from],
      ['before', fields.instant, before],
      ['settledUntil', fields.instant, settledUntil],
    ]),
  );
  if (found.length > 0) return found;
  if (seq !== undefined && callId === undefined) return [{ path: 'seq', message: 'stands beside callId' }];
  if (from !== undefined && before !== undefined && before <= from) {
    return [{ path: 'before', message: 'must be after the beginning' }];
  }
  const isSaid = [callId, state, from, before].some((one) => one !== undefined);
  return isSaid ? [] : [{ path: '', message: 'say which: by call, state or time' }];
}
