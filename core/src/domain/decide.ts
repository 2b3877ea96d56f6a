import { born, evolve, isFinal, isMovable, TRANSITIONS, type Call } from './call.ts';
import { editsOf, movesTo, transition, undoneTo } from './changes.ts';
import {
  bookingOf,
  wantedPlace,
  type CallCommand,
  type ChangeCall,
  type CreateCall,
  type FireReminders,
  type RemindGuest,
  type RescheduleCall,
  type TransitCall,
  type UndoMove,
} from './commands.ts';
import type { CallEvent, ChangeBody, Changed, Created } from './events.ts';
import { findPlace, type Allowed, type Verdict } from './place.ts';
import type { Rejection } from './rejections.ts';
import {
  afterChange,
  customKind,
  fired,
  hasReminder,
  isCustom,
  MOST_CUSTOM_REMINDERS,
  replan,
} from './reminders.ts';
import type { ScheduleView } from './schedule.ts';
import { MINUTE, type Instant } from './time.ts';

/** The call as it is after the command, and what happened; no events when the command changes nothing. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly call: Call;
  readonly events: readonly CallEvent[];
  /** Of the rules about places, in their order; none when the call stays where it is. */
  readonly verdicts: readonly Verdict[];
}

export type Decision = Accepted | Rejection;

/** Judges a command, whose content is sound (`issuesOf`), by every rule in the order of precedence. Pure. */
export function decide(command: CallCommand, schedule: ScheduleView, now: Instant): Decision {
  if (command.type === 'create') return create(command, schedule, now);
  const call = schedule.call(command.appId, command.callId);
  if (!call) return { kind: 'call_not_found', appId: command.appId, callId: command.callId };
  if (command.type === 'reschedule') return reschedule(command, call, schedule, now);
  if (command.type === 'undo') return undo(command, call, schedule, now);
  if (command.type === 'remind') return remind(command, call, schedule, now);
  if (command.type === 'fire_reminders') return fire(command, call, now);
  return transit(command, call, schedule, now);
}

function create(command: CreateCall, schedule: ScheduleView, now: Instant): Decision {
  const { appId, callId } = command;
  if (schedule.call(appId, callId)) return { kind: 'call_exists', callId };
  const booking = bookingOf(command);
  const placed = findPlace({ command, call: undefined, place: booking, schedule, now });
  if ('kind' in placed) return placed;
  const event: Created = {
    ...header(command, now, 1, 1, placed.overridden),
    type: 'created',
    to: { ...booking, agentId: placed.place.agentId, ...(command.series && { series: command.series }) },
    reminders: replan([], booking.startsAt, now),
  };
  return { kind: 'accepted', call: born(event), events: [event], verdicts: placed.verdicts };
}

function reschedule(command: RescheduleCall, call: Call, schedule: ScheduleView, now: Instant): Decision {
  const over = refuseStatus(call);
  if (over) return over;
  const place = wantedPlace(command, call);
  if (!place) {
    const edits = editsOf(command.edits, call, call.reminders, now);
    if (edits.length === 0) return unchanged(call);
    return refuseVersion(command, call, schedule) ?? accept(command, call, edits, now);
  }
  const placed = findPlace({ command, call, place, schedule, now });
  if ('kind' in placed) return refuseVersion(command, call, schedule) ?? placed;
  const moves = movesTo(placed.place, call, now, command.wallTime);
  const plan = moves.reduce((known, { reminders }) => afterChange(known, reminders), call.reminders);
  const changes = [...moves, ...editsOf(command.edits, call, plan, now)];
  if (changes.length === 0) return unchanged(call);
  return refuseVersion(command, call, schedule) ?? accept(command, call, changes, now, placed);
}

function undo(command: UndoMove, call: Call, schedule: ScheduleView, now: Instant): Decision {
  const over = refuseStatus(call) ?? refuseVersion(command, call, schedule);
  if (over) return over;
  const { last } = call.moves;
  const place = wantedPlace(command, call);
  if (!last || !place) return { kind: 'nothing_to_undo' };
  const { undoWindowMinutes } = schedule.policy(command.appId);
  const until = Math.min(last.at + undoWindowMinutes * MINUTE, last.startsAt - 1);
  if (now > until) return { kind: 'undo_expired', until };
  const placed = findPlace({ command, call, place, schedule, now });
  return 'kind' in placed ? placed : accept(command, call, [undoneTo(placed.place, call, now)], now, placed);
}

