/** The public surface of the engine. */
export {
  createScheduler,
  type AgentSaved,
  type Refusal,
  type CallRequest,
  type Scheduler,
  type SchedulerPorts,
} from './application/scheduler.ts';
export { DEFAULT_LIMITS, type Contended, type Limits, type Overloaded } from './application/group-commit.ts';
export * from './application/ports.ts';
export * from './domain/call.ts';
export type {
  CallCommand,
  CreateCall,
  Edits,
  RescheduleCall,
  SaveAgent,
  TransitCall,
} from './domain/commands.ts';
export { decide, HORIZON_DAYS, type Accepted, type Decision } from './domain/decide.ts';
export * from './domain/events.ts';
export * as fields from './domain/fields.ts';
export { issuesOf, type Issue } from './domain/issues.ts';
export type { Rejection } from './domain/rejections.ts';
export {
  REMINDER_KINDS,
  type Reminder,
  type ReminderChange,
  type ReminderKind,
  type SkipReason,
} from './domain/reminders.ts';
export { Schedule, type Agent, type ScheduleData, type ScheduleView } from './domain/schedule.ts';
export { LONGEST_SLOT, occupancy, overlap, slotOf, type Occupied, type Slot } from './domain/slots.ts';
export { DAY, MINUTE, type Instant } from './domain/time.ts';
