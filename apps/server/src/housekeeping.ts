import type { Clock, Housekeeping } from '@reslot/core';
import type { Logger } from 'pino';

/** How often a running server tidies up. */
const EVERY = 60_000;
/** Rows in one step: a step is short, and what is left waits for the next one. */
const A_STEP = 500;

/** Tidies up now and then until it is stopped. What fails is noted, and tried again the next time. */
export function keepHouse(housekeeping: Housekeeping, clock: Clock, log: Logger): { stop(): Promise<void> } {
  let step = Promise.resolve();
  const tidyUp = async (): Promise<void> => {
    try {
      const now = clock.now();
      const requests = await housekeeping.forgetRequests(now, A_STEP);
      const holds = await housekeeping.forgetHolds(now, A_STEP);
      if (requests + holds > 0) log.debug({ requests, holds }, 'tidied up');
    } catch (error) {
      log.warn({ error: String(error) }, 'could not tidy up');
    }
  };
  const timer = setInterval(() => {
    step = step.then(tidyUp);
  }, EVERY);
  return {
    async stop() {
      clearInterval(timer);
      await step;
    },
  };
}
