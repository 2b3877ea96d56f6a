import type { AppId } from '../../domain/call.ts';
import type { ScheduleStore } from '../ports.ts';

/** Wakes somebody in the same process who waits, and says what for. */
export interface WakeUp<For = AppId> {
  call(...reasons: readonly For[]): void;
  /** When it is called next; for one who waits at a time. Ask before you look for work, so that no call is missed. */
  next(): Promise<void>;
  /** What it has been called for since this was asked last. */
  reasons(): ReadonlySet<For>;
}

export function createWakeUp<For = AppId>(): WakeUp<For> {
  let wake = (): void => undefined;
  /** Kept once somebody waits: nobody would ever ask for them otherwise. */
  let since: Set<For> | undefined;
  return {
    call(...reasons) {
      for (const reason of reasons) since?.add(reason);
      wake();
    },
    next() {
      since ??= new Set();
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    reasons() {
      const asked = since ?? new Set<For>();
      since = new Set();
      return asked;
    },
  };
}

/** The store, and a call for its apps after each commit that has written events, which every changed call has: decision 25. */
export const waking = <Version>(
  store: ScheduleStore<Version>,
  { call }: Pick<WakeUp, 'call'>,
): ScheduleStore<Version> => ({
  yieldThread: store.yieldThread,
  load: (needs) => store.load(needs),
  async commit(expected, changes) {
    const outcome = await store.commit(expected, changes);
    const appIds = new Set(changes.calls.map((changed) => changed.call.appId));
    if (outcome === 'committed' && appIds.size > 0) call(...appIds);
    return outcome;
  },
});
