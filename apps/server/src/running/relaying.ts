import { setTimeout as wait } from 'node:timers/promises';
import { createWakeUp, RELAY_LIMITS, type RelayLimits } from '@reslot/core';
import type { Config } from '../config/config.ts';
import type { Services } from '../services.ts';
import { logError } from '../log.ts';
import { whileMeasured } from './metrics-server.ts';

/** Milliseconds. */
export interface Pauses {
  /** From one look to the next, for what others have written and what is due by its time. Commits of this process call in between. */
  readonly idle: number;
  readonly afterOutage: number;
}

/** An embedded database has one connection: clients must not wait behind a crowd of deliveries that are settled. */
export function relayLimits({ databaseUrl, relayLeaseSeconds }: Config): RelayLimits {
  const lease = relayLeaseSeconds * 1000;
  return databaseUrl.startsWith('sqlite:')
    ? { ...RELAY_LIMITS, attempts: 8, toEndpoints: 6, perDestination: 4, perApp: 6, lease }
    : { ...RELAY_LIMITS, lease };
}

/** A step that has done as much may have left something. */
const FULL = RELAY_LIMITS.events;

const PAUSES: Pauses = { idle: 250, afterOutage: 2_000 };

type Working = Pick<Services, 'relay' | 'wakeUp' | 'log'>;

/** Works the outbox off until it is stopped; then what is under way is brought to its end. */
export function keepRelaying(
  { relay, wakeUp, log }: Working,
  { idle, afterOutage }: Pauses = PAUSES,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const stop = createWakeUp<never>();
  let isToLook = true;
  /** However often commits call: it looks at its time. */
  const looks = setInterval(() => {
    isToLook = true;
    wakeUp.call();
  }, idle);

  async function lookOrTell(): Promise<void> {
    const appIds = wakeUp.reasons();
    if (!isToLook) return relay.tell(appIds);
    isToLook = false;
    while (!stopping.signal.aborted && (await relay.step()) >= FULL);
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const stopped = stop.next();
      const called = wakeUp.next();
      try {
        await lookOrTell();
        await Promise.race([stopped, called]);
      } catch (error) {
        logError(log, error);
        isToLook = true;
        await pause(afterOutage, stopped);
      }
    }
    clearInterval(looks);
    await relay.settled();
  }

  const working = work();
  return {
    async stop() {
      stopping.abort();
      stop.call();
      await working;
    },
  };
}

/** What it is raced with has to be new each time: a promise keeps everybody who has ever waited for it. */
async function pause(milliseconds: number, ...orUntil: Promise<void>[]): Promise<void> {
  const over = new AbortController();
  const time = wait(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([time, ...orUntil]);
  over.abort();
}

/** A relay as a process of its own, until it is told to stop. */
export async function relayUntil(services: Services, stopped: Promise<NodeJS.Signals>): Promise<void> {
  const { log } = services;
  await whileMeasured(services, async () => {
    const relaying = keepRelaying(services);
    log.info('relaying');
    log.info({ signal: await stopped }, 'stopping');
    await relaying.stop();
  });
}
