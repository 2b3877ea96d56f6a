import type { ScheduleStore } from '../ports.ts';

/** Wakes somebody in the same process who waits. */
export interface WakeUp {
  call(): void;
  /** When it is called next; for one who waits at a time. Ask before you look for work, so that no call is missed. */
  next(): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let wake = (): void => undefined;
  return {
    call: () => wake(),
    next: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
}

/** The store, and a call after each commit that has written events: decision 25. */
export const waking = <Version>(
  store: ScheduleStore<Version>,
  { call }: Pick<WakeUp, 'call'>,
): ScheduleStore<Version> => ({
  load: (needs) => store.load(needs),
  async commit(expected, changes) {
    const outcome = await store.commit(expected, changes);
    if (outcome === 'committed' && changes.calls.some(({ events }) => events.length > 0)) call();
    return outcome;
  },
});
