import {
  createScheduler,
  DEFAULT_POLICY,
  isMovable,
  MINUTE,
  type Availability,
  type Offer,
  type RescheduleCall,
  type Scheduler,
  type SeriesCommand,
  type SeriesOutcome,
  type SeriesRequest,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { memoryDatabase, memoryStore, type MemoryDatabase } from '@reslot/adapters/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PATIENCE, RUNS } from './runs.ts';
import { instantOf, wallOf } from './series-clocks.ts';
import { openSeriesHistory, type SeriesHistory } from './series-histories.ts';
import { bookAll, scopedCommand, singleCommand } from './series-live.ts';

/** What is offered for series that are refused for their places, after random histories on memory. */

/** A limit of calls a day, and a stretch in which an agent takes none, in minutes from the first instant. */
const bounds = fc.record({
  cap: fc.constantFrom(null, null, 1, 2),
  off: fc.option(
    fc.record({
      agentId: fc.constantFrom('ana', 'ben'),
      from: fc.integer({ min: 0, max: 12_000 }),
      length: fc.integer({ min: 1, max: 600 }),
    }),
  ),
});
type Bounds = typeof bounds extends fc.Arbitrary<infer Value> ? Value : never;

interface World {
  readonly db: MemoryDatabase;
  readonly now: () => number;
  readonly scheduler: Scheduler;
}

function worldOf(db: MemoryDatabase, start: number): World & { readonly wait: (by: number) => void } {
  const clock = fixedClock(start);
  let ids = 100 + db.calls.size * 1_000;
  const scheduler = createScheduler({
    store: memoryStore(db),
    clock,
    ids: { callId: () => `c${(ids += 1)}` },
  });
  return { db, scheduler, now: () => clock.now(), wait: (by) => clock.advance(by) };
}

/** The same world, to try something in. */
const copyOf = ({ db, now }: World): World =>
  worldOf(
    {
      ...db,
      calls: new Map(db.calls),
      events: new Map(db.events),
      calendars: new Map(db.calendars),
      outbox: new Map(db.outbox),
    },
    now(),
  );

async function bound({ scheduler }: World, { cap, off }: Bounds, { zone, start }: SeriesHistory) {
  const dailyCap = cap === null ? null : { calls: cap, timezone: zone };
  await scheduler.savePolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, dailyCap } });
  if (!off) return;
  const from = start + off.from * MINUTE;
  const exceptions: Availability['exceptions'] = [{ kind: 'blocked', from, to: from + off.length * MINUTE }];
  const availability = { windows: [], exceptions, doNotDisturb: [] };
  await scheduler.saveAvailability({ appId: 'app', agentId: off.agentId, availability });
}

const made = async (outcome: ReturnType<Scheduler['changeSeries']>): Promise<SeriesOutcome> => {
  const is = await outcome;
  if (is.kind !== 'series') throw new Error(is.kind);
  return is;
};

/** Every way in which the change may be sent for the offer. */
function taking(command: RescheduleCall, { agentId, from }: Offer, world: World): RescheduleCall[] {
  const { assignment, ...edits } = command.edits;
  const named = { ...command, edits: { ...edits, startsAt: from, agentId } };
  const call = world.db.calls.get(`app/${command.callId}`);
  const isKept = edits.agentId === undefined && assignment === undefined && call?.agentId === agentId;
  return isKept ? [named, { ...command, edits: { ...edits, startsAt: from } }] : [named];
}

const isMove = (command: SeriesCommand): command is RescheduleCall => command.type === 'reschedule';

/** How often there was something to be seen. */
const met = { changes: 0, kept: 0, others: 0, bookings: 0 };

