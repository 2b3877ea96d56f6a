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
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
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
  let db: MemoryDatabase;
  let loads: number[];
  /** What somebody else does before it is looked wider. */
  let before: ((other: Scheduler) => Promise<unknown>) | undefined;
  /** And each time that it has been. */
  let after: ((other: Scheduler) => Promise<unknown>) | undefined;
  beforeEach(async () => {
    db = memoryDatabase();
    const store = memoryStore(db);
    const ports = { clock: fixedClock(NOW), ids: uuidIds };
    const other = createScheduler({ store, ...ports });
    loads = [];
    [before, after] = [undefined, undefined];
    const load = async (needs: readonly Need[]) => {
      loads.push(needs.length);
      if (!needs.some(({ roster }) => roster)) return store.load(needs);
      const does = before;
      before = undefined;
      await does?.(other);
      const loaded = await store.load(needs);
      await after?.(other);
      return loaded;
    };
    scheduler = createScheduler({ store: { ...store, load }, ...ports });
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

  test('is as the calls are by then, also one that keeps its time', async () => {
    const ids = await booked(days(3));
    const moveAlone = (by: Scheduler, startsAt: number) =>
      by.execute({ ...told, type: 'reschedule', callId: ids[1] ?? '', edits: { startsAt } });
    await moveAlone(scheduler, at(2, 120));
    await booked([at(1, 60)]);
    await booked([at(9, 30)], 'ben');
    const wish = () => change(ids[0], { startsAt: at(1, 60) });
    expect(brief(await wish())).toEqual(['ana 30', 'ana 90', 'ana 15', 'ben 60', 'cy 60']);
    before = (other) => moveAlone(other, at(9, 30));
    expect(brief(await wish())).toEqual(['ana 30', 'ana 90', 'ana 15', 'ana 105', 'cy 60']);
  });

  test.each([
    [1, ['ana 30', 'ana 90', 'ana 15', 'ben 60', 'cy 60']],
    [2, []],
  ])('is searched for twice at most, where %i others are faster', async (times, offered) => {
    const ids = await booked(days(3));
    await booked([at(1, 60)]);
    let left = times;
    after = async (other) => {
      left -= 1;
      const edits = { guestName: `G${loads.length}` };
      if (left >= 0) await other.execute({ ...told, type: 'reschedule', callId: ids[2] ?? '', edits });
    };
    const refused = await change(ids[0], { startsAt: at(1, 60) });
    expect([refused.carriedOut, left]).toEqual([false, -1]);
    expect(brief(refused)).toEqual(offered);

    left = times;
    const kept: string[][] = [];
    const once = {
      key: { appId: 'app', principal: 'me', digest: 'd' },
      fingerprint: 'f',
      answer: (outcome: { alternatives: readonly Offer[] }) => String(kept.push(brief(outcome))),
    };
    const edits = { startsAt: at(1, 60) };
    await scheduler.changeSeriesOnce(
      { ...told, type: 'reschedule', callId: ids[0] ?? '', edits },
      'all',
      once,
    );
    expect([kept.at(-1), left]).toEqual([offered, -1]);
  });

  test('is nothing where others are faster at every attempt', async () => {
    const ids = await booked(days(3));
    await booked([at(1, 60)]);
    after = (other) => {
      const edits = { guestName: `G${loads.length}` };
      return other.execute({ ...told, type: 'reschedule', callId: ids[2] ?? '', edits });
    };
    const edits = { startsAt: at(1, 60) };
    const command = { ...told, type: 'reschedule', callId: ids[0] ?? '', edits } as const;
    expect(await scheduler.previewSeries(command, 'all')).toEqual({ kind: 'contended' });
  });

  test('is said also of a call that was booked after its change was planned', async () => {
    await booked([at(1, 60)]);
    const store = memoryStore(db);
    let plans = 0;
    const load = async (needs: readonly Need[]) => {
      const loaded = await store.load(needs);
      plans += 1;
      const booking = { ...told, ...guest, callId: 'late', agentId: 'ana', startsAt: at(3) };
      if (plans === 1) await scheduler.execute(booking);
      return loaded;
    };
    const late = createScheduler({ store: { ...store, load }, clock: fixedClock(NOW), ids: uuidIds });
    const edits = { startsAt: at(1, 60) };
    const refused = await late.changeSeries({ ...told, type: 'reschedule', callId: 'late', edits }, 'all');
    expect(refused).toMatchObject({ results: [{ decision: { kind: 'slot_taken' } }] });
    expect('alternatives' in refused && brief(refused)).toContain('ana 30');
  });

  test('is looked for only where all that is refused is refused for its place', async () => {
    const ids = await booked(days(2));
    await booked([at(1, 60)]);
    loads.length = 0;
    const stale = await change(ids[1], { startsAt: at(2, 60) }, { versions: [9] });
    expect([stale.carriedOut, stale.alternatives]).toEqual([false, []]);
    // The call, its series, one look, and whether the calls are as they were.
    expect(loads).toEqual([1, 1, 2, 2]);
  });

  test('keeps to the clocks of a zone, and to the hours, where clocks change', async () => {
    // 10:00 in Paris; clocks go back in the night to the 25th.
    const starts = [21, 22, 23].map((day) => Date.UTC(2026, 9, day, 8));
    const hours = { start: '10:00', end: '10:30', timezone: 'Europe/Paris' };
    const windows = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, ...hours }));
    const off = { kind: 'blocked' as const, from: Date.UTC(2026, 9, 18), to: Date.UTC(2026, 9, 22) };
    const availability = { windows, exceptions: [off], doNotDisturb: [] };
    await scheduler.saveAvailability({ appId: 'app', agentId: 'ana', availability });
    const booking = { ...told, ...guest, appTimezone: 'Europe/Paris' };
    const asked = await scheduler.bookSeries({ booking: { ...booking, agentId: 'ana' }, starts });
    const shown = (outcome: { kind: string; alternatives?: readonly Offer[] }) =>
      (outcome.alternatives ?? [])
        .filter(({ agentId }) => agentId === 'ana')
        .map(({ from }) => new Date(from).toISOString().slice(5, 16));
    expect(shown(asked)).toEqual(['10-22T08:00', '10-23T08:00', '10-24T08:00']);
    const made = await scheduler.bookSeries({ booking: { ...booking, agentId: 'ben' }, starts });
    if (made.kind !== 'series') throw new Error(made.kind);
    const command = { ...told, type: 'reschedule', callId: made.results[0]?.callId ?? '' } as const;
    const changed = await scheduler.previewSeries({ ...command, edits: { agentId: 'ana' } }, 'all');
    expect(shown(changed).slice(0, 3)).toEqual(['10-22T08:00', '10-23T08:00', '10-24T08:00']);
  });

  test('is none where a calendar is very full', async () => {
    const short = { durationMinutes: 10 };
    const [first] = await booked([at(1)], 'ana', short);
    const call = db.calls.get(`app/${first}`);
    if (!call) throw new Error('no call');
    for (let quarter = 1; quarter < 60 * 96; quarter += 1) {
      const id = `c${quarter}`;
      db.calls.set(`app/${id}`, { ...call, id, startsAt: at(1, quarter * 15) });
    }
    const every = (step: number) => Array.from({ length: 7 }, (_, index) => at(3 + index * step));
    expect(brief(await book(every(2), 'ana', short))).toEqual(['ben 2880', 'cy 2880']);
    expect(brief(await book(every(8), 'ana', short))).toEqual([]);
  });

  test('of a hundred calls is one place of the same agent, and one of another', async () => {
    await booked([at(100)]);
    expect(brief(await book(days(100)))).toEqual(['ana -30', 'ben 0']);
    for (const agentId of ['ben', 'cy']) await booked([at(50)], agentId);
    expect(brief(await book(days(100)))).toEqual(['ana -30']);
  });
});
