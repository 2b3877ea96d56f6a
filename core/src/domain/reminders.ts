import { MINUTE, type Instant } from './time.ts';

/** Those that every call has, and those that were asked for, by the minutes before the start. */
export type ReminderKind = '24h' | '1h' | '15m' | `custom_${number}`;

/** Why a reminder of the plan will never fire. */
export type SkipReason = 'already_past' | 'too_late';

/** One reminder of a call's plan: pending while `fireAt` is set; else skipped for a reason, or fired if there is none. */
export interface Reminder {
  readonly kind: ReminderKind;
  readonly fireAt: Instant | null;
  readonly skipped: SkipReason | null;
}

/**
 * One line of a plan's diff. `from` and `to` are the pending instants before and after; null means none. Where they are
 * the same, the reminder now goes to somebody else, or comes from another agent.
 */
export interface ReminderChange {
  readonly kind: ReminderKind;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Why none is pending afterwards, or what is new of one that fires when it did. */
  readonly reason: SkipReason | 'fired' | 'call_over' | 'agent_changed' | 'contact_changed' | null;
}

const MINUTES_BEFORE = { '24h': 24 * 60, '1h': 60, '15m': 15 } as const;
type OfEveryCall = keyof typeof MINUTES_BEFORE;
export const REMINDER_KINDS: readonly OfEveryCall[] = ['24h', '1h', '15m'];

/** Reminders by hand that a call may have, and minutes before its start for one. */
export const MOST_CUSTOM_REMINDERS = 10;
export const CUSTOM_MINUTES = { min: 1, max: 43_200 } as const;

export const customKind = (minutesBefore: number): ReminderKind => `custom_${minutesBefore}`;

export const isCustom = (kind: ReminderKind): boolean => kind.startsWith('custom_');

export const minutesBefore = (kind: ReminderKind): number =>
  kind === '24h' || kind === '1h' || kind === '15m'
    ? MINUTES_BEFORE[kind]
    : Number(kind.slice('custom_'.length));

/** Whether one was asked for so long before the start, or one of those that every call has is pending then. */
export const hasReminder = (plan: readonly Reminder[], minutes: number): boolean =>
  plan.some(({ kind, fireAt }) => minutesBefore(kind) === minutes && (isCustom(kind) || fireAt !== null));

/** Those that every call has, and those of the plan, the earliest first. */
const kindsOf = (plan: readonly { readonly kind: ReminderKind }[]): readonly ReminderKind[] =>
  plan.some(({ kind }) => isCustom(kind))
    ? [...new Set([...REMINDER_KINDS, ...plan.map(({ kind }) => kind)])].toSorted(
        (a, b) => minutesBefore(b) - minutesBefore(a),
      )
    : REMINDER_KINDS;

const pendingAt = (plan: readonly Reminder[], kind: ReminderKind): Instant | null =>
  plan.find((reminder) => reminder.kind === kind)?.fireAt ?? null;

const wasSkipped = (plan: readonly Reminder[], kind: ReminderKind): boolean =>
  plan.some((reminder) => reminder.kind === kind && reminder.skipped !== null);

/** What must change in `plan` when its call starts at `startsAt` and it is `now`. */
export function replan(plan: readonly Reminder[], startsAt: Instant, now: Instant): ReminderChange[] {
  return kindsOf(plan).flatMap((kind): ReminderChange[] => {
    const from = pendingAt(plan, kind);
    const due = startsAt - minutesBefore(kind) * MINUTE;
    if (due > now) return from === due ? [] : [{ kind, from, to: due, reason: null }];
    return wasSkipped(plan, kind) ? [] : [{ kind, from, to: null, reason: 'already_past' }];
  });
}

/** What is new of the pending reminders when their call has another agent, or its guest another address. */
export const redirect = (
  plan: readonly Reminder[],
  reason: 'agent_changed' | 'contact_changed',
  now: Instant,
): ReminderChange[] =>
  plan.flatMap(({ kind, fireAt }): ReminderChange[] =>
    fireAt === null || fireAt <= now ? [] : [{ kind, from: fireAt, to: fireAt, reason }],
  );

/** What must change in `plan` when its call needs no reminder any more. */
export function withdraw(plan: readonly Reminder[]): ReminderChange[] {
  return plan.flatMap(({ kind, fireAt }): ReminderChange[] =>
    fireAt === null ? [] : [{ kind, from: fireAt, to: null, reason: 'call_over' }],
  );
}

/** How late a reminder may be. After that, what it says is not true any more. */
export const MOST_LATE = 30 * MINUTE;

/** What becomes of the reminders that are due at `now`: they fire, or are too late for their call. */
export const fired = (plan: readonly Reminder[], startsAt: Instant, now: Instant): ReminderChange[] =>
  plan.flatMap(({ kind, fireAt }): ReminderChange[] => {
    if (fireAt === null || fireAt > now) return [];
    const isInTime = now < startsAt && now - fireAt <= MOST_LATE;
    return [{ kind, from: fireAt, to: null, reason: isInTime ? 'fired' : 'too_late' }];
  });

/** When the next reminder of a call is due; null if it has none. */
export function nextDue({ reminders }: { readonly reminders: readonly Reminder[] }): Instant | null {
  const due = reminders.flatMap(({ fireAt }) => fireAt ?? []);
  return due.length === 0 ? null : Math.min(...due);
}

/** The plan after its diff. Withdrawn reminders are gone, skipped ones stay with their reason. */
export function afterChange(plan: readonly Reminder[], changes: readonly ReminderChange[]): Reminder[] {
  return kindsOf([...plan, ...changes]).flatMap((kind): Reminder[] => {
    const change = changes.find((one) => one.kind === kind);
    if (change === undefined) return plan.filter((reminder) => reminder.kind === kind);
    if (change.to !== null) return [{ kind, fireAt: change.to, skipped: null }];
    if (change.reason === 'fired') return [{ kind, fireAt: null, skipped: null }];
    const isSkipped = change.reason === 'already_past' || change.reason === 'too_late';
    return isSkipped ? [{ kind, fireAt: null, skipped: change.reason }] : [];
  });
}
