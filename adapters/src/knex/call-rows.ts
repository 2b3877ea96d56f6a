import { nextDue, occupancy, type Call, type CallSummary, type InSeries, type Moves } from '@reslot/core';
import type { BigInteger } from './rows.ts';

/** The rows of calls, and the calls that they hold. */

export interface CallRow {
  app_id: string;
  id: string;
  status: Call['status'];
  agent_id: string | null;
  starts_at: BigInteger;
  duration_minutes: number;
  buffer_before_minutes: number;
  buffer_after_minutes: number;
  busy_from: BigInteger | null;
  busy_to: BigInteger | null;
  guest_name: string;
  guest_phone: string | null;
  guest_email: string | null;
  guest_timezone: string | null;
  intake_notes: string | null;
  app_timezone: string;
  booking_source: Call['bookingSource'];
  assignment_method: Call['assignmentMethod'];
  reminders: string;
  /** JSON; null for a call that has not been moved, or not since this column is there. */
  moves: string | null;
  series_id: string | null;
  wall_time: string | null;
  next_reminder_at: BigInteger | null;
  cancelled_at: BigInteger | null;
  cancellation_reason: string | null;
  created_at: BigInteger;
  updated_at: BigInteger;
  version: BigInteger;
  last_seq: BigInteger;
}

export function toCallRow(call: Call): CallRow {
  const kept = occupancy(call);
  return {
    app_id: call.appId,
    id: call.id,
    status: call.status,
    agent_id: call.agentId,
    starts_at: call.startsAt,
    duration_minutes: call.durationMinutes,
    buffer_before_minutes: call.bufferBeforeMinutes,
    buffer_after_minutes: call.bufferAfterMinutes,
    busy_from: kept?.from ?? null,
    busy_to: kept?.to ?? null,
    guest_name: call.guestName,
    guest_phone: call.guestPhone,
    guest_email: call.guestEmail,
    guest_timezone: call.guestTimezone,
    intake_notes: call.intakeNotes,
    app_timezone: call.appTimezone,
    booking_source: call.bookingSource,
    assignment_method: call.assignmentMethod,
    reminders: JSON.stringify(call.reminders),
    moves: call.moves.count === 0 && call.moves.last === null ? null : JSON.stringify(call.moves),
    series_id: call.series?.id ?? null,
    wall_time: call.series?.wallTime ?? null,
    next_reminder_at: nextDue(call),
    cancelled_at: call.cancelledAt,
    cancellation_reason: call.cancellationReason,
    created_at: call.createdAt,
    updated_at: call.updatedAt,
    version: call.version,
    last_seq: call.lastSeq,
  };
}

/** Not a spread: decision 11. */
export const fromCallRow = (row: CallRow): Call =>
  Object.assign(fromSummaryRow(row), { intakeNotes: row.intake_notes });

const movesOf = ({ moves, starts_at: startsAt }: SummaryRow): Moves =>
  moves === null ? { count: 0, firstStartsAt: Number(startsAt), last: null } : JSON.parse(moves);

const seriesOf = ({ series_id: id, wall_time: wallTime }: SummaryRow): InSeries | null =>
  id === null || wallTime === null ? null : { id, wallTime };

/** What `fromSummaryRow` needs: all but the notes, and but what is derived. */
export type SummaryRow = Omit<CallRow, 'intake_notes' | 'busy_from' | 'busy_to' | 'next_reminder_at'>;

export const SUMMARY_COLUMNS = Object.keys({
  app_id: true,
  id: true,
  status: true,
  agent_id: true,
  starts_at: true,
  duration_minutes: true,
  buffer_before_minutes: true,
  buffer_after_minutes: true,
  guest_name: true,
  guest_phone: true,
  guest_email: true,
  guest_timezone: true,
  app_timezone: true,
  booking_source: true,
  assignment_method: true,
  reminders: true,
  moves: true,
  series_id: true,
  wall_time: true,
  cancelled_at: true,
  cancellation_reason: true,
  created_at: true,
  updated_at: true,
  version: true,
  last_seq: true,
} satisfies Record<keyof SummaryRow, true>);

export const fromSummaryRow = (row: SummaryRow): CallSummary => ({
  appId: row.app_id,
  id: row.id,
  status: row.status,
  agentId: row.agent_id,
  startsAt: Number(row.starts_at),
  durationMinutes: row.duration_minutes,
  bufferBeforeMinutes: row.buffer_before_minutes,
  bufferAfterMinutes: row.buffer_after_minutes,
  guestName: row.guest_name,
  guestPhone: row.guest_phone,
  guestEmail: row.guest_email,
  guestTimezone: row.guest_timezone,
  appTimezone: row.app_timezone,
  bookingSource: row.booking_source,
  assignmentMethod: row.assignment_method,
  reminders: JSON.parse(row.reminders),
  moves: movesOf(row),
  series: seriesOf(row),
  cancelledAt: row.cancelled_at === null ? null : Number(row.cancelled_at),
  cancellationReason: row.cancellation_reason,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
  version: Number(row.version),
  lastSeq: Number(row.last_seq),
});
