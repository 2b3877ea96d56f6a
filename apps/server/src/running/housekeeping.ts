import { DAY } from '@reslot/core';
import type { Services } from '../services.ts';
import { logError } from '../log.ts';

type House = Pick<Services, 'housekeeping' | 'outbox' | 'clock' | 'log'>;

/** How often a running server tidies up. */
const EVERY = 60_000;

/** How much is done at one time. */
export interface Bounds {
  /** Rows in one step: a step is short, so that nobody has to wait for it. */
  readonly rows: number;
  /** Steps for each kind of rows; what is left then waits for the next time. */
  readonly steps: number;
}

/** How long it is kept what was delivered, or needed no delivery any more. */
const DELIVERED_KEPT = 7 * DAY;
/** The same of what was given up: time enough to have it made again. */
const DEAD_KEPT = 30 * DAY;

const BOUNDS: Bounds = { rows: 500, steps: 200 };

/** Tidies up now and then until it is stopped. What fails is tried again the next time. */
export function keepHouse(house: House): { stop(): Promise<void> } {
  let pass = Promise.resolve();
  const stopping = new AbortController();
  const timer = setInterval(() => {
    pass = pass.then(() => tidyUp(house, stopping.signal));
  }, EVERY);
  return {
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await pass;
    },
  };
}

/** Removes what has expired, once. Ends early when it shall stop. Does not reject: what fails is noted. */
export async function tidyUp(
  { housekeeping, outbox, clock, log }: House,
  stopping: AbortSignal,
  { rows, steps }: Bounds = BOUNDS,
): Promise<void> {
  const all = async (forget: (most: number) => Promise<number>): Promise<number> => {
    let forgotten = 0;
    try {
      for (let step = 0; step < steps && !stopping.aborted; step += 1) {
        const found = await forget(rows);
        forgotten += found;
        if (found < rows) break;
      }
    } catch (error) {
      logError(log, error);
    }
    return forgotten;
  };
  const requests = await all((most) => housekeeping.forgetRequests(clock.now(), most));
  const holds = await all((most) => housekeeping.forgetHolds(clock.now(), most));
  const delivered = await all((most) => outbox.forgetSettled(['delivered', 'dropped'], DELIVERED_KEPT, most));
  const dead = await all((most) => outbox.forgetSettled(['dead'], DEAD_KEPT, most));
  const deliveries = delivered + dead;
  if (requests + holds + deliveries > 0) log.debug({ requests, holds, deliveries }, 'tidied up');
}
