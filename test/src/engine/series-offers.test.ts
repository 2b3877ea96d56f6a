import {
  createScheduler,
  DAY,
  DEFAULT_POLICY,
  MINUTE,
  type Need,
  type Offer,
  type Scheduler,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore } from '@reslot/adapters/memory';
import { uuidIds } from '@reslot/adapters/ids';
import { beforeEach, describe, expect, test } from 'vitest';

/** A Friday. */
const NOW = Date.UTC(2026, 4, 1);
const at = (day: number, minutes = 0) => NOW + day * DAY + 10 * 60 * MINUTE + minutes * MINUTE;
const told = { appId: 'app', actor: { type: 'api', id: 'me' }, source: 'test' } as const;
const guest = { type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;
const days = (count: number, minutes = 0) => Array.from({ length: count }, (_, day) => at(day + 1, minutes));

describe('what is offered for a series that finds no place', () => {
  let scheduler: Scheduler;
  let loads: number[];
  beforeEach(async () => {
    const store = memoryStore(memoryDatabase());
    loads = [];
    const load = (needs: readonly Need[]) => {
      loads.push(needs.length);
      return store.load(needs);
    };
    scheduler = createScheduler({ store: { ...store, load }, clock: fixedClock(NOW), ids: uuidIds });
    for (const id of ['ana', 'ben', 'cy']) {
      await scheduler.saveAgent({ agent: { appId: 'app', id, name: id, active: true } });
    }
  });

  const book = async (starts: number[], agentId: string | null = 'ana', more: object = {}) => {
    const outcome = await scheduler.bookSeries({ booking: { ...told, ...guest, agentId, ...more }, starts });
    if (outcome.kind !== 'series') throw new Error(outcome.kind);
    return outcome;
  };
  const booked = async (...args: Parameters<typeof book>): Promise<string[]> => {
    const { carriedOut, results } = await book(...args);
    expect(carriedOut).toBe(true);
    return results.map(({ callId }) => callId);
  };
  const change = async (callId: string | undefined, edits: object, more: object = {}) => {
    const command = { ...told, type: 'reschedule', callId: callId ?? '', edits, ...more } as const;
    const outcome = await scheduler.previewSeries(command, 'all');
    if (outcome.kind !== 'series') throw new Error(outcome.kind);
    return outcome;
  };
  const give = (callId: string | undefined, agentId: string) =>
    scheduler.execute({ ...told, type: 'reschedule', callId: callId ?? '', edits: { agentId } });
  /** The agent, and the minutes after ten on the first day. */
  const brief = ({ alternatives }: { alternatives: readonly Offer[] }) =>
    alternatives.map(({ agentId, from }) => `${agentId} ${(from - at(1)) / MINUTE}`);

  test('requests that find their places do not pay for it', async () => {
    const ids = await booked(days(3));
    expect(loads.splice(0).slice(-1)).toEqual([3]);
    const made = await change(ids[0], { startsAt: at(1, 60) });
    expect([made.carriedOut, made.alternatives]).toEqual([true, []]);
    // The call, its series, and one look.
    expect(loads.splice(0)).toEqual([1, 1, 3]);
    expect((await book(days(3), 'ana')).carriedOut).toBe(false);
    expect(loads).toEqual([3, 3]);
  });

  test('is where all calls find their places: of the same agent the nearest, then of others', async () => {
    await booked([at(1)]);
    await booked([at(2, 30)]);
    await booked([at(3, -30)]);
    await booked([at(2)], 'ben');
    expect(brief(await book(days(3)))).toEqual(['ana -60', 'ana 60', 'ana -75', 'ana 75', 'cy 0']);
  });

  test('holds to the days of a policy, and to what is held', async () => {
    const dailyCap = { calls: 1, timezone: 'UTC' };
    await booked([at(2)]);
    await scheduler.savePolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, dailyCap } });
    expect(brief(await book(days(2), 'ana'))).toEqual(['ana -615', 'ana -630', 'ana -645', 'ben 0', 'cy 0']);
    await scheduler.savePolicy({ appId: 'app', policy: DEFAULT_POLICY });
    for (const agentId of ['ana', 'ben']) {
      const slot = { agentId, startsAt: at(1), durationMinutes: 60 };
      await scheduler.placeHold({ ...told, ...slot, seconds: 600 });
    }
    expect(brief(await book(days(2), 'ana'))).toEqual(['ana -30', 'ana -45', 'ana -60', 'ana 60', 'cy 0']);
  });

  test('of a change that leaves each with its agent is accepted for all of them, named or not', async () => {
    const ids = await booked(days(3));
    await give(ids[1], 'ben');
    await booked([at(1, 60)]);
    // Half an hour earlier, ben is in the way of the second; and half an hour later ana, if she were named.
    await booked([at(2, 30)], 'ben');
    await booked([at(2, 90)], 'ana');
    const refused = await change(ids[0], { startsAt: at(1, 60) });
    expect(brief(refused)).toEqual(['ana 120', 'ana -15', 'ana 135', 'ben 60', 'cy 60']);
    for (const { agentId, from: startsAt } of refused.alternatives) {
      expect((await change(ids[0], { startsAt, agentId })).carriedOut).toBe(true);
      if (agentId === 'ana') expect((await change(ids[0], { startsAt })).carriedOut).toBe(true);
    }
  });

  test('is taken without an override, and asked for the version that was named', async () => {
    const ids = await booked(days(2));
    await booked([at(2, 60)]);
    const exceptions = [{ kind: 'blocked' as const, from: at(1, 90), to: at(1, 600) }];
    const availability = { windows: [], exceptions, doNotDisturb: [] };
    await scheduler.saveAvailability({ appId: 'app', agentId: 'ana', availability });
    const how = { overrides: ['availability'], versions: [1] };
    const refused = await change(ids[0], { startsAt: at(1, 60) }, how);
    expect(brief(refused)).toEqual(['ana 30', 'ana 15', 'ana -15', 'ben 60', 'cy 60']);
    const stale = await change(ids[0], { startsAt: at(1, 60) }, { versions: [9] });
    expect(stale.alternatives).toEqual([]);
  });

  test('of a hundred calls is three places of the same agent at most', async () => {
    await booked([at(100)]);
    expect(brief(await book(days(100)))).toEqual(['ana -30', 'ana 30', 'ana -45', 'ben 0', 'cy 0']);
    for (const agentId of ['ben', 'cy']) await booked([at(50)], agentId);
    expect(brief(await book(days(100)))).toEqual(['ana -30', 'ana 30', 'ana -45']);
  });
});
