import type { Call, ScheduleStore } from '@reslot/core';
import { describe } from 'vitest';
import { claimContract } from './store-claims.ts';
import { commitContract } from './store-commit.ts';
import { storeContext } from './store-context.ts';
import { holdContract } from './store-holds.ts';
import { loadContract } from './store-load.ts';
import { raceContract } from './store-races.ts';
import { requestContract } from './store-requests.ts';
import { rosterContract } from './store-rosters.ts';
import { settingsContract } from './store-settings.ts';
import { textContract } from './store-texts.ts';
import { turnContract } from './store-turns.ts';

/** What lies in the store, read past the adapter, so that no adapter grades itself. */
export interface StoreProbe {
  calls(appId: string): Promise<{ id: string; version: number; lastSeq: number; startsAt: number }[]>;
  events(appId: string): Promise<{ callId: string; seq: number; version: number }[]>;
  /** Whether an agent is set active; undefined when there is none. */
  isActive(appId: string, agentId: string): Promise<boolean | undefined>;
}

export interface StoreHarness {
  readonly store: ScheduleStore;
  readonly probe: StoreProbe;
  /**
   * The same store, but `pause` runs before each of the separate reads that a `load` is made of; or why there is no
   * such moment.
   */
  readonly pausing: ((pause: () => Promise<void>) => ScheduleStore) | { readonly reason: string };
  /** A call that passes every check of `commit` and cannot be stored; or why there is none. */
  readonly unstorable: ((call: Call) => Call) | { readonly reason: string };
  close(): Promise<void>;
}

/** Every obligation of the port `ScheduleStore`. `open` gives a store of its own, empty. */
export function scheduleStoreContract(name: string, open: () => Promise<StoreHarness>): void {
  describe(`schedule store: ${name}`, () => {
    const context = storeContext(open);
    loadContract(context);
    commitContract(context);
    claimContract(context);
    settingsContract(context);
    rosterContract(context);
    requestContract(context);
    holdContract(context);
    textContract(context);
    turnContract(context);
    raceContract(context);
  });
}
