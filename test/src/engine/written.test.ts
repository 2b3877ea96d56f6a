import {
  createScheduler,
  DEFAULT_POLICY,
  MINUTE,
  type CallRequest,
  type Changes,
  type RescheduleCall,
} from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { describe, expect, test } from 'vitest';
import { at, create, engine, NOW, told, watched } from './watched.ts';

/** What an engine writes, and what it does not. */
async function open() {
  const watch = watched();
  await engine(watch.store);
  const scheduler = createScheduler({ store: watch.store, clock: fixedClock(NOW), ids: uuidIds });
  const { loads, commits } = watch;
  return {
    ...watch,
    scheduler,
    /** The one commit of a command that is accepted. */
    async written(request: CallRequest): Promise<Changes | undefined> {
      loads.length = commits.length = 0;
      expect(await scheduler.execute(request)).toMatchObject({ kind: 'accepted' });
      expect(commits).toHaveLength(1);
      return commits[0];
    },
  };
}

const booking = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;
const move = (callId: string, startsAt: number, holdId?: string): RescheduleCall => ({
  ...told,
  type: 'reschedule',
  callId,
  edits: { startsAt },
  holdId,
});

test('what takes time of an agent claims it, alone where there is a daily cap', async () => {
  const { scheduler, written } = await open();
  const claim = { appId: 'app', agentId: 'ana', from: at(60), to: at(90) };
  expect(await written(create('a', at(60)))).toMatchObject({ claimed: [claim] });
  expect((await written(move('a', at(120))))?.claimed).toStrictEqual([
    { ...claim, from: at(120), to: at(150) },
  ]);
  await scheduler.savePolicy({
    appId: 'app',
    policy: { ...DEFAULT_POLICY, dailyCap: { calls: 5, timezone: 'UTC' } },
  });
  expect((await written(move('a', at(180))))?.claimed).toStrictEqual([
    { ...claim, from: at(180), to: at(210), alone: true },
  ]);
});

test('what takes no time claims none, and takes nobody’s turn', async () => {
  const { written } = await open();
  const changes = await written({ ...booking, callId: 'a', startsAt: at(60), agentId: null });
  expect([changes?.claimed, changes?.dropped, changes?.turns]).toEqual([[], [], []]);
});

test('a turn is taken by what is given to an agent in turn, and by nothing else', async () => {
  const { written } = await open();
  const turnsOf = async (callId: string, minutes: number, more: object) =>
    (await written(Object.assign({ ...booking, callId, startsAt: at(minutes) }, more)))?.turns;
  const inTurn = { assignmentMethod: 'round_robin' };
  expect(await turnsOf('a', 60, inTurn)).toEqual([{ appId: 'app', agentId: 'ana', turn: 1 }]);
  expect(await turnsOf('b', 120, inTurn)).toEqual([{ appId: 'app', agentId: 'ben', turn: 2 }]);
  expect(await turnsOf('c', 180, { assignmentMethod: 'pool' })).toEqual([]);
  expect(await turnsOf('d', 240, { ...inTurn, agentId: 'ana' })).toEqual([]);
});

describe('a hold is let go of', () => {
  async function held() {
    const world = await open();
    await world.scheduler.execute(create('a', at(60)));
    const hold = { ...told, agentId: 'ana', seconds: 600 };
    for (const [holdId, minutes, callId] of [
      ['of-a', 300, 'a'],
      ['of-a-later', 400, 'a'],
      ['of-nobody', 500, undefined],
    ] as const)
      expect(
        await world.scheduler.placeHold({ ...hold, holdId, startsAt: at(minutes), callId }),
      ).toMatchObject({ kind: 'held_for_you' });
    const droppedBy = async (request: CallRequest) =>
      (await world.written(request))?.dropped.map(({ appId, id }) => `${appId} ${id}`);
    return { ...world, droppedBy };
  }

  test('by its own call that takes its time, and the others are not', async () => {
    const { droppedBy } = await held();
    expect(await droppedBy(move('a', at(200)))).toEqual([]);
    expect(await droppedBy(move('a', at(310)))).toEqual(['app of-a']);
  });

  test('by whoever names it', async () => {
    const { droppedBy } = await held();
    const named = { ...booking, callId: 'b', agentId: 'ana', startsAt: at(500), holdId: 'of-nobody' };
    expect(await droppedBy(named)).toEqual(['app of-nobody']);
  });
});

test('a booking that is refused for its place depends on no call: nothing is read again to confirm it', async () => {
  const { scheduler, loads, commits } = await open();
  await scheduler.execute(create('a', at(60)));
  await scheduler.execute(create('b', at(120)));
  loads.length = commits.length = 0;
  expect(await scheduler.execute(create('c', at(60)))).toMatchObject({ kind: 'slot_taken' });
  expect(loads).toEqual([1, 1]);
  expect(await scheduler.execute(move('b', at(60)))).toMatchObject({ kind: 'slot_taken' });
  expect(loads).toEqual([1, 1, 1, 1, 1]);
});

test('a preview answers what the command would be answered, and writes nothing', async () => {
  const { scheduler, commits } = await open();
  await scheduler.execute(create('a', at(60)));
  commits.length = 0;
  const moves = [move('a', at(60) + 30 * MINUTE)];
  const [one = move('a', 0)] = moves;
  const previews = [await scheduler.preview(one), await scheduler.previewMany(moves, 'atomic')];
  expect(commits).toEqual([]);
  expect(previews).toEqual([
    await scheduler.execute(one),
    { kind: 'together', carriedOut: true, decisions: [previews[0]] },
  ]);
});
