import { ALWAYS, type Call, type Known, type Need } from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { MINUTES, MORNING, needOf, needOfSlot, next, sampleCall, slotOfDay } from './samples.ts';
import type { StoreContext } from './store-context.ts';

/** What `load` owes. */
export function loadContract(context: StoreContext): void {
  const { newApp, put, occupied, saveAgent } = context;

  describe('load', () => {
    test('nothing for no needs, and nothing that is not there', async () => {
      const empty = { calls: [], agents: [], occupied: [] };
      expect(await context.store.load([])).toMatchObject(empty);
      const needs = [needOf({ appId: 'nowhere', id: 'nothing' }), needOfSlot('nowhere', slotOfDay('nobody'))];
      expect(await context.store.load(needs)).toMatchObject(empty);
    });

    test('a call as it was stored, to the last field', async () => {
      const appId = await newApp();
      const full = sampleCall({
        appId,
        id: 'full',
        series: { id: 'series-of-Full', wallTime: '2031-04-05T11:00:00.125' },
        status: 'cancelled',
        cancelledAt: MORNING,
        cancellationReason: 'é',
      });
      const bare = sampleCall({
        appId,
        id: 'bare',
        agentId: null,
        guestPhone: null,
        guestEmail: null,
        guestTimezone: null,
        intakeNotes: null,
        reminders: [],
      });
      expect(await put(full)).toBe('committed');
      expect(await put(bare)).toBe('committed');
      const { calls } = await context.store.load([needOf(full), needOf(bare)]);
      expect(calls.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([bare, full]);
    });

    test('every call of a series, whatever its status, and of that app and that series only', async () => {
      const [appId, other] = [await newApp(), await newApp()];
      const of = (app: string, id: string, seriesId: string, minutes: number, over: Partial<Call> = {}) =>
        sampleCall({
          appId: app,
          id,
          startsAt: MORNING + minutes * MINUTES,
          series: { id: seriesId, wallTime: '2031-04-05T11:00:00' },
          ...over,
        });
      const mine = [
        of(appId, 'a', 's', 0),
        of(appId, 'b', 's', 30, { status: 'cancelled' }),
        of(appId, 'c', 's', 60, { agentId: null }),
      ];
      const second = of(appId, 'd', 't', 90);
      await put(...mine, second, of(appId, 'e', 'S', 120), sampleCall({ appId, id: 's', agentId: null }));
      await put(of(other, 'a', 's', 0), of(other, 'f', 's', 30));
      const load = async (...needs: Need[]) => {
        const { calls } = await context.store.load(needs);
        return [...new Map(calls.map((call) => [`${call.appId}/${call.id}`, call])).values()].toSorted(
          (one, another) => (one.id < another.id ? -1 : 1),
        );
      };
      expect(await load({ appId, seriesId: 's' })).toEqual(mine);
      expect(await load({ appId, seriesId: 's' }, { appId, seriesId: 't' })).toEqual([...mine, second]);
      expect(await load({ appId, seriesId: 's' }, needOf(second), needOf({ appId, id: 'a' }))).toEqual([
        ...mine,
        second,
      ]);
      const crossed = await load({ appId, seriesId: 't' }, { appId: other, seriesId: 's' });
      expect(crossed.map((call) => [call.appId, call.id])).toEqual([
        [other, 'a'],
        [appId, 'd'],
        [other, 'f'],
      ]);
      expect(await load({ appId, seriesId: 'a' })).toEqual([]);
      expect(await load({ appId: 'nowhere', seriesId: 's' })).toEqual([]);
    });

    test('a call whose series moves with it, and one whose series alone moves', async () => {
      const appId = await newApp();
      const series = { id: 's', wallTime: '2031-04-05T11:00:00' };
      const call = sampleCall({ appId, id: 'x', series });
      await put(call);
      const moved = next(call, {
        startsAt: MORNING + 30 * MINUTES,
        series: { ...series, wallTime: '2031-04-05T11:30:00' },
      });
      await put(moved);
      expect((await context.store.load([{ appId, seriesId: 's' }])).calls).toEqual([moved]);
      const alone = next(moved, { series: { ...series, wallTime: '2031-04-05T12:00:00' } });
      await put(alone);
      expect((await context.store.load([{ appId, seriesId: 's' }])).calls).toEqual([alone]);
    });

    test('an agent as it was stored', async () => {
      const appId = await newApp();
      await saveAgent(appId, 'ben', false);
      const { agents } = await context.store.load([
        needOfSlot(appId, slotOfDay('ana')),
        needOfSlot(appId, slotOfDay('ben')),
      ]);
      expect(agents.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { appId, id: 'ana', name: 'Agent ana é', active: true, email: null, availability: ALWAYS, turn: 0 },
        { appId, id: 'ben', name: 'Agent ben é', active: false, email: null, availability: ALWAYS, turn: 0 },
      ]);
    });

    test('an agent of whom only the record is needed, and no slots', async () => {
      const appId = await newApp();
      await put(sampleCall({ appId, id: 'x' }));
      const { agents, occupied: slots } = await context.store.load([{ appId, agentId: 'ana' }]);
      expect(agents.map(({ id }) => id)).toEqual(['ana']);
      expect(slots).toEqual([]);
    });

    test('each need is asked for its calendars with the call that is stored', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'asked' });
      await put(call);
      const seen: (Call | undefined)[] = [];
      const calendars = ({ call: loaded }: Known) => {
        seen.push(loaded);
        return [];
      };
      await context.store.load([
        { appId, callId: 'asked', calendars },
        { appId, callId: 'unknown', calendars },
        { appId, calendars },
      ]);
      expect(seen).toEqual(expect.arrayContaining([call, undefined]));
    });

    test('the slots that overlap, with buffers, and none that only touch', async () => {
      const appId = await newApp();
      const at = (minutes: number) => MORNING + minutes * MINUTES;
      await put(
        sampleCall({ appId, id: 'nine', startsAt: at(0) }),
        sampleCall({ appId, id: 'ten', startsAt: at(60), bufferBeforeMinutes: 10, bufferAfterMinutes: 5 }),
      );
      expect(await occupied(appId, 'ana', at(-30), at(0))).toEqual([]);
      expect(await occupied(appId, 'ana', at(-30), at(0) + 1)).toEqual(['nine']);
      expect(await occupied(appId, 'ana', at(30), at(50))).toEqual([]);
      expect(await occupied(appId, 'ana', at(30) - 1, at(50) + 1)).toEqual(['nine', 'ten']);
      expect(await occupied(appId, 'ana', at(95), at(120))).toEqual([]);
      expect(await occupied(appId, 'ana', at(95) - 1, at(120))).toEqual(['ten']);
      expect(await occupied(appId, 'ben', at(-30), at(120))).toEqual([]);
      const { occupied: slots } = await context.store.load([
        needOfSlot(appId, { agentId: 'ana', from: at(60), to: at(61) }),
      ]);
      expect(slots).toEqual([{ appId, agentId: 'ana', callId: 'ten', from: at(50), to: at(95) }]);
    });

    test('the longest possible call, seen from its last minute', async () => {
      const appId = await newApp();
      const long = { durationMinutes: 1440, bufferBeforeMinutes: 240, bufferAfterMinutes: 240 };
      await put(sampleCall({ appId, id: 'long', ...long }));
      const end = MORNING + (1440 + 240) * MINUTES;
      expect(await occupied(appId, 'ana', end - 1, end + MINUTES)).toEqual(['long']);
      expect(await occupied(appId, 'ana', end, end + MINUTES)).toEqual([]);
    });

    test.each(['scheduled', 'pending_confirmation', 'confirmed', 'started'] as const)(
      'a %s call keeps its time',
      async (status) => {
        const appId = await newApp();
        await put(sampleCall({ appId, id: 'x', status }));
        expect(await occupied(appId, 'ana', MORNING, MORNING + MINUTES)).toEqual(['x']);
      },
    );

    test.each(['completed', 'cancelled', 'no_show'] as const)('a %s call keeps no time', async (status) => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      await put(call);
      await put(next(call, { status }));
      expect(await occupied(appId, 'ana', MORNING, MORNING + MINUTES)).toEqual([]);
    });

    test('a call that moved to another time and agent keeps that time only', async () => {
      const appId = await newApp();
      const call = sampleCall({ appId, id: 'x' });
      const later = MORNING + 60 * MINUTES;
      await put(call);
      expect(await put(next(call, { agentId: 'ben', startsAt: later }))).toBe('committed');
      expect(await occupied(appId, 'ana', MORNING, later + MINUTES)).toEqual([]);
      expect(await occupied(appId, 'ben', MORNING, later)).toEqual([]);
      expect(await occupied(appId, 'ben', later, later + MINUTES)).toEqual(['x']);
    });
  });
}
