import type { Call, ScheduleStore } from '@reslot/core';
import { afterAll, beforeAll } from 'vitest';
import { changesOf, needOfSlot, savingAgents, slotOfDay } from './samples.ts';
import type { StoreHarness, StoreProbe } from './schedule-store.ts';

/** What the tests of one suite share. */
export interface StoreContext {
  readonly harness: StoreHarness;
  readonly store: ScheduleStore;
  readonly probe: StoreProbe;
  /** An app of its own for each test, with the agents ana and ben. */
  readonly newApp: () => Promise<string>;
  readonly saveAgent: (appId: string, id: string, active?: boolean) => Promise<'committed' | 'conflict'>;
  /** Stores calls in one commit, each with one event; claims their time in the calendars as they are now. */
  readonly put: (...calls: Call[]) => Promise<'committed' | 'conflict'>;
  /** The ids of the calls that keep time of the agent in this part of the calendar. */
  readonly occupied: (appId: string, agentId: string, from: number, to: number) => Promise<string[]>;
  /** All that is stored of an app. */
  readonly everything: (appId: string) => Promise<unknown>;
}

/** Opens the harness before the tests of the suite that it is called in, and closes it after them. */
export function storeContext(open: () => Promise<StoreHarness>): StoreContext {
  let opened: StoreHarness | undefined;
  let apps = 0;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  const harness = (): StoreHarness => {
    if (!opened) throw new Error('a test asked for the store before the suite began');
    return opened;
  };

  const saveAgent: StoreContext['saveAgent'] = async (appId, id, active = true) => {
    const { store } = harness();
    const { version } = await store.load([{ appId, agentId: id }]);
    const agent = { appId, id, name: `Agent ${id} é`, active };
    return store.commit(version, savingAgents(agent));
  };

  return {
    get harness() {
      return harness();
    },
    get store() {
      return harness().store;
    },
    get probe() {
      return harness().probe;
    },
    saveAgent,
    async newApp() {
      apps += 1;
      const appId = `app-${apps}`;
      for (const id of ['ana', 'ben']) await saveAgent(appId, id);
      return appId;
    },
    async put(...calls) {
      const { store } = harness();
      const needs = calls.map(({ appId, agentId }) => needOfSlot(appId, slotOfDay(agentId ?? 'nobody')));
      const { version } = await store.load(needs);
      return store.commit(version, changesOf(...calls));
    },
    async occupied(appId, agentId, from, to) {
      const { occupied } = await harness().store.load([needOfSlot(appId, { agentId, from, to })]);
      return occupied.map(({ callId }) => callId).toSorted();
    },
    async everything(appId) {
      const { probe } = harness();
      return {
        calls: await probe.calls(appId),
        events: await probe.events(appId),
        active: [await probe.isActive(appId, 'ana'), await probe.isActive(appId, 'ben')],
      };
    },
  };
}
