import { NO_CHANGES, Outage } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import {
  changesOf,
  MINUTES,
  MORNING,
  needOf,
  needOfSlot,
  next,
  sampleCall,
  sampleEvent,
  savingAgents,
  slotOfDay,
} from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `commit` owes. */
export function commitContract(context: StoreContext): void {
  const { newApp, put, occupied, everything } = context;

  describe('commit', () => {
    test('numbers the events of a call without gaps, as they came', async () => {
      const appId = await newApp();
      let call = sampleCall({ appId, id: 'x' });
      await put(call);
      for (let round = 0; round < 5; round += 1) {
        call = { ...next(call, { startsAt: call.startsAt + MINUTES }), lastSeq: call.lastSeq + 2 };
        const events = [sampleEvent(call, call.lastSeq - 1), sampleEvent(call)];
        const { version } = await context.store.load([needOf(call)]);
        expect(await context.store.commit(version, { ...NO_CHANGES, calls: [{ call, events }] })).toBe(
          'committed',
        );
      }
      const events = await context.probe.events(appId);
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
      expect(events.map(({ version }) => version)).toEqual([1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
      expect(await context.probe.calls(appId)).toEqual([
        { id: 'x', version: 6, lastSeq: 11, startsAt: call.startsAt },
      ]);
    });

    test('conflicts on a stale call, and leaves nothing of the whole batch', async () => {
      const appId = await newApp();
      const [stale, fresh] = ['stale', 'fresh'].map((id) => sampleCall({ appId, id, agentId: 'ana' }));
      if (!stale || !fresh) throw new Error('two calls');
      await put(stale);
      await put(next(stale, { guestName: 'first' }));
      const before = await everything(appId);
      const { version } = await context.store.load([
        needOf(stale),
        needOf(fresh),
        needOfSlot(appId, slotOfDay('ana')),
      ]);
      expect(
        await context.store.commit(version, changesOf(fresh, next(stale, { guestName: 'second' }))),
      ).toBe('conflict');
      expect(await everything(appId)).toEqual(before);
    });

    test('conflicts when a call that it relies on has changed, and leaves nothing; while it is as it was, it stays so', async () => {
      const appId = await newApp();
      const [relied, changed] = ['relied', 'changed'].map((id) => sampleCall({ appId, id, agentId: null }));
      if (!relied || !changed) throw new Error('two calls');
      await put(relied);
      await put(changed);
      const later = next(relied, { guestName: 'later' });
      await put(later);
      const before = await everything(appId);
      const { version } = await context.store.load([needOf(relied), needOf(changed)]);
      const renamed = changesOf(next(changed, { guestName: 'changed' }));
      for (const reliedOn of [[relied], [later, relied], [{ ...later, id: 'missing' }]]) {
        expect(await context.store.commit(version, { ...renamed, reliedOn })).toBe('conflict');
      }
      expect(await everything(appId)).toEqual(before);
      expect(await context.store.commit(version, { ...renamed, reliedOn: [later] })).toBe('committed');
      expect(await context.probe.calls(appId)).toEqual([
        expect.objectContaining({ id: 'changed', version: 2 }),
        expect.objectContaining({ id: 'relied', version: 2, lastSeq: 2 }),
      ]);
    });

    test('of two who rely on the call that the other one changes, at most one is stored', async () => {
      const appId = await newApp();
      for (let round = 0; round < 20; round += 1) {
        const pair = ['a', 'b'].map((id) => sampleCall({ appId, id: `${id}${round}`, agentId: null }));
        for (const call of pair) await put(call);
        const { version } = await context.store.load(pair.map(needOf));
        const results = await Promise.all(
          pair.map((call) =>
            context.store.commit(version, {
              ...changesOf(next(call, { guestName: 'changed' })),
              reliedOn: pair.filter((other) => other !== call),
            }),
          ),
        );
        expect(results.filter((result) => result === 'committed').length).toBeLessThanOrEqual(1);
      }
    });

    test('conflicts on a call that has come to be', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      await put(call);
      const before = await everything(appId);
      expect(await put(call)).toBe('conflict');
      expect(await everything(appId)).toEqual(before);
    });

    test('of two who add one agent at once the second conflicts', async () => {
      const appId = await newApp();
      const agent = { appId, id: 'new', name: 'New', active: true };
      const { version } = await context.store.load([{ appId, agentId: 'new' }]);
      const changes = savingAgents(agent);
      expect(await context.store.commit(version, changes)).toBe('committed');
      expect(await context.store.commit(version, changes)).toBe('conflict');
    });

    test('of two records of one agent in a batch the later one stands, also of a new one', async () => {
      const appId = await newApp();
      for (const id of ['ana', 'new']) {
        const { version } = await context.store.load([{ appId, agentId: id }]);
        const agents = [true, false].map((active) => ({ appId, id, name: `active: ${active}`, active }));
        expect([id, await context.store.commit(version, savingAgents(...agents))]).toEqual([id, 'committed']);
        const loaded = await context.store.load([{ appId, agentId: id }]);
        expect(loaded.agents).toEqual(savingAgents(...agents).agents.slice(1));
      }
    });

    test('a commit that fails halfway leaves nothing', async ({ skip }) => {
      const { unstorable } = context.harness;
      if ('reason' in unstorable) return skip(unstorable.reason);
      const appId = await newApp();
      const before = await everything(appId);
      const good = sampleCall({ appId, id: 'good' });
      const bad = unstorable(sampleCall({ appId, id: 'zz', startsAt: MORNING + 60 * MINUTES }));
      await expect(put(good, bad)).rejects.toBeInstanceOf(Outage);
      expect(await everything(appId)).toEqual(before);
    });

    test('keeps apps apart that use the same ids', async () => {
      const [a, b] = [await newApp(), await newApp()];
      const inA = sampleCall({ appId: a, id: 'same', guestName: 'in a' });
      const inB = sampleCall({ appId: b, id: 'same', guestName: 'in b' });
      expect(await put(inA)).toBe('committed');
      expect(await put(inB)).toBe('committed');
      await put(next(inA, { agentId: 'ben' }));
      expect((await context.store.load([needOf(inB)])).calls).toEqual([inB]);
      expect(await occupied(b, 'ben', MORNING, MORNING + MINUTES)).toEqual([]);
      expect(await occupied(b, 'ana', MORNING, MORNING + MINUTES)).toEqual(['same']);
      expect(await context.probe.calls(b)).toEqual([
        { id: 'same', version: 1, lastSeq: 1, startsAt: MORNING },
      ]);
      const { calls, occupied: slots } = await context.store.load([needOf(inA), needOf(inB)]);
      expect(calls).toHaveLength(2);
      expect(new Set(slots.map(({ appId, agentId }) => `${appId}/${agentId}`))).toEqual(
        new Set([`${a}/ben`, `${b}/ana`]),
      );
    });

    test('a batch of calls with notes of full length, in characters of every width', async () => {
      const appId = await newApp();
      const intakeNotes = '😀é"\\'.repeat(2_500);
      const calls = Array.from({ length: 256 }, (_, index) =>
        sampleCall({ appId, id: `call-${index}`, startsAt: MORNING + index * 30 * MINUTES, intakeNotes }),
      );
      expect(await put(...calls)).toBe('committed');
      const loaded = await context.store.load(calls.map(needOf));
      expect(loaded.calls).toHaveLength(256);
      expect(new Set(loaded.calls.map((call) => call.intakeNotes))).toEqual(new Set([intakeNotes]));
    });

    test('a batch of several hundred calls and events', async () => {
      const appId = await newApp();
      const calls = Array.from({ length: 300 }, (_, index) =>
        sampleCall({ appId, id: `call-${index}`, startsAt: MORNING + index * 30 * MINUTES }),
      );
      expect(await put(...calls)).toBe('committed');
      expect(await context.probe.calls(appId)).toHaveLength(300);
      const moved = calls.map((call) => next(call, { startsAt: call.startsAt + MINUTES }));
      const { version, ...loaded } = await context.store.load(calls.map(needOf));
      expect(loaded.calls).toHaveLength(300);
      expect(await context.store.commit(version, changesOf(...moved))).toBe('committed');
      expect(await context.probe.events(appId)).toHaveLength(600);
    });
  });
}
