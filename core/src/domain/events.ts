import type { AppId, Booking, Call, CallId, Guest, InSeries } from './call.ts';
import type { Rejection } from './rejections.ts';
import type { ReminderChange } from './reminders.ts';
import type { Instant } from './time.ts';

export const ACTOR_TYPES = ['guest', 'agent', 'admin', 'api'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** Who asked for a change. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string;
}

/** What every event tells. */
interface Happened {
  readonly appId: AppId;
  readonly callId: CallId;
  /** Numbers the events of a call, from 1, without gaps. */
  readonly seq: number;
  /** The version of the call that this change made. */
  readonly version: number;
  readonly at: Instant;
  readonly actor: Actor;
  /** The interface that the change came through, such as `calls` or `scheduled-calls`. */
  readonly source: string;
  readonly reason: string | null;
  /** The rules that would have refused the change, had its author not been free to override them. */
  readonly overridden?: readonly Rejection['kind'][];
}

interface Change<Type extends string, Part> {
  readonly type: Type;
  readonly from: Part;
  readonly to: Part;
}

interface Replans {
  /** What the change did to the pending reminders. */
  readonly reminders: readonly ReminderChange[];
}

/** Told only of a call that has a series. */
interface OfSeries {
  readonly series?: InSeries;
}

export type Created = Happened & { readonly type: 'created'; readonly to: Booking & OfSeries } & Replans;
/** Names the series when it moves with the call. */
export type Rescheduled = Happened & Change<'rescheduled', Pick<Call, 'startsAt'> & OfSeries> & Replans;
export type Assigned = Happened & Change<'assigned', Pick<Call, 'agentId'>> & Replans;
/** The last move was taken back; names what it had changed. */
export type MoveUndone = Happened &
  Change<'move_undone', Partial<Pick<Call, 'startsAt' | 'agentId'>>> &
  Replans;
/** Names the changed fields only. */
export type GuestUpdated = Happened & Change<'guest_updated', Partial<Guest>> & Replans;
/** Somebody asked for one more reminder: nothing else changes. */
export type ReminderPlanned = Happened &
  Change<'reminder_planned', Partial<Pick<Call, 'startsAt'>>> &
  Replans;
/** It is time for a reminder. The version of the call stays: nobody has changed it. */
export type ReminderDue = Happened & Change<'reminder_due', Partial<Pick<Call, 'startsAt'>>> & Replans;
/** As above, but it is too late for it: nobody was there to tell of it in time. */
export type ReminderSkipped = Happened &
  Change<'reminder_skipped', Partial<Pick<Call, 'startsAt'>>> &
  Replans;
export type IntakeNotesUpdated = Happened & Change<'intake_notes_updated', Pick<Call, 'intakeNotes'>>;
export type Confirmed = Happened & Change<'confirmed', Pick<Call, 'status'>>;
export type Started = Happened & Change<'started', Pick<Call, 'status'>> & Replans;
export type Completed = Happened & Change<'completed', Pick<Call, 'status'>> & Replans;
export type NoShow = Happened & Change<'no_show', Pick<Call, 'status'>> & Replans;
export type Cancelled = Happened &
  Change<'cancelled', Pick<Call, 'status' | 'cancelledAt' | 'cancellationReason'>> &
  Replans;

export type Changed =
  | Rescheduled
  | Assigned
  | MoveUndone
  | GuestUpdated
  | IntakeNotesUpdated
  | ReminderPlanned
  | ReminderDue
  | ReminderSkipped
  | Confirmed
  | Started
  | Completed
  | NoShow
  | Cancelled;

export type CallEvent = Created | Changed;
export type EventType = CallEvent['type'];

type WithoutHeader<Event> = Event extends CallEvent ? Omit<Event, keyof Happened> : never;

/** What happened, before it has a number, a time and an author. */
export type ChangeBody = WithoutHeader<Changed>;

/** Unique within an app; the same for every copy of the event. */
export const eventId = (event: Pick<CallEvent, 'callId' | 'seq'>): string => `${event.callId}:${event.seq}`;
