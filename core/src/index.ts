/** The public surface of the engine. */
export {
  createScheduler,
  type OnceOutcome,
  type Refusal,
  type CallRequest,
  type Scheduler,
  type SchedulerPorts,
} from './application/scheduler.ts';
export {
  DEFAULT_LIMITS,
  type BatchReport,
  type Contended,
  type Limits,
  type Overloaded,
} from './application/group-commit.ts';
export * from './application/credentials.ts';
export * from './application/guest-link-outcomes.ts';
export * from './application/guest-links.ts';
export type { TokenHolder, TokenVerifier } from './application/token-verifier.ts';
export type { Host, Invitation, Invitations } from './application/telling/invitations.ts';
export * from './application/telling/event-publisher.ts';
export * from './application/telling/invitation-channel.ts';
export { inviting, type InvitingPorts } from './application/telling/inviting.ts';
export * from './application/ports.ts';
export * from './application/queries.ts';
export * from './application/telling/outbox.ts';
export type { Message, RelayPorts, System } from './application/telling/attempt.ts';
export { createWakeUp, waking, type WakeUp } from './application/telling/waking.ts';
export { publishing, reminding, type RemindingPorts } from './application/telling/systems.ts';
export { createRelay, RELAY_LIMITS, type Relay, type RelayLimits } from './application/telling/relay.ts';
export {
  DELIVERY_STATES,
  EVENT_GONE,
  RETRY_DELAYS,
  MOST_ATTEMPTS,
  SETTLED_STATES,
  isSystem,
  withinShares,
  type Attempted,
  type Delivery,
  type DeliveryKey,
  type DeliveryState,
  type SettledState,
  type Settlement,
  type Shares,
} from './domain/telling/deliveries.ts';
export { MOST_ENDPOINTS, type Endpoint } from './domain/telling/endpoints.ts';
export type { RateLimiter } from './application/rate-limiter.ts';
export * from './application/telling/reminder-channel.ts';
export * from './application/telling/webhook-sender.ts';
export * from './application/telling/webhook-outcomes.ts';
export * from './application/telling/webhooks.ts';
export {
  isEventType,
  LONGEST_DESCRIPTION,
  type EndpointContent,
  type EndpointEdits,
} from './domain/telling/endpoint-changes.ts';
export { MOST_REDELIVERED, type Redelivery } from './domain/telling/redelivery.ts';
export type { AgentSaved, PolicySaved, Settings } from './application/settings.ts';
export type { Holding, HoldReleased, HoldRequest, ReleaseHold } from './application/holding.ts';
export {
  GUEST_PURPOSES,
  LINK_SECONDS,
  type GuestAction,
  type GuestLink,
  type GuestPurpose,
  type LinkWish,
  type NoLink,
  type ReadOnly,
} from './domain/guest-links.ts';
export { HOLD_SECONDS, MOST_HOLDS, type Held, type Hold, type PlaceHold } from './domain/holds.ts';
export { MOST_DISPLACED, type Displacement } from './application/displaced.ts';
export { MOST_MOVES, MOST_TOLD } from './application/many.ts';
export type { Absence, Displaced } from './domain/displacement.ts';
export type { SeriesBook } from './application/series.ts';
export type { SeriesRequest } from './application/series-booking.ts';
export type { SeriesOutcome } from './application/series-changes.ts';
export {
  MOST_IN_SERIES,
  SERIES_SCOPES,
  wallTimeOf,
  type SeriesScope,
  type SeriesCommand,
} from './domain/series.ts';
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
  type FireReminders,
  type RemindGuest,
  type RescheduleCall,
  type TransitCall,
  type UndoMove,
} from './domain/commands.ts';
export { decide, type Accepted, type Decision } from './domain/decide.ts';
export {
  bodyOf,
  encodedId,
  envelopeOf,
  type Envelope,
  type EnvelopeData,
} from './domain/telling/envelope.ts';
export * from './domain/events.ts';
export * as fields from './domain/fields.ts';
export { toIso } from './domain/iso.ts';
export { issuesOf } from './domain/issues.ts';
export type { LastMove, Moves } from './domain/moves.ts';
export { openStarts, type Length, type Offer, type Search } from './domain/offers.ts';
export type { Verdict } from './domain/place.ts';
export {
  DEFAULT_POLICY,
  HORIZON_DAYS,
  POLICY_LIMITS,
  type ActorPolicy,
  type Breach,
  type Policy,
} from './domain/policy.ts';
export * from './domain/requests.ts';
export { isMisplaced, type PlaceRejection, type Rejection } from './domain/rejections.ts';
export {
  CUSTOM_MINUTES,
  isCustom,
  minutesBefore,
  MOST_CUSTOM_REMINDERS,
  nextDue,
  REMINDER_KINDS,
  type Reminder,
  type ReminderChange,
  type ReminderKind,
  type SkipReason,
} from './domain/reminders.ts';
export { MOST_IN_ROSTER, newAgent, type Agent, type AgentRecord } from './domain/agents.ts';
export { Schedule, type AppPolicy, type ScheduleData, type ScheduleView } from './domain/schedule.ts';
export type { SaveAgent, SaveAvailability, SavePolicy } from './domain/settings.ts';
export { MOST_EXCEPTIONS, MOST_WINDOWS } from './domain/settings-issues.ts';
export { LONGEST_SLOT, occupancy, overlap, slotOf, type Occupied, type Slot } from './domain/slots.ts';
export {
  isoOrNull,
  MESSAGE_TYPES,
  SUBSCRIBABLE,
  tellKind,
  tellOverridden,
  tellPart,
  tellReminder,
  tellSeries,
  type MessageType,
  type ToldPart,
  type ToldReminder,
  type ToldSeries,
} from './domain/telling/telling.ts';
export { DAY, MINUTE, overlaps, type Instant, type Span } from './domain/time.ts';
export { hoursIn, merged, type WorkingWindow } from './domain/working-hours.ts';
