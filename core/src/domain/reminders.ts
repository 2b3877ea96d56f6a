import { MINUTE, type Instant } from './time.ts';

export type ReminderKind = '24h' | '1h' | '15m';

/** Why a reminder of the plan will never fire. */
export type SkipReason = 'already_past';

/** One reminder of a call's plan: pending while `fireAt` is set, else skipped for a reason. */
export interface Reminder {
  readonly kind: ReminderKind;
  readonly fireAt: Instant | null;
  readonly skipped: SkipReason | null;
}

/** One line of a plan's diff. `from` and `to` are the pending instants before and after; null means none. */
export interface ReminderChange {
  readonly kind: ReminderKind;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Why none is pending afterwards. */
  readonly reason: SkipReason | 'call_over' | null;
}

const MINUTES_BEFORE: Record<ReminderKind, number> = { '24h': 24 * 60, '1h': 60, '15m': 15 };
export const REMINDER_KINDS: readonly ReminderKind[] = ['24h', '1h', '15m'];

const pendingAt = (plan: readonly Reminder[], kind: ReminderKind): Instant | null =>
  plan.find((reminder) => reminder.kind === kind)?.fireAt ?? null;

const wasSkipped = (plan: readonly Reminder[], kind: ReminderKind): boolean =>
  plan.some((reminder) => reminder.kind === kind && reminder.skipped !== null);

/** What must change in `plan` when its call starts at `startsAt` and it is `now`. */
export function replan(plan: readonly Reminder[], startsAt: Instant, now: Instant): ReminderChange[] {
  return REMINDER_KINDS.flatMap((kind): ReminderChange[] => {
    const from = pendingAt(plan, kind);
    const due = startsAt - MINUTES_BEFORE[kind] * MINUTE;
    if (due > now) return from === due ? [] : [{ kind, from, to: due, reason: null }];
    return wasSkipped(plan, kind) ? [] : [{ kind, from, to: null, reason: 'already_past' }];
  });
}

/** What must change in `plan` when its call needs no reminder any more. */
export function withdraw(plan: readonly Reminder[]): ReminderChange[] {
  return plan.flatMap(({ kind, fireAt }): ReminderChange[] =>
    fireAt === null ? [] : [{ kind, from: fireAt, to: null, reason: 'call_over' }],
  );
}

/** The plan after its diff. Withdrawn reminders are gone, skipped ones stay with their reason. */
export function afterChange(plan: readonly Reminder[], changes: readonly ReminderChange[]): Reminder[] {
  return REMINDER_KINDS.flatMap((kind): Reminder[] => {
    const change = changes.find((one) => one.kind === kind);
    if (change === undefined) return plan.filter((reminder) => reminder.kind === kind);
    if (change.to !== null) return [{ kind, fireAt: change.to, skipped: null }];
    return change.reason === 'already_past' ? [{ kind, fireAt: null, skipped: 'already_past' }] : [];
  });
}
