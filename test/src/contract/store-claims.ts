import type { Call, Changes } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { changesOf, MINUTES, MORNING, needOf, needOfSlot, next, sampleCall, slotOfDay } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `commit` owes to those who take time of an agent. */
export function claimContract(context: StoreContext): void {
  const { newApp, put, occupied, saveAgent, everything } = context;

  describe('claims', () => {
    test('conflicts on a slot that was taken meanwhile, and leaves nothing of the whole batch', async () => {
      const appId = await newApp();
      const { version } = await context.store.load(
        ['ana', 'ben'].map((id) => needOfSlot(appId, slotOfDay(id))),
      );
      await put(sampleCall({ appId, id: 'first', agentId: 'ben' }));
      const before = await everything(appId);
      const batch = changesOf(sampleCall({ appId, id: 'a' }), sampleCall({ appId, id: 'b', agentId: 'ben' }));
      expect(await context.store.commit(version, batch)).toBe('conflict');
      expect(await everything(appId)).toEqual(before);
    });

    test('does not mind what was taken of a calendar that it claims nothing of', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      await put(call);
      const { version } = await context.store.load([needOf(call)]);
      await put(sampleCall({ appId, id: 'y', startsAt: MORNING + 60 * MINUTES }));
      const changes = { ...changesOf(next(call, { guestName: 'edited' })), claimed: [] };
      expect(await context.store.commit(version, changes)).toBe('committed');
    });

    test('does not mind what was taken of other times, up to the minute', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      const [before, after] = [-30, 30].map((minutes) =>
        sampleCall({ appId, id: `by ${minutes}`, startsAt: MORNING + minutes * MINUTES }),
      );
      if (!before || !after) throw new Error('two calls');
      expect(await put(before, after)).toBe('committed');
      expect(await context.store.commit(version, changesOf(sampleCall({ appId, id: 'x' })))).toBe(
        'committed',
      );
      expect(await occupied(appId, 'ana', MORNING, MORNING + 30 * MINUTES)).toEqual(['x']);
    });

    test('conflicts on a minute of overlap that was taken meanwhile, on either side', async () => {
      for (const minutes of [-29, 29]) {
        const appId = await newApp();
        const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
        await put(sampleCall({ appId, id: 'other', startsAt: MORNING + minutes * MINUTES }));
        const result = await context.store.commit(version, changesOf(sampleCall({ appId, id: 'x' })));
        expect([minutes, result]).toEqual([minutes, 'conflict']);
      }
    });

    test('does not mind a slot that one of its own calls leaves', async () => {
      const appId = await newApp();
      const leaves = sampleCall({ appId, id: 'leaves' });
      await put(leaves);
      const { version } = await context.store.load([needOf(leaves), needOfSlot(appId, slotOfDay('ana'))]);
      await put(sampleCall({ appId, id: 'other', startsAt: MORNING + 120 * MINUTES }));
      const changes = changesOf(
        next(leaves, { startsAt: MORNING + 60 * MINUTES }),
        sampleCall({ appId, id: 'comes' }),
      );
      expect(await context.store.commit(version, changes)).toBe('committed');
      expect(await occupied(appId, 'ana', MORNING, MORNING + 30 * MINUTES)).toEqual(['comes']);
    });

    test('of two interleaved pairs of load and commit the second conflicts', async () => {
      const appId = await newApp();
      const [one, two] = [sampleCall({ appId, id: 'one' }), sampleCall({ appId, id: 'two' })];
      const loadedByA = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      const loadedByB = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      expect(await context.store.commit(loadedByA.version, changesOf(one))).toBe('committed');
      expect(await context.store.commit(loadedByB.version, changesOf(two))).toBe('conflict');
      expect((await context.probe.calls(appId)).map(({ id }) => id)).toEqual(['one']);
    });

    test('of many commits at once for other times of one calendar all go through', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      const neighbours = Array.from({ length: 12 }, (_, index) =>
        sampleCall({ appId, id: `neighbour-${index}`, startsAt: MORNING + index * 30 * MINUTES }),
      );
      const results = await Promise.all(
        neighbours.map((call) => context.store.commit(version, changesOf(call))),
      );
      expect(new Set(results)).toEqual(new Set(['committed']));
      expect(await context.probe.calls(appId)).toHaveLength(12);
    });

    test('of many commits at once for one slot exactly one goes through', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      const rivals = Array.from({ length: 12 }, (_, index) => sampleCall({ appId, id: `rival-${index}` }));
      const results = await Promise.all(rivals.map((call) => context.store.commit(version, changesOf(call))));
      expect(results.filter((result) => result === 'committed')).toHaveLength(1);
      expect(await context.probe.calls(appId)).toHaveLength(1);
      expect(await context.probe.events(appId)).toHaveLength(1);
    });

    test('conflicts on an agent that was set inactive meanwhile', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      expect(await saveAgent(appId, 'ana', false)).toBe('committed');
      expect(await context.store.commit(version, changesOf(sampleCall({ appId, id: 'x' })))).toBe('conflict');
    });

    test('conflicts on an agent of whom anything else was stored meanwhile', async () => {
      const appId = await newApp();
      const { version } = await context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
      expect(await saveAgent(appId, 'ana')).toBe('committed');
      expect(await context.store.commit(version, changesOf(sampleCall({ appId, id: 'x' })))).toBe('conflict');
      expect(await context.probe.calls(appId)).toEqual([]);
    });

    test('conflicts on time of an agent who is not there', async () => {
      const appId = await newApp();
      expect(await put(sampleCall({ appId, id: 'x', agentId: 'nobody' }))).toBe('conflict');
      expect(await context.probe.calls(appId)).toEqual([]);
    });
  });

  describe('claims that hold only alone', () => {
    const alone = (...calls: Call[]): Changes => {
      const changes = changesOf(...calls);
      return { ...changes, claimed: changes.claimed.map((claim) => ({ ...claim, alone: true })) };
    };
    const load = (appId: string) => context.store.load([needOfSlot(appId, slotOfDay('ana'))]);
    const later = { startsAt: MORNING + 120 * MINUTES };

    test('conflict when any time of the agent was taken since, and leave nothing', async () => {
      const appId = await newApp();
      const { version } = await load(appId);
      await put(sampleCall({ appId, id: 'other', ...later }));
      const before = await everything(appId);
      const batch = [sampleCall({ appId, id: 'x' }), sampleCall({ appId, id: 'y', agentId: null })];
      expect(await context.store.commit(version, alone(...batch))).toBe('conflict');
      expect(await everything(appId)).toEqual(before);
    });

    test('conflict also when what was taken has been left again', async () => {
      const appId = await newApp();
      const { version } = await load(appId);
      const other = sampleCall({ appId, id: 'other', ...later });
      await put(other);
      await put(next(other, { status: 'cancelled' }));
      expect(await context.store.commit(version, alone(sampleCall({ appId, id: 'x' })))).toBe('conflict');
    });

    test('do not mind what was taken of others, nor an edit, nor time that was left', async () => {
      const appId = await newApp();
      const other = sampleCall({ appId, id: 'other', ...later });
      await put(other);
      const { version } = await load(appId);
      await put(sampleCall({ appId, id: 'of ben', agentId: 'ben' }));
      const loaded = await context.store.load([needOf(other)]);
      const left = { ...changesOf(next(other, { status: 'cancelled' })), claimed: [] };
      expect(await context.store.commit(loaded.version, left)).toBe('committed');
      expect(await context.store.commit(version, alone(sampleCall({ appId, id: 'x' })))).toBe('committed');
    });

    test('stand beside each other in one batch', async () => {
      const appId = await newApp();
      const { version } = await load(appId);
      const batch = alone(sampleCall({ appId, id: 'x' }), sampleCall({ appId, id: 'y', ...later }));
      expect(await context.store.commit(version, batch)).toBe('committed');
    });

    test('of many at once for other times of one calendar exactly one goes through', async () => {
      const appId = await newApp();
      const { version } = await load(appId);
      const neighbours = Array.from({ length: 12 }, (_, index) =>
        sampleCall({ appId, id: `neighbour-${index}`, startsAt: MORNING + index * 30 * MINUTES }),
      );
      const results = await Promise.all(neighbours.map((call) => context.store.commit(version, alone(call))));
      expect(results.filter((result) => result === 'committed')).toHaveLength(1);
      expect(await context.probe.calls(appId)).toHaveLength(1);
    });

    test('one that is alone is taken into account by one that is not', async () => {
      const appId = await newApp();
      const { version } = await load(appId);
      expect(await context.store.commit(version, alone(sampleCall({ appId, id: 'x' })))).toBe('committed');
      const [same, other] = [sampleCall({ appId, id: 'same' }), sampleCall({ appId, id: 'other', ...later })];
      expect(await context.store.commit(version, changesOf(same))).toBe('conflict');
      expect(await context.store.commit(version, changesOf(other))).toBe('committed');
    });
  });
}
