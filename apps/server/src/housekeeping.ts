import type { Clock, Housekeeping } from '@reslot/core';
import type { Logger } from 'pino';

/** How often a running server tidies up. */
const EVERY = 60_000;
/** Rows in one step: a step is short, so that nobody has to wait for it. */
const A_STEP = 500;
/** Steps at one time; what is left then waits for the next. */
const MOST_STEPS = 200;

/** Tidies up now and then until it is stopped. What fails is noted, and tried again the next time. */
export function keepHouse(housekeeping: Housekeeping, clock: Clock, log: Logger): { stop(): Promise<void> } {
  let step = Promise.resolve();
  const stopping = new AbortController();

  const all = async (forget: (now: number, most: number) => Promise<number>): Promise<number> => {
    let forgotten = 0;
    for (let steps = 0; steps < MOST_STEPS && !stopping.signal.aborted; steps += 1) {
      const rows = await forget(clock.now(), A_STEP);
      forgotten += rows;
      if (rows < A_STEP) break;
    }
    return forgotten;
  };
  const tidyUp = async (): Promise<void> => {
    try {
      const requests = await all(housekeeping.forgetRequests);
      const holds = await all(housekeeping.forgetHolds);
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
      stopping.abort();
      clearInterval(timer);
      await step;
    },
  };
}
