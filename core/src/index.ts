/** The public surface of the engine. */
export {
  createScheduler,
  type OnceOutcome,
  type Refusal,
  type CallRequest,
  type Scheduler,
  type SchedulerPorts,
} from './application/scheduler.ts';
export { DEFAULT_LIMITS, type Contended, type Limits, type Overloaded } from './application/group-commit.ts';
export * from './application/credentials.ts';
export * from './application/ports.ts';
export type { AgentSaved, PolicySaved, Settings } from './application/settings.ts';
export type { Holding, HoldReleased, HoldRequest, ReleaseHold } from './application/holding.ts';
export { HOLD_SECONDS, MOST_HOLDS, type Held, type Hold, type PlaceHold } from './domain/holds.ts';
export { MOST_DISPLACED, type Displacement } from './application/displaced.ts';
export { MOST_MOVES } from './application/many.ts';
export type { Absence, Displaced } from './domain/displacement.ts';
export { MODES, type Mode, type Together } from './domain/together.ts';
export type { InFlight, Once } from './application/once.ts';
export { MOST_CANDIDATES, type OpenSlots, type OpenSlotsQuery } from './application/open-slots.ts';
export { MOST_ALTERNATIVES } from './domain/alternatives.ts';
export * from './domain/availability.ts';
export * from './domain/call.ts';
export type { Issue } from './domain/checks.ts';
export {
  ASSIGNMENTS,
  OVERRIDES,
  type Assignment,
  type CallCommand,
  type ChangeCall,
  type CreateCall,
  type Edits,
  type Override,
  type RemindGuest,
  type RescheduleCall,
  type SaveAgent,
  type SaveAvailability,
  type SavePolicy,
  type TransitCall,
  type UndoMove,
} from './domain/commands.ts';
export { decide, type Accepted, type Decision } from './domain/decide.ts';
export * from './domain/events.ts';
export * as fields from './domain/fields.ts';
export { issuesOf } from './domain/issues.ts';
export type { LastMove, Moves } from './domain/moves.ts';
export { openStarts, type Length, type Offer, type Search } from './domain/offers.ts';
export type { Verdict } from './domain/place.ts';
export { DEFAULT_POLICY, HORIZON_DAYS, type ActorPolicy, type Breach, type Policy } from './domain/policy.ts';
export * from './domain/requests.ts';
export { isMisplaced, type PlaceRejection, type Rejection } from './domain/rejections.ts';
export {
  CUSTOM_MINUTES,
  isCustom,
  minutesBefore,
  MOST_CUSTOM_REMINDERS,
  REMINDER_KINDS,
  type Reminder,
  type ReminderChange,
  type ReminderKind,
  type SkipReason,
} from './domain/reminders.ts';
export { MOST_IN_ROSTER, newAgent, type Agent, type AgentRecord } from './domain/agents.ts';
export { Schedule, type AppPolicy, type ScheduleData, type ScheduleView } from './domain/schedule.ts';
export { MOST_EXCEPTIONS, MOST_WINDOWS } from './domain/settings-issues.ts';
export { LONGEST_SLOT, occupancy, overlap, slotOf, type Occupied, type Slot } from './domain/slots.ts';
export { DAY, MINUTE, overlaps, type Instant, type Span } from './domain/time.ts';
export { hoursIn, merged, type WorkingWindow } from './domain/working-hours.ts';
