import { ALWAYS, MOST_IN_ROSTER, type Agent } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { savingAgents } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `load` owes to who looks for another agent. */
export function rosterContract(context: StoreContext): void {
  const { newApp } = context;

  describe('rosters', () => {
    const id = (index: number) => `agent-${String(index).padStart(4, '0')}`;

    const agentOf = (appId: string, agentId: string, active = true): Agent => ({
      appId,
      turn: 0,
      email: null,
      id: agentId,
      name: `Agent ${agentId}`,
      active,
      availability: ALWAYS,
    });
    const store = async (appId: string, agents: Agent[]) => {
      const { version } = await context.store.load(agents.map(({ id: agentId }) => ({ appId, agentId })));
      return context.store.commit(version, savingAgents(...agents));
    };

    async function rosterOf(appId: string, over: { roster?: boolean } = { roster: true }) {
      let seen: readonly Agent[] = [];
      const { agents } = await context.store.load([
        {
          appId,
          ...over,
          calendars: ({ roster }) => {
            seen = roster;
            return [];
          },
        },
      ]);
      return { seen, loaded: agents };
    }
    const sorted = (agents: readonly Agent[]) => agents.toSorted((a, b) => (a.id < b.id ? -1 : 1));

    test('the active agents of the app by id, with what they say of themselves, and their records', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      await store(appId, [agentOf(appId, 'ben', false), agentOf(appId, 'Zoe')]);
      await store(other, [agentOf(other, 'eve')]);
      const { seen, loaded } = await rosterOf(appId);
      expect(seen.map(({ id: one }) => one)).toEqual(['Zoe', 'ana']);
      expect(seen[0]).toEqual(agentOf(appId, 'Zoe'));
      expect(sorted(loaded)).toEqual(seen);
    });

    test('nobody when they are not asked for', async () => {
      const appId = await newApp();
      expect(await rosterOf(appId, {})).toEqual({ seen: [], loaded: [] });
    });

    test('as many as can be looked at, and of each app its own', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      const agents = Array.from({ length: MOST_IN_ROSTER + 5 }, (_, index) => agentOf(appId, id(index)));
      expect(await store(appId, agents.toReversed())).toBe('committed');
      const { seen, loaded } = await rosterOf(appId);
      expect(seen.map((agent) => agent.id)).toEqual(agents.slice(0, MOST_IN_ROSTER).map((agent) => agent.id));
      expect(sorted(loaded)).toEqual(seen);
      expect((await rosterOf(other)).seen).toHaveLength(2);
    });
  });
}
