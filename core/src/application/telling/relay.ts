import { wants, type Endpoint } from '../../domain/telling/endpoints.ts';
import { makeDelivery, type RelayPorts, type System } from './attempt.ts';
import type { Claimed, NewDelivery, WaitingEvent } from './outbox.ts';
import { createUnderWay } from './under-way.ts';

export interface RelayLimits {
  /** Events that are handed out in one step, and calls whose reminders fire. */
  readonly events: number;
  /** Attempts under way at once. */
  readonly attempts: number;
  /** Of them to endpoints: the rest is kept for the destinations for every app. */
  readonly toEndpoints: number;
  /** The same to one destination: one that hangs leaves room for the others. */
  readonly perDestination: number;
  /** The same to all endpoints of one app. */
  readonly perApp: number;
  /** Milliseconds; longer than an attempt takes. */
  readonly lease: number;
}

export const RELAY_LIMITS: RelayLimits = {
  events: 250,
  attempts: 64,
  toEndpoints: 48,
  perDestination: 8,
  perApp: 16,
  lease: 60_000,
};

/** Who fires reminders. */
const BY_ITSELF = {
  type: 'fire_reminders',
  actor: { type: 'api', id: 'reslot' },
  source: 'relay',
} as const;

/** Tells what happens: has reminders fire, hands events out to their destinations, and makes the deliveries. Several may work side by side. */
export interface Relay {
  /** Begins what there is to do and there is room for; gives how much it was. Rejects when a part of it could not be done, after the others. */
  step(): Promise<number>;
  /**
   * After a commit, or an attempt that has ended: hands out what somebody wants, and begins what there is room for now. Events that nobody wants
   * wait for the next step, to be taken out together, as long as there are few.
   */
  tell(): Promise<void>;
  /** When no attempt is under way any more. */
  settled(): Promise<void>;
}

export function createRelay(ports: RelayPorts, limits: RelayLimits = RELAY_LIMITS): Relay {
  const { outbox, systems = [], token, report, ended } = ports;
  const busy = createUnderWay(limits);
  const attempts = new Set<Promise<void>>();
  /** Whether a delivery may have become claimable since the last claim. */
  let mayClaim = false;

  /** Again while somebody has come to his share: much that waits for him may have hidden what waits for others. */
  async function claim(): Promise<number> {
    mayClaim = false;
    let many = 0;
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const claimed = await claimOnce();
      many += claimed.length;
      if (!claimed.some(({ delivery }) => busy.isAtItsShare(delivery))) break;
    }
    return many;
  }

  async function claimOnce(): Promise<readonly Claimed[]> {
    const most = limits.attempts - attempts.size;
    if (most <= 0) return [];
    const name = token();
    const claimed = await outbox.claim({
      ...busy.shares(),
      token: name,
      lease: limits.lease,
      most,
      systems: systems.map((system) => system.name),
    });
    for (const one of claimed) begin(one, name);
    return claimed;
  }

  function begin(claimed: Claimed, name: string): void {
    const { delivery } = claimed;
    busy.change(delivery, 1);
    const made = makeDelivery(ports, claimed, name)
      .catch(report)
      .finally(() => {
        attempts.delete(made);
        busy.change(delivery, -1);
        mayClaim = true;
        ended?.();
      });
    attempts.add(made);
  }

  /** Page by page, while they are full. */
  async function handOut(leaveFew: boolean): Promise<number> {
    let many = 0;
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const { events, deliveries } = await handOutPage(ports, limits.events, leaveFew);
      many += events;
      if (deliveries > 0) mayClaim = true;
      if (events < limits.events) break;
    }
    return many;
  }

  return {
    async step() {
      const done = await inTurn([() => fireReminders(ports, limits.events), () => handOut(false), claim]);
      return done.reduce((sum, many) => sum + many, 0);
    },
    async tell() {
      await inTurn([() => handOut(true), async () => (mayClaim ? claim() : 0)]);
    },
    async settled() {
      while (attempts.size > 0) await Promise.all(attempts);
    },
  };
}

function deliveriesOf(
  event: WaitingEvent,
  endpoints: readonly Endpoint[],
  systems: readonly System[],
): NewDelivery[] {
  const { appId, callId, seq, type } = event;
  const destinations = [
    ...endpoints.filter((endpoint) => endpoint.appId === appId && wants(endpoint, type)).map(({ id }) => id),
    ...systems.filter((system) => system.wants(event)).map(({ name }) => name),
  ];
  return destinations.map((destination) => ({ appId, destination, callId, seq, type }));
}

/** Those whose reminders fired, or were too late. */
async function fireReminders({ outbox, scheduler, report }: RelayPorts, most: number): Promise<number> {
  const due = await outbox.remindersDue(most);
  const outcomes = await Promise.all(
    due.map(({ appId, id: callId }) =>
      scheduler.execute({ ...BY_ITSELF, appId, callId }).catch((error: unknown) => {
        report(error);
        return undefined;
      }),
    ),
  );
  return outcomes.filter((outcome) => outcome?.kind === 'accepted' && outcome.events.length > 0).length;
}

/** Up to `most` events. Of a page that is not full, those that nobody wants may be left. */
async function handOutPage(
  { outbox, systems = [] }: RelayPorts,
  most: number,
  leaveFew: boolean,
): Promise<{ readonly events: number; readonly deliveries: number }> {
  const { events, endpoints } = await outbox.waiting(most);
  const all = events.map((event) => ({ event, deliveries: deliveriesOf(event, endpoints, systems) }));
  const out = leaveFew && events.length < most ? all.filter(({ deliveries }) => deliveries.length > 0) : all;
  const deliveries = out.flatMap((one) => one.deliveries);
  if (out.length > 0)
    await outbox.handOut(
      out.map(({ event }) => event),
      deliveries,
    );
  return { events: out.length, deliveries: deliveries.length };
}

/** Times that one step claims, and pages of events that it hands out. */
const MOST_LOOKS = 8;

/** One that fails keeps nobody from the others, and is thrown after them. */
async function inTurn(parts: readonly (() => Promise<number>)[]): Promise<number[]> {
  const done: PromiseSettledResult<number>[] = [];
  for (const part of parts) done.push(...(await Promise.allSettled([part()])));
  return done.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