/** One more reminder. One that is there already is no change. */
function remind(command: RemindGuest, call: Call, schedule: ScheduleView, now: Instant): Decision {
  const over = refuseStatus(call);
  if (over) return over;
  const kind = customKind(command.minutesBefore);
  if (hasReminder(call.reminders, command.minutesBefore)) return unchanged(call);
  const stale = refuseVersion(command, call, schedule);
  if (stale) return stale;
  const fireAt = call.startsAt - command.minutesBefore * MINUTE;
  if (fireAt <= now) return { kind: 'reminder_in_past', fireAt, now };
  const customs = call.reminders.filter((reminder) => isCustom(reminder.kind)).length;
  if (customs >= MOST_CUSTOM_REMINDERS) return { kind: 'too_many_reminders', limit: MOST_CUSTOM_REMINDERS };
  const reminders = [{ kind, from: null, to: fireAt, reason: null }];
  return accept(command, call, [{ type: 'reminder_planned', from: {}, to: {}, reminders }], now);
}

/** One event for each that is due. A call that is over, or has begun, needs none. */
function fire(command: FireReminders, call: Call, now: Instant): Decision {
  const due = isMovable(call.status) ? fired(call.reminders, call.startsAt, now) : [];
  const changes = due.map((line): ChangeBody => ({
    type: line.reason === 'fired' ? 'reminder_due' : 'reminder_skipped',
    from: {},
    to: {},
    reminders: [line],
  }));
  return accept(command, call, changes, now, NOTHING_JUDGED, call.version);
}

function transit(command: TransitCall, call: Call, schedule: ScheduleView, now: Instant): Decision {
  const { from, to } = TRANSITIONS[command.type];
  // Cancelling and confirming again are answered like the first time; every other repetition is refused.
  const repeated = call.status === to && (to === 'cancelled' || to === 'confirmed');
  if (repeated) return unchanged(call);
  if (!from.includes(call.status)) {
    return isFinal(call.status) ? { kind: 'final_state', status: call.status } : { kind: 'already_started' };
  }
  return (
    refuseVersion(command, call, schedule) ?? accept(command, call, [transition(command, call, now)], now)
  );
}

function refuseStatus(call: Call): Rejection | undefined {
  if (isFinal(call.status)) return { kind: 'final_state', status: call.status };
  return isMovable(call.status) ? undefined : { kind: 'already_started' };
}

function refuseVersion(
  { appId, versions }: ChangeCall,
  { version }: Call,
  schedule: ScheduleView,
): Rejection | undefined {
  if (versions === 'any') return undefined;
  if (versions) return versions.includes(version) ? undefined : { kind: 'stale_version', version };
  return schedule.policy(appId).versionRequired ? { kind: 'version_required', version } : undefined;
}

const unchanged = (call: Call): Accepted => ({ kind: 'accepted', call, events: [], verdicts: [] });

const NOTHING_JUDGED = { verdicts: [], overridden: [] };

/** Numbers the changes and applies them: one version, however many events. */
function accept(
  command: CallCommand,
  call: Call,
  changes: readonly ChangeBody[],
  now: Instant,
  { verdicts, overridden }: Pick<Allowed, 'verdicts' | 'overridden'> = NOTHING_JUDGED,
  version = call.version + 1,
): Accepted {
  // The clock of one server may be behind that of the one before it; a timeline does not run backwards.
  const at = Math.max(now, call.updatedAt);
  const events = changes.map((change, index): Changed =>
    Object.assign(header(command, at, call.lastSeq + 1 + index, version, overridden), change),
  );
  return { kind: 'accepted', call: events.reduce(evolve, call), events, verdicts };
}

const header = (
  { appId, callId, actor, source, reason }: CallCommand,
  at: Instant,
  seq: number,
  version: number,
  overridden: readonly Rejection['kind'][],
) => ({
  appId,
  callId,
  seq,
  version,
  at,
  actor,
  source,
  reason: reason ?? null,
  ...(overridden.length > 0 && { overridden }),
});
