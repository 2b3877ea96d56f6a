import {
  MINUTE,
  type CallRequest,
  type CallSummary,
  type RescheduleCall,
  type Scheduler,
  type SeriesRequest,
} from '@reslot/core';
import type { Engine } from '../engines/engines.ts';

/** A series that others change at once, and how far each of its calls has come. */

export const NOW = Date.UTC(2026, 2, 1, 9);
export const HOUR = 60 * MINUTE;
export const COUNT = 6;
const WEEK = 7 * 24 * HOUR;
export const startOf = (index: number): number => NOW + WEEK * (index + 1);

const told = { actor: { type: 'api', id: 'me' }, source: 'race' } as const;
const book = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC', agentId: 'ana' } as const;

/** Hours from where the call was booked. */
interface Shift {
  readonly start: number;
  /** Of its time in the series. */
  readonly wall: number;
  readonly version: number;
}

/** A weekly series, the only one of its app and of its agent. */
export async function seriesOf(engine: Engine, scheduler: Scheduler, appId: string) {
  await scheduler.saveAgent({ agent: { appId, id: 'ana', name: 'ana', active: true } });
  const starts = Array.from({ length: COUNT }, (_, index) => startOf(index));
  const booked = await scheduler.bookSeries({ booking: { ...book, appId }, starts });
  if (booked.kind !== 'series' || !booked.carriedOut) throw new Error(booked.kind);
  const seriesId = booked.seriesId ?? '';
  const ids = booked.results.map(({ callId }) => callId);
  return {
    appId,
    /** Another series of the same agent, its calls so many hours from now. */
    book: (hours: readonly number[]): SeriesRequest => ({
      booking: { ...book, appId },
      starts: hours.map((hour) => NOW + hour * HOUR),
    }),
    /** Of one call, by its place in the series, to so many hours after it was booked for. */
    move: (index: number, hours: number): RescheduleCall => ({
      ...told,
      appId,
      type: 'reschedule',
      callId: ids[index] ?? '',
      edits: { startsAt: startOf(index) + hours * HOUR },
    }),
    booking: (startsAt: number): CallRequest => ({ ...book, appId, startsAt }),
    async now(): Promise<Shift[]> {
      const { calls } = await engine.queries.calls(appId, { seriesId }, { skip: 0 }, 100);
      const byId = new Map(calls.map((call) => [call.id, call]));
      return ids.map((id, index) => shiftOf(byId.get(id), index));
    },
  };
}

function shiftOf(call: CallSummary | undefined, index: number): Shift {
  if (!call?.series) throw new Error('a call has gone');
  const wall = Date.parse(`${call.series.wallTime}Z`) - startOf(index);
  return { start: (call.startsAt - startOf(index)) / HOUR, wall: wall / HOUR, version: call.version };
}

export const isDone = (outcome: { readonly kind: string; readonly carriedOut?: boolean }): boolean =>
  outcome.kind === 'series' && outcome.carriedOut === true;
