import type {
  CallEvent,
  Claimed,
  Delivery,
  DeliveryFilter,
  DeliveryKey,
  Endpoint,
  EndpointStore,
  LeaseRequest,
  NewDelivery,
  Outbox,
  ScheduleStore,
  Settlement,
} from '@reslot/core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { changesOf, next, sampleCall, sampleEvent } from './samples.ts';

export interface OutboxHarness {
  readonly store: ScheduleStore;
  readonly outbox: Outbox;
  readonly endpoints: EndpointStore;
  /** The outbox's clock. */
  readonly clock: { now(): number; advance(milliseconds: number): void };
  close(): Promise<void>;
}

export const LEASE = 60_000;
export const DELIVERED: Settlement = { state: 'delivered', told: '200' };
const MONTH = 30 * 24 * 60 * 60_000;

/** What the tests of the outbox share; each has an app of its own. */
export class OutboxContext {
  appId = '';
  #opened: OutboxHarness | undefined;
  #apps = 0;
  #tokens = 0;

  /** Opens the harness before the tests of the suite that it is called in, and closes it after them. */
  constructor(open: () => Promise<OutboxHarness>) {
    beforeAll(async () => {
      this.#opened = await open();
    });
    afterAll(() => this.#opened?.close());
    beforeEach(async () => {
      this.#apps += 1;
      this.appId = `app-${this.#apps}`;
      await this.#empty();
    });
  }

  get harness(): OutboxHarness {
    if (!this.#opened) throw new Error('a test asked for the outbox before the suite began');
    return this.#opened;
  }

  get outbox(): Outbox {
    return this.harness.outbox;
  }

  /** Hands out, and delivers, whatever is there of other tests. */
  async #empty(): Promise<void> {
    const { events } = await this.outbox.waiting(200);
    await this.outbox.handOut(events, []);
    this.harness.clock.advance(MONTH);
    while ((await this.settle(DELIVERED, { systems: ['@bus', '@other'] })).length > 0);
  }

  endpointOf = (id: string, over: Partial<Endpoint> = {}): Endpoint => ({
    appId: this.appId,
    id,
    url: 'https://example.com/hook?a=b',
    description: 'för 😀',
    types: ['created', 'rescheduled'],
    status: 'active',
    trouble: null,
    secret: 'whsec_bmV3',
    previousSecret: 'whsec_b2xk',
    previousUntil: 17,
    familyHeaders: true,
    createdAt: 5,
    version: 1,
    ...over,
  });

  add = (endpoint: Endpoint, most = 100) => this.harness.endpoints.add(endpoint, most);

  /** Commits a call with its first `events` events, all of them `at` one time. */
  happen = async (
    id: string,
    events = 1,
    appId = this.appId,
    at = sampleCall({ appId, id }).updatedAt,
  ): Promise<CallEvent[]> => {
    let call = sampleCall({ appId, id, agentId: null, updatedAt: at });
    const all: CallEvent[] = [];
    for (let seq = 1; seq <= events; seq += 1) {
      if (seq > 1) call = next(call, {});
      const { version } = await this.harness.store.load([{ appId, callId: id }]);
      if ((await this.harness.store.commit(version, changesOf(call))) !== 'committed')
        throw new Error('not committed');
      all.push(sampleEvent(call));
    }
    return all;
  };

  /** Commits calls of the app, and some of another one, all at once. */
  happenTogether = async (
    ids: readonly string[],
    others: readonly string[] = [],
    other = '',
  ): Promise<void> => {
    const calls = [
      ...ids.map((id) => sampleCall({ appId: this.appId, id, agentId: null })),
      ...others.map((id) => sampleCall({ appId: other, id, agentId: null })),
    ];
    const { version } = await this.harness.store.load(calls.map(({ appId, id }) => ({ appId, callId: id })));
    if ((await this.harness.store.commit(version, changesOf(...calls))) !== 'committed')
      throw new Error('not committed');
  };

  /** Lets things happen to calls, and hands all of it out to the destinations. */
  handedOut = async (
    calls: Readonly<Record<string, number>>,
    ...destinations: string[]
  ): Promise<CallEvent[]> => {
    const events: CallEvent[] = [];
    for (const [id, count] of Object.entries(calls)) events.push(...(await this.happen(id, count)));
    await this.handOut(
      events,
      events.flatMap((event) => destinations.map((destination) => to(destination, event))),
    );
    return events;
  };

  /** Hands these out, of all that wait. */
  handOut = async (events: readonly CallEvent[], deliveries: readonly NewDelivery[]): Promise<void> => {
    const { events: all } = await this.outbox.waiting(1000);
    const these = new Set(events.map(eventName));
    await this.outbox.handOut(
      all.filter((one) => these.has(eventName(one))),
      deliveries,
    );
  };

  claim = (over: Partial<LeaseRequest> = {}): Promise<readonly Claimed[]> => {
    this.#tokens += 1;
    const asked = {
      lease: LEASE,
      most: 100,
      mostToEndpoints: 100,
      systems: ['@bus'],
      perDestination: 100,
      underWay: new Map(),
      perApp: 100,
      underWayOf: new Map(),
      ...over,
    };
    return this.outbox.claim({ token: this.token(), ...asked });
  };

  /** That of the last claim. */
  token = (): string => `token-${this.#tokens}`;

  /** Claims all there is, and settles it so. */
  settle = async (settlement: Settlement, over: Partial<LeaseRequest> = {}): Promise<readonly Claimed[]> => {
    const claimed = await this.claim(over);
    for (const { delivery } of claimed) await this.outbox.settle(delivery, this.token(), settlement);
    return claimed;
  };

  all = (filter: DeliveryFilter = {}): Promise<readonly Delivery[]> =>
    this.outbox.deliveries(this.appId, filter, 100);
}

const eventName = ({ appId, callId, seq }: Pick<CallEvent, 'appId' | 'callId' | 'seq'>): string =>
  [appId, callId, seq].join('/');

export const to = (destination: string, event: CallEvent): NewDelivery => ({
  appId: event.appId,
  destination,
  callId: event.callId,
  seq: event.seq,
  type: event.type,
});

export const named = (all: readonly { readonly delivery: DeliveryKey }[]): string[] =>
  all.map(({ delivery: { destination, callId, seq } }) => `${destination} ${callId} ${seq}`).toSorted();

/** The deliveries of a claim. */
export const claimedOf = async (claimed: Promise<readonly Claimed[]>): Promise<Delivery[]> =>
  (await claimed).map(({ delivery }) => delivery);
