import type { AppId, Call } from '../../domain/call.ts';
import type {
  Delivery,
  DeliveryKey,
  DeliveryState,
  SettledState,
  Settlement,
  Shares,
} from '../../domain/telling/deliveries.ts';
import type { Endpoint } from '../../domain/telling/endpoints.ts';
import type { CallEvent } from '../../domain/events.ts';
import type { Instant } from '../../domain/time.ts';

/** What is known of an event until it is handed out. */
export interface WaitingEvent extends Pick<CallEvent, 'appId' | 'callId' | 'seq' | 'type' | 'at'> {
  /** Where it stands in the line. Events of an app that one commit has written may share a place; it never comes again. */
  readonly place: number;
}

/** A delivery that is to be made. */
export type NewDelivery = DeliveryKey & Pick<Delivery, 'type'>;

/** What a worker asks for. */
export interface LeaseRequest extends Shares {
  /** Never used before: only who knows it can settle what it has claimed. */
  readonly token: string;
  /** Milliseconds until others may claim the same. */
  readonly lease: number;
  /** The destinations for every app that the worker serves. */
  readonly systems: readonly string[];
}

/** A delivery, and what it takes to make it. */
export interface Claimed {
  readonly delivery: Delivery;
  readonly event: CallEvent;
  /** None for a destination that serves every app. */
  readonly endpoint: Endpoint | undefined;
}

/** Where a delivery stands in the list of those of its app. */
export type DeliveryPosition = Pick<Delivery, 'createdAt' | 'callId' | 'seq' | 'destination'>;

export interface DeliveryFilter {
  readonly destination?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly callId?: string | undefined;
  readonly seq?: number | undefined;
  /** By when they were made, inclusive. */
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly before?: Instant | undefined;
  /** By when they were settled, inclusive. */
  readonly settledFrom?: Instant | undefined;
  /** By when they were settled, inclusive; none that is pending. */
  readonly settledUntil?: Instant | undefined;
}

/**
 * The events that have not been told yet, and their deliveries. An event waits from the commit that wrote it. Instants
 * are those of the store's own clock, the same for every worker. Methods reject with an `Outage` when they cannot do their work.
 */
export interface Outbox {
  /**
   * The first places in the line, with all of their events that nobody has handed out: as few as have `most` events, or all. Those that were written first come before the others, and of a
   * call none without those before it; with the endpoints of their apps.
   */
  waiting(most: number): Promise<{
    readonly events: readonly WaitingEvent[];
    readonly endpoints: readonly Endpoint[];
  }>;
  /**
   * Puts the deliveries and takes out what stands at the places of these events, at once. A delivery that is there already stays as it is; one to an endpoint
   * that is gone is not put.
   */
  handOut(events: readonly Pick<WaitingEvent, 'place'>[], deliveries: readonly NewDelivery[]): Promise<void>;
  /**
   * Leases deliveries that are pending, due and not leased, to active endpoints or to `systems`; the longest due first, of each call and
   * destination only the first that is pending, and `withinShares`. Counts the attempt. One whose event is gone is not given, but is dead. Nothing is locked when it returns.
   */
  claim(asked: LeaseRequest): Promise<readonly Claimed[]>;
  /** Ends the lease. `lost` when the token is not the one that it was last leased with. */
  settle(delivery: DeliveryKey, token: string, settlement: Settlement): Promise<'settled' | 'lost'>;
  /**
   * Up to `limit` deliveries of the app, those that were made last first; of those made at once, by their keys from the end. They begin behind `after`, which need not be there
   * any more.
   */
  deliveries(
    appId: AppId,
    filter: DeliveryFilter,
    limit: number,
    after?: DeliveryPosition,
  ): Promise<readonly Delivery[]>;
  /** Has up to `most` deliveries made again from the first attempt, at once; gives how many. */
  redrive(appId: AppId, filter: DeliveryFilter, most: number): Promise<number>;
  /** Removes up to `most` deliveries of these states that were settled `age` milliseconds ago, or longer; gives how many. */
  forgetSettled(states: readonly SettledState[], age: number, most: number): Promise<number>;
  /** Up to `most` calls that have a reminder which is due, the longest due first. */
  remindersDue(most: number): Promise<readonly Pick<Call, 'appId' | 'id'>[]>;
  now(): Promise<Instant>;
}

/** Where apps want to be told what happens. */
export interface EndpointStore {
  endpoints(appId: AppId): Promise<readonly Endpoint[]>;
  endpoint(appId: AppId, id: string): Promise<Endpoint | undefined>;
  /** `full` when the app has `most` already. */
  add(endpoint: Endpoint, most: number): Promise<'added' | 'full'>;
  /** `conflict` when it has another version than `before`, or is gone. Raises the version. */
  change(before: Endpoint, after: Endpoint): Promise<'changed' | 'conflict'>;
  /** Its deliveries go with it. */
  remove(appId: AppId, id: string): Promise<void>;
}
