import type { AppId } from '../../domain/call.ts';
import type { RelayPorts } from './attempt.ts';
import { createClaiming } from './claiming.ts';
import { createHandingOut } from './handing-out.ts';

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
  /** After commits of these apps, or when an attempt has ended: hands out what somebody wants, and begins what there is room for now. */
  tell(appIds: ReadonlySet<AppId>): Promise<void>;
  /** When no attempt is under way any more. */
  settled(): Promise<void>;
}

export function createRelay(ports: RelayPorts, limits: RelayLimits = RELAY_LIMITS): Relay {
  const handingOut = createHandingOut(ports, limits.events);
  const claiming = createClaiming(ports, limits);

  return {
    async step() {
      const done = await inTurn([
        () => fireReminders(ports, limits.events),
        async () => (await handingOut.all()).events,
        claiming.claim,
      ]);
      return done.reduce((sum, many) => sum + many, 0);
    },
    async tell(appIds) {
      let mayClaim = claiming.hasEnded();
      await inTurn([
        async () => {
          const { events, deliveries } = await handingOut.news(appIds);
          mayClaim ||= deliveries > 0;
          return events;
        },
        async () => (mayClaim ? claiming.claim() : 0),
      ]);
    },
    settled: claiming.settled,
  };
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

/** One that fails keeps nobody from the others, and is thrown after them. */
async function inTurn(parts: readonly (() => Promise<number>)[]): Promise<number[]> {
  const done: PromiseSettledResult<number>[] = [];
  for (const part of parts) done.push(...(await Promise.allSettled([part()])));
  return done.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
