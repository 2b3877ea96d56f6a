import type { Changes, Need } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, MINUTES, MORNING, needOfSlot, sampleCall, savingAgents, slotOfDay } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What a store owes to those for whom any agent would do. */
export function turnContract(context: StoreContext): void {
  const { newApp, put, saveAgent } = context;

  const at = (minutes: number) => MORNING + minutes * MINUTES;
  const dayOf = (appId: string, agentId = 'ana') => needOfSlot(appId, slotOfDay(agentId));
  const load = (...needs: Need[]) => context.store.load(needs);
  /** Loads, has `meanwhile` happen, and commits. */
  const commit = async (appId: string, changes: Changes, meanwhile?: () => Promise<unknown>) => {
    const { version } = await load(dayOf(appId));
    await meanwhile?.();
    return context.store.commit(version, changes);
  };

  describe('turns and rosters', () => {
    const turnsOf = async (appId: string) =>
      Object.fromEntries((await load({ appId, roster: true })).agents.map(({ id, turn }) => [id, turn]));
    const taking = (appId: string, turn: number, minutes: number): Changes => ({
      ...changesOf(sampleCall({ appId, id: `call-${minutes}`, startsAt: at(minutes) })),
      turns: [{ appId, agentId: 'ana', turn }],
    });

    test('a turn is stored with its agent; of two the later one stands; saving the agent keeps it', async () => {
      const appId = await newApp();
      const { turns, ...rest } = taking(appId, 7, 0);
      const later = { appId, agentId: 'ana', turn: 9 };
      expect(await commit(appId, { ...rest, turns: [...turns, later] })).toBe('committed');
      expect(await turnsOf(appId)).toEqual({ ana: 9, ben: 0 });
      expect(await saveAgent(appId, 'ana', false)).toBe('committed');
      expect(await saveAgent(appId, 'ana')).toBe('committed');
      expect(await turnsOf(appId)).toEqual({ ana: 9, ben: 0 });
    });

    test('a turn that was taken meanwhile is no conflict, neither to who takes the next nor to who stores the agent', async () => {
      const appId = await newApp();
      const meanwhile = () => commit(appId, taking(appId, 1, 0));
      expect(await commit(appId, taking(appId, 1, 60), meanwhile)).toBe('committed');
      const agent = { appId, id: 'ana', name: 'Anna', active: true };
      const { version } = await load({ appId, agentId: 'ana' });
      expect(await commit(appId, taking(appId, 2, 120))).toBe('committed');
      expect(await context.store.commit(version, savingAgents(agent))).toBe('committed');
      const { agents } = await load({ appId, agentId: 'ana' });
      expect(agents).toMatchObject([{ name: 'Anna', turn: 2 }]);
    });

    test('a turn that conflicts is not stored', async () => {
      const appId = await newApp();
      const meanwhile = () => put(sampleCall({ appId, id: 'theirs' }));
      expect(await commit(appId, taking(appId, 5, 0), meanwhile)).toBe('conflict');
      expect(await turnsOf(appId)).toEqual({ ana: 0, ben: 0 });
    });

    test('the roster names the active agents of the app, and nobody who was loaded for another need', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      await saveAgent(appId, 'ben', false);
      const told: string[][] = [];
      const calendars: Need['calendars'] = ({ roster }) => {
        told.push(roster.map(({ id }) => id));
        return [];
      };
      const needs = [
        { appId, roster: true, calendars },
        dayOf(appId, 'ben'),
        dayOf(other),
        { appId: other, calendars },
      ];
      const { roster, agents } = await load(...needs);
      expect(roster.map((agent) => [agent.appId, agent.id])).toEqual([[appId, 'ana']]);
      expect(agents.filter((agent) => agent.appId === appId)).toHaveLength(2);
      expect(new Set(told.map(String))).toEqual(new Set(['ana', '']));
    });
  });
}