async function tryChange(world: World, command: RescheduleCall, scope: 'all' | 'this_and_following') {
  const outcome = await made(world.scheduler.previewSeries(command, scope));
  if (outcome.carriedOut) expect(outcome.alternatives).toEqual([]);
  const was = world.db.calls.get(`app/${command.callId}`);
  for (const offer of outcome.alternatives) {
    expect([offer.from, offer.agentId]).not.toEqual([was?.startsAt, was?.agentId]);
    for (const sent of taking(command, offer, world)) {
      const there = copyOf(world);
      expect((await made(there.scheduler.changeSeries(sent, scope))).carriedOut).toBe(true);
      expect(there.db.calls.get(`app/${command.callId}`)).toMatchObject({
        startsAt: offer.from,
        agentId: offer.agentId,
      });
      if (sent.edits.agentId === undefined) met.kept += 1;
    }
    met.changes += 1;
    if (offer.agentId !== was?.agentId) met.others += 1;
  }
}

async function tryBooking(world: World, request: SeriesRequest) {
  const { starts, startsFrom = onTheClocks(request) } = request;
  const outcome = await made(copyOf(world).scheduler.bookSeries(request));
  for (const { from, agentId } of outcome.alternatives) {
    const sent = { booking: { ...request.booking, agentId }, starts: startsFrom(from) ?? [] };
    const taken = await made(copyOf(world).scheduler.bookSeries(sent));
    expect(taken.carriedOut).toBe(true);
    expect(taken.results).toHaveLength(starts.length);
    met.bookings += 1;
  }
}

/** Each as far from the first as it was, by what the runtime's own clocks show. */
function onTheClocks({ booking: { appTimezone: zone }, starts }: SeriesRequest) {
  const walls = starts.map((at) => wallOf(at, zone));
  return (first: number): number[] => {
    const by = wallOf(first, zone) - Math.min(...walls);
    return walls.map((wall) => instantOf(wall + by, zone));
  };
}

/** Each call of a series goes where some other call is, and its series with it. */
async function tryAll(world: World): Promise<void> {
  const calls = [...world.db.calls.values()].filter(({ series }) => series !== null);
  const others = calls.filter((other) => isMovable(other.status));
  for (const [index, { id, appId }] of calls.entries()) {
    const other = others[(index + 1) % Math.max(1, others.length)];
    if (!other) return;
    const startsAt = other.startsAt + 10 * MINUTE;
    const told = {
      type: 'reschedule',
      appId,
      callId: id,
      actor: { type: 'api', id: 'me' },
      source: 'p',
    } as const;
    const agentId = other.agentId ?? undefined;
    await tryChange(world, { ...told, edits: { startsAt, agentId } }, 'all');
    await tryChange(world, { ...told, edits: { startsAt } }, 'all');
    await tryChange(world, { ...told, edits: { startsAt, assignment: 'any' } }, 'this_and_following');
  }
}

async function lived(history: SeriesHistory, limits: Bounds): Promise<void> {
  const world = worldOf(memoryDatabase(), history.start);
  await bookAll(world.scheduler, 'app', history);
  await bound(world, limits, history);
  for (const step of history.steps) {
    world.wait(step.after * MINUTE);
    const calls = [...world.db.calls.values()];
    const call = calls[step.of % Math.max(1, calls.length)];
    if (!call) return;
    if (step.kind !== 'scoped') {
      await world.scheduler.execute(singleCommand(step, call));
      continue;
    }
    const command = scopedCommand(step, call);
    if (isMove(command)) await tryChange(world, command, step.scope);
    await world.scheduler.changeSeries(command, step.scope);
  }
  await tryAll(world);
  for (const [index, booking] of history.series.entries()) {
    const starts = history.starts[index] ?? [];
    // One that knows no clocks.
    const shifts = (first: number) => starts.map((at) => at + first - (starts[0] ?? 0));
    const request = { booking: { ...booking, appId: 'app' }, starts };
    for (const startsFrom of [shifts, undefined]) await tryBooking(world, { ...request, startsFrom });
  }
}

test(
  'each place that is offered for a series is accepted if it is sent at once',
  { timeout: PATIENCE },
  async () => {
    await fc.assert(
      fc.asyncProperty(openSeriesHistory, bounds, (history, limits) => lived(history, limits)),
      { numRuns: RUNS / 10 },
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(RUNS / 200);
  },
);
