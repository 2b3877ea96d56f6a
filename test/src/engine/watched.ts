import {
  createScheduler,
  MINUTE,
  type CallRequest,
  type Changes,
  type Need,
  type ScheduleStore,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore } from '@reslot/adapters/memory';

/** An engine on a store that can be watched while it works, and commands for it. */

export const NOW = Date.UTC(2026, 4, 1, 9);
export const at = (minutes: number) => NOW + minutes * MINUTE;
export const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'test' } as const;

export const create = (callId: string, startsAt: number, agentId = 'ana'): CallRequest => ({
  ...told,
  type: 'create',
  callId,
  startsAt,
  agentId,
  guestName: 'G',
  appTimezone: 'UTC',
});
export const reschedule = (
  callId: string,
  edits: { startsAt?: number; agentId?: string; guestName?: string },
): CallRequest => ({
  ...told,
  type: 'reschedule',
  callId,
  edits,
});

/** A memory store that can be made to wait, and that notes what it is asked. */
export function watched() {
  const store = memoryStore(memoryDatabase());
  const loads: number[] = [];
  const commits: Changes[] = [];
  let gate = Promise.resolve();
  let open = () => {};
  return {
    loads,
    commits,
    /** Holds every load back until `open` is called. */
    close() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
    store: {
      load: async (needs: readonly Need[]) => {
        loads.push(needs.length);
        await gate;
        return store.load(needs);
      },
      commit: (version: Parameters<typeof store.commit>[0], changes: Changes) => {
        commits.push(changes);
        return store.commit(version, changes);
      },
    } satisfies typeof store,
  };
}

export async function engine<Version>(store: ScheduleStore<Version>, limits = {}, clock = fixedClock(NOW)) {
  const ids = { callId: () => 'unused' };
  const scheduler = createScheduler({ store, clock, ids, limits });
  for (const id of ['ana', 'ben'])
    await scheduler.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
  return scheduler;
}

export const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind);
