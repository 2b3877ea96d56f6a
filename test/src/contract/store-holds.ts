import { NO_CHANGES, type Changes, type Claim, type Hold, type Need } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, MINUTES, MORNING, needOfSlot, sampleCall, slotOfDay } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What a store owes to those for whom time is held. */
export function holdContract(context: StoreContext): void {
  const { newApp, put } = context;

  const at = (minutes: number) => MORNING + minutes * MINUTES;
  const holdOf = (appId: string, over: Partial<Hold> = {}): Hold => ({
    appId,
    id: 'hold',
    agentId: 'ana',
    from: at(0),
    to: at(30),
    callId: null,
    expiresAt: at(-60),
    ...over,
  });
  const claimOf = ({ appId, agentId, from, to, callId }: Hold): Claim => ({
    appId,
    agentId,
    from,
    to,
    ...(callId !== null && { callId }),
  });
  const placing = (...placed: Hold[]): Changes => ({ ...NO_CHANGES, placed, claimed: placed.map(claimOf) });
  const dropping = (...dropped: Hold[]): Changes => ({ ...NO_CHANGES, dropped });
  const dayOf = (appId: string, agentId = 'ana') => needOfSlot(appId, slotOfDay(agentId));
  const load = (...needs: Need[]) => context.store.load(needs);
  const byId = (a: Hold, b: Hold) => (a.id < b.id ? -1 : 1);
  const holds = async (...needs: Need[]) => (await load(...needs)).holds.toSorted(byId);
  /** Loads, has `meanwhile` happen, and commits. */
  const commit = async (appId: string, changes: Changes, meanwhile?: () => Promise<unknown>) => {
    const { version } = await load(dayOf(appId), dayOf(appId, 'ben'));
    await meanwhile?.();
    return context.store.commit(version, changes);
  };
  const place = (...placed: Hold[]) => commit(placed[0]?.appId ?? '', placing(...placed));

  describe('holds', () => {
    test('every hold of the agents whose time is looked at, as it was stored, also when it is over', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      const mine = [
        holdOf(appId, { id: 'a', callId: 'x', expiresAt: at(5) }),
        holdOf(appId, { id: 'b', from: at(90), to: at(95) }),
        holdOf(appId, { id: 'c', from: at(60 * 24 * 30), to: at(60 * 24 * 30 + 1) }),
      ];
      const bens = holdOf(appId, { id: 'd', agentId: 'ben' });
      expect(await place(...mine)).toBe('committed');
      expect(await place(bens)).toBe('committed');
      expect(await place(holdOf(other, { id: 'a' }))).toBe('committed');
      expect(await holds(dayOf(appId))).toEqual(mine);
      expect(await holds({ appId, agentId: 'ben' })).toEqual([bens]);
      expect(await holds({ appId, roster: true })).toEqual([...mine, bens]);
      expect(await holds(dayOf(other))).toEqual([holdOf(other, { id: 'a' })]);
      expect(await holds({ appId })).toEqual([]);
    });

    test('one by its name, and none of another app', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      const named = holdOf(appId, { id: 'named' });
      await place(named, holdOf(appId, { id: 'beside', from: at(30), to: at(60) }));
      expect(await holds({ appId, holdId: 'named' })).toEqual([named]);
      expect(await holds({ appId: other, holdId: 'named' }, { appId, holdId: 'unknown' })).toEqual([]);
    });

    test.each<[string, Partial<Hold>, 'committed' | 'conflict']>([
      ['in the middle', { from: at(10), to: at(11) }, 'conflict'],
      ['by a minute before', { from: at(-29), to: at(1) }, 'conflict'],
      ['by a minute after', { from: at(29), to: at(59) }, 'conflict'],
      ['by touching it before', { from: at(-30), to: at(0) }, 'committed'],
      ['by touching it after', { from: at(30), to: at(60) }, 'committed'],
      ['with another agent', { agentId: 'ben' }, 'committed'],
    ])('a hold that was placed meanwhile meets a claim %s', async (_, over, expected) => {
      const appId = await newApp();
      const meanwhile = async () => expect(await place(holdOf(appId, over))).toBe('committed');
      expect(await commit(appId, changesOf(sampleCall({ appId, id: 'x' })), meanwhile)).toBe(expected);
      expect(await context.probe.calls(appId)).toHaveLength(expected === 'committed' ? 1 : 0);
    });

    test('one of another app, and one that was there, are not in the way', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      expect(await place(holdOf(appId))).toBe('committed');
      const meanwhile = async () => {
        await place(holdOf(other));
        await put(sampleCall({ appId, id: 'later', startsAt: at(120) }));
      };
      expect(await commit(appId, changesOf(sampleCall({ appId, id: 'x' })), meanwhile)).toBe('committed');
    });

    test('one that was placed anew under its id was not there', async () => {
      const appId = await newApp();
      await place(holdOf(appId, { from: at(60), to: at(90) }));
      const meanwhile = async () => {
        expect(await commit(appId, dropping(holdOf(appId)))).toBe('committed');
        expect(await place(holdOf(appId))).toBe('committed');
      };
      expect(await commit(appId, changesOf(sampleCall({ appId, id: 'x' })), meanwhile)).toBe('conflict');
    });

    test('of many who hold one slot at once exactly one does', async () => {
      const appId = await newApp();
      const { version } = await load(dayOf(appId));
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          context.store.commit(version, placing(holdOf(appId, { id: `hold-${index}` }))),
        ),
      );
      expect(results.filter((result) => result === 'committed')).toHaveLength(1);
      expect(await holds(dayOf(appId))).toHaveLength(1);
    });

    test('a hold meets a call that took the time meanwhile, unless it is the one that it is for', async () => {
      for (const [callId, minutes, expected] of [
        ['theirs', 15, 'conflict'],
        ['mine', 15, 'committed'],
        ['theirs', 30, 'committed'],
        [null, 30, 'committed'],
      ] as const) {
        const appId = await newApp();
        const meanwhile = () => put(sampleCall({ appId, id: 'mine', startsAt: at(minutes) }));
        expect(await commit(appId, placing(holdOf(appId, { callId })), meanwhile)).toBe(expected);
        expect(await holds(dayOf(appId))).toHaveLength(expected === 'committed' ? 1 : 0);
      }
    });

    test('a hold for a call excuses that call in no other claim of the batch', async () => {
      const appId = await newApp();
      const hold = holdOf(appId, { callId: 'mine', from: at(120), to: at(150) });
      const changes = { ...changesOf(sampleCall({ appId, id: 'x' })), placed: [hold] };
      const meanwhile = () => put(sampleCall({ appId, id: 'mine' }));
      const batch = { ...changes, claimed: [...changes.claimed, claimOf(hold)] };
      expect(await commit(appId, batch, meanwhile)).toBe('conflict');
      expect((await context.probe.calls(appId)).map(({ id }) => id)).toEqual(['mine']);
    });

    test('dropping one that is gone is no conflict, and one of another app stays', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      const [mine, theirs] = [holdOf(appId), holdOf(other)];
      await place(mine);
      await place(theirs);
      const meanwhile = () => commit(appId, dropping(mine));
      const call = sampleCall({ appId, id: 'x' });
      expect(await commit(appId, { ...changesOf(call), dropped: [mine] }, meanwhile)).toBe('committed');
      expect(await holds({ appId, holdId: mine.id })).toEqual([]);
      expect(await holds(dayOf(other))).toEqual([theirs]);
    });

    test('an id can be used again, also in the commit that drops it', async () => {
      const appId = await newApp();
      await place(holdOf(appId));
      const again = holdOf(appId, { from: at(90), to: at(100), expiresAt: at(7) });
      expect(await commit(appId, { ...placing(again), dropped: [holdOf(appId)] })).toBe('committed');
      expect(await holds(dayOf(appId))).toEqual([again]);
    });

    test('a commit that conflicts leaves the holds as they were', async () => {
      const appId = await newApp();
      const stays = holdOf(appId);
      await place(stays);
      const call = sampleCall({ appId, id: 'x', agentId: 'ben' });
      const placed = [holdOf(appId, { id: 'new', agentId: 'ben', from: at(60), to: at(90) })];
      const changes = { ...changesOf(call), placed, dropped: [stays] };
      const meanwhile = () => put(sampleCall({ appId, id: 'theirs', agentId: 'ben' }));
      expect(await commit(appId, changes, meanwhile)).toBe('conflict');
      expect(await holds(dayOf(appId), dayOf(appId, 'ben'))).toEqual([stays]);
    });
  });
}
