import {
  ALWAYS,
  DEFAULT_POLICY,
  NO_CHANGES,
  type Agent,
  type Changes,
  type Known,
  type Policy,
} from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { MINUTES, MORNING, needOf, sampleCall, savingAgents } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `load` and `commit` owe to what an app and its agents say of themselves. */
export function settingsContract(context: StoreContext): void {
  const { newApp, put } = context;

  const store = async (changes: Changes, ...agents: { appId: string; agentId: string }[]) => {
    const { version } = await context.store.load(agents);
    return context.store.commit(version, changes);
  };
  const policy = (over: Partial<Policy>): Policy => ({ ...DEFAULT_POLICY, ...over });
  const strict = policy({
    actors: {
      ...DEFAULT_POLICY.actors,
      guest: { ...DEFAULT_POLICY.actors.guest, allowed: false, maxMoves: 3 },
    },
    dailyCap: { calls: 7, timezone: 'America/Argentina/Buenos_Aires' },
    versionRequired: true,
    undoWindowMinutes: 0,
  });
  const saving = (appId: string, ...policies: Policy[]): Changes => ({
    ...NO_CHANGES,
    policies: policies.map((one) => ({ appId, policy: one })),
  });
  const policyOf = async (appId: string) => (await context.store.load([{ appId }])).policies;

  describe('policies', () => {
    test('as it was stored, for each need of its app, and of no other', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      expect(await policyOf(appId)).toEqual([]);
      expect(await store(saving(appId, strict))).toBe('committed');
      expect(await policyOf(appId)).toEqual([{ appId, policy: strict }]);
      expect(await policyOf(other)).toEqual([]);
      const { policies } = await context.store.load([{ appId: other }, { appId, agentId: 'ana' }]);
      expect(policies).toEqual([{ appId, policy: strict }]);
    });

    test('the later one stands, also of two in one batch, whoever has loaded before', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([{ appId }]);
      await store(saving(appId, strict));
      const changes = saving(appId, strict, policy({ undoWindowMinutes: 7 }));
      expect(await context.store.commit(version, changes)).toBe('committed');
      expect(await policyOf(appId)).toEqual([{ appId, policy: policy({ undoWindowMinutes: 7 }) }]);
    });

    test('calendars are asked for with the policy: the default where none was saved', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      await store(saving(appId, strict));
      const seen: Policy[] = [];
      const calendars = ({ policy: known }: Known) => {
        seen.push(known);
        return [];
      };
      await context.store.load([
        { appId, calendars },
        { appId: other, calendars },
      ]);
      expect(seen.slice(-2)).toEqual([strict, DEFAULT_POLICY]);
    });
  });

  describe('agents', () => {
    const availability = {
      windows: [{ weekday: 1, start: '09:00', end: '24:00', timezone: 'Europe/Paris' }],
      exceptions: [
        { kind: 'blocked', from: MORNING, to: MORNING + MINUTES },
        { kind: 'available_extra', from: MORNING + MINUTES, to: MORNING + 2 * MINUTES },
      ],
      doNotDisturb: [{ from: MORNING, to: MORNING + 1 }],
    } as const;
    const agentOf = (appId: string, id: string, over: Partial<Agent> = {}): Agent => ({
      appId,
      turn: 0,
      id,
      name: `Agent ${id}`,
      active: true,
      email: null,
      availability: ALWAYS,
      ...over,
    });

    test('with their availability as it was stored, of a new one and of one who is there', async () => {
      const appId = await newApp();
      for (const id of ['ana', 'new']) {
        for (const said of [availability, ALWAYS, { ...ALWAYS, doNotDisturb: availability.doNotDisturb }]) {
          const agent = agentOf(appId, id, { availability: said });
          const changes = { ...NO_CHANGES, agents: [agent] };
          expect(await store(changes, { appId, agentId: id })).toBe('committed');
          expect((await context.store.load([{ appId, agentId: id }])).agents).toEqual([agent]);
        }
      }
    });

    test('with their e-mail as it was stored, and without one again', async () => {
      const appId = await newApp();
      const longest = `${'ü'.repeat(243)}@example.de`;
      for (const id of ['ana', 'new']) {
        for (const email of ['Ana+x@example.com', longest, null, 'ana@example.com']) {
          const agent = agentOf(appId, id, { email });
          expect(await store(savingAgents(agent), { appId, agentId: id })).toBe('committed');
          expect((await context.store.load([{ appId, agentId: id }])).agents).toEqual([agent]);
        }
      }
    });

    test('the longest availability', async () => {
      const appId = await newApp();
      const exceptions = Array.from({ length: 2_000 }, (_, index) => ({
        kind: 'blocked' as const,
        from: MORNING + index * MINUTES,
        to: MORNING + (index + 1) * MINUTES,
      }));
      const agent = agentOf(appId, 'ana', { availability: { ...availability, exceptions } });
      const changes = { ...NO_CHANGES, agents: [agent] };
      expect(await store(changes, { appId, agentId: 'ana' })).toBe('committed');
      expect((await context.store.load([{ appId, agentId: 'ana' }])).agents).toEqual([agent]);
    });

    test('storing one does not mind that time of them was taken meanwhile', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([{ appId, agentId: 'ana' }]);
      expect(await put(sampleCall({ appId, id: 'x' }))).toBe('committed');
      const changes = savingAgents(agentOf(appId, 'ana', { name: 'Changed' }));
      expect(await context.store.commit(version, changes)).toBe('committed');
      expect((await context.store.load([{ appId, agentId: 'ana' }])).agents[0]?.name).toBe('Changed');
    });

    test('of two who change one at once the second conflicts', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([{ appId, agentId: 'ana' }]);
      const [one, two] = ['One', 'Two'].map((name) => savingAgents(agentOf(appId, 'ana', { name })));
      if (!one || !two) throw new Error('two changes');
      expect(await context.store.commit(version, one)).toBe('committed');
      expect(await context.store.commit(version, two)).toBe('conflict');
      expect((await context.store.load([{ appId, agentId: 'ana' }])).agents[0]?.name).toBe('One');
    });
  });

  describe('moves', () => {
    test.each([
      ['none', { count: 0, firstStartsAt: MORNING, last: null }],
      [
        'one to another agent only',
        {
          count: 0,
          firstStartsAt: MORNING,
          last: { at: MORNING, version: 2, startsAt: MORNING, agentId: 'a'.repeat(128) },
        },
      ],
      ['one that was taken back', { count: 1, firstStartsAt: MORNING - MINUTES, last: null }],
      [
        'a great many',
        {
          count: 1_000_000,
          firstStartsAt: 1,
          last: { at: 9_999_999_999_999, version: 999_999_999, startsAt: 9_999_999_999_999, agentId: null },
        },
      ],
    ])('%s, as they were stored', async (_, moves) => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x', moves });
      expect(await put(call)).toBe('committed');
      expect((await context.store.load([needOf(call)])).calls).toEqual([call]);
    });
  });
}
