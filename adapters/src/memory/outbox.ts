import {
  EVENT_GONE,
  isSystem,
  nextDue,
  withinShares,
  type Claimed,
  type Clock,
  type Delivery,
  type DeliveryFilter,
  type DeliveryKey,
  type DeliveryPosition,
  type LeaseRequest,
  type Outbox,
  type Settlement,
  type WaitingEvent,
} from '@reslot/core';
import { memoryDatabase, rowKey, type LeasedDelivery, type MemoryDatabase } from './database.ts';

/** The reference model of the outbox. Its clock is the one that it is given. */
export function memoryOutbox(clock: Clock, db: MemoryDatabase = memoryDatabase()): Outbox {
  const all = () => [...db.deliveries.values()];

  return {
    async waiting(most) {
      const events: WaitingEvent[] = [];
      for (const [place, together] of db.outbox) {
        if (events.length >= most) break;
        for (const { appId, callId, seq, type, at } of together)
          events.push({ place, appId, callId, seq, type, at });
      }
      const endpoints = [...db.endpoints.values()].filter(({ appId }) =>
        events.some((one) => one.appId === appId),
      );
      return { events, endpoints };
    },
    async handOut(events, deliveries) {
      for (const { place } of events) db.outbox.delete(place);
      for (const delivery of deliveries) {
        const key = keyOf(delivery);
        const isThere = isSystem(delivery) || db.endpoints.has(rowKey(delivery.appId, delivery.destination));
        if (isThere && !db.deliveries.has(key))
          db.deliveries.set(key, { ...delivery, ...fresh(clock.now()) });
      }
    },
    claim: async (asked) => lease(db, asked, clock.now()),
    settle: async (delivery, token, settlement) => settle(db, delivery, token, settlement, clock.now()),
    async deliveries(appId, filter, limit, after) {
      return all()
        .filter((one) => one.appId === appId && matches(one, filter))
        .filter((one) => !after || newestFirst(after, one) < 0)
        .toSorted(newestFirst)
        .slice(0, limit)
        .map(({ leaseUntil, leaseToken, ...delivery }) => delivery);
    },
    async redrive(appId, filter, most) {
      const chosen = all()
        .filter((one) => one.appId === appId && one.state !== 'pending' && matches(one, filter))
        .slice(0, most);
      for (const one of chosen) {
        const { createdAt, told } = one;
        db.deliveries.set(keyOf(one), { ...one, ...fresh(clock.now()), createdAt, told });
      }
      return chosen.length;
    },
    async forgetSettled(states, age, most) {
      const old = all()
        .filter(
          ({ state, settledAt }) =>
            states.some((one) => one === state) && (settledAt ?? 0) <= clock.now() - age,
        )
        .slice(0, most);
      for (const one of old) db.deliveries.delete(keyOf(one));
      return old.length;
    },
    async remindersDue(most) {
      return [...db.calls.values()]
        .map((call) => ({ call, due: nextDue(call) }))
        .filter(({ due }) => due !== null && due <= clock.now())
        .toSorted((a, b) => (a.due ?? 0) - (b.due ?? 0))
        .slice(0, most)
        .map(({ call: { appId, id } }) => ({ appId, id }));
    },
    async now() {
      return clock.now();
    },
  };
}

function lease(
  db: MemoryDatabase,
  { token, lease: milliseconds, systems, ...shares }: LeaseRequest,
  now: number,
): Claimed[] {
  const all = [...db.deliveries.values()];
  const isFree = ({ state, dueAt, leaseUntil }: LeasedDelivery) =>
    state === 'pending' && dueAt <= now && leaseUntil < now;
  const isServed = ({ appId, destination }: Delivery) =>
    systems.includes(destination) || db.endpoints.get(rowKey(appId, destination))?.status === 'active';
  const isFirst = (one: Delivery) =>
    !all.some((other) => isSameWay(one, other) && other.seq < one.seq && other.state === 'pending');
  const candidates = all
    .filter((one) => isFree(one) && isServed(one) && isFirst(one))
    .toSorted((a, b) => a.dueAt - b.dueAt);
  return withinShares(candidates, shares).flatMap((one) => {
    const { leaseUntil, leaseToken, ...delivery } = { ...one, attempts: one.attempts + 1 };
    db.deliveries.set(keyOf(one), { ...delivery, leaseUntil: now + milliseconds, leaseToken: token });
    const event = db.events.get(rowKey(one.appId, one.callId))?.find(({ seq }) => seq === one.seq);
    if (event) return [{ delivery, event, endpoint: db.endpoints.get(rowKey(one.appId, one.destination)) }];
    settle(db, one, token, { state: 'dead', told: EVENT_GONE }, now);
    return [];
  });
}

function settle(
  db: MemoryDatabase,
  delivery: DeliveryKey,
  token: string,
  settlement: Settlement,
  now: number,
): 'settled' | 'lost' {
  const known = db.deliveries.get(keyOf(delivery));
  if (!known || known.leaseToken !== token) return 'lost';
  const { state, told } = settlement;
  const settled = { ...known, state, told, leaseUntil: 0, leaseToken: null };
  db.deliveries.set(
    keyOf(delivery),
    settlement.state === 'pending'
      ? {
          ...settled,
          dueAt: now + settlement.inMilliseconds,
          attempts: known.attempts - (settlement.counts ? 0 : 1),
        }
      : { ...settled, settledAt: now },
  );
  return 'settled';
}

const keyOf = ({ appId, destination, callId, seq }: DeliveryKey): string =>
  [appId, destination, callId, seq].join('/');

const fresh = (now: number) => ({
  state: 'pending' as const,
  attempts: 0,
  dueAt: now,
  told: null,
  createdAt: now,
  settledAt: null,
  leaseUntil: 0,
  leaseToken: null,
});

const isSameWay = (a: DeliveryKey, b: DeliveryKey): boolean =>
  a.appId === b.appId && a.destination === b.destination && a.callId === b.callId;

const newestFirst = (a: DeliveryPosition, b: DeliveryPosition): number =>
  b.createdAt - a.createdAt ||
  byText(b.callId, a.callId) ||
  b.seq - a.seq ||
  byText(b.destination, a.destination);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const matches = (
  one: Delivery,
  { destination, state, callId, seq, from, before, settledFrom, settledUntil }: DeliveryFilter,
): boolean =>
  (destination === undefined || one.destination === destination) &&
  (state === undefined || one.state === state) &&
  (callId === undefined || one.callId === callId) &&
  (seq === undefined || one.seq === seq) &&
  (from === undefined || one.createdAt >= from) &&
  (before === undefined || one.createdAt < before) &&
  (settledFrom === undefined || (one.settledAt !== null && one.settledAt >= settledFrom)) &&
  (settledUntil === undefined || (one.settledAt !== null && one.settledAt <= settledUntil));
