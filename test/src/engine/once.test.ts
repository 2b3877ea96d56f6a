import { createScheduler, type Once, type RescheduleCall, type Scheduler } from '@reslot/core';
import { fixedClock } from '@reslot/adapters/clock';
import { uuidIds } from '@reslot/adapters/ids';
import { describe, expect, test } from 'vitest';
import { at, create, engine, NOW, told, watched } from './watched.ts';

const key = { appId: 'app', principal: 'me', digest: 'ab'.repeat(32) };
const move = (callId: string, startsAt: number): RescheduleCall => ({
  ...told,
  type: 'reschedule',
  callId,
  edits: { startsAt },
});
const booking = { ...told, type: 'create', agentId: 'ben', guestName: 'G', appTimezone: 'UTC' } as const;

/** Answered by all that came of it. */
const once = (more: Partial<Once<object>> = {}): Once<object> => ({
  key,
  fingerprint: 'cd'.repeat(32),
  answer: (outcome) => JSON.stringify(outcome),
  ...more,
});

type Outcome = Promise<{ readonly kind: string }>;
/** What is asked of the calls `a` and `b` of Ana, who begin in one and two hours, and how many calls that writes. */
const asked: [string, number, (scheduler: Scheduler, one: Once<object>) => Outcome][] = [
  ['one move', 1, (scheduler, one) => scheduler.executeOnce(move('a', at(300)), one)],
  ['one move that is refused', 0, (scheduler, one) => scheduler.executeOnce(move('a', at(120)), one)],
  [
    'many moves',
    2,
    (scheduler, one) => scheduler.executeManyOnce([move('a', at(300)), move('b', at(400))], 'atomic', one),
  ],
  [
    'many moves, of which one is refused',
    1,
    (scheduler, one) =>
      scheduler.executeManyOnce([move('a', at(120)), move('b', at(125))], 'best_effort', one),
  ],
  [
    'a series that is booked',
    2,
    (scheduler, one) => scheduler.bookSeriesOnce({ booking, starts: [at(60), at(120)] }, one),
  ],
  [
    'a series that is moved',
    1,
    (scheduler, one) => scheduler.changeSeriesOnce(move('a', at(300)), 'all', one),
  ],
];

describe.each(asked)('%s', (_, calls, ask) => {
  async function open() {
    const { store, commits, ...gate } = watched();
    await engine(store);
    const scheduler = createScheduler({ store, clock: fixedClock(NOW), ids: uuidIds });
    await scheduler.execute(create('a', at(60)));
    await scheduler.execute(create('b', at(120)));
    commits.length = 0;
    return { ...gate, commits, scheduler };
  }

  test('is answered again as it was the first time, and done once', async () => {
    const { scheduler, commits } = await open();
    const first = await ask(scheduler, once());
    expect(first.kind).toMatch(/^(?:accepted|slot_taken|together|series)$/);
    expect(await ask(scheduler, once())).toEqual({ kind: 'replayed', answer: JSON.stringify(first) });
    expect(await ask(scheduler, once({ fingerprint: 'ef'.repeat(32) }))).toEqual({ kind: 'key_reused' });
    expect(commits.map((one) => [one.requests.length, one.calls.length])).toEqual([[1, calls]]);
  });

  test('comes twice at once: one of them is told so, and another key waits for nobody', async () => {
    const { scheduler, close, open: release } = await open();
    close();
    const [first, second] = [ask(scheduler, once()), ask(scheduler, once())];
    const other = ask(scheduler, once({ key: { ...key, principal: 'you' } }));
    expect(await second).toEqual({ kind: 'in_flight' });
    release();
    expect([(await first).kind, (await other).kind]).not.toContain('in_flight');
    expect(await ask(scheduler, once())).toMatchObject({ kind: 'replayed' });
  });

  test('is judged again when nothing is to be kept of it', async () => {
    const { scheduler, commits } = await open();
    const unkept = once({ answer: () => undefined });
    const kinds = [await ask(scheduler, unkept), await ask(scheduler, unkept)].map(({ kind }) => kind);
    expect(kinds).not.toContain('replayed');
    expect(commits.flatMap(({ requests }) => requests)).toEqual([]);
  });
});

test('what is answered to a request that is refused for its place says where else the call could go', async () => {
  const { store } = watched();
  const scheduler = await engine(store);
  await scheduler.execute(create('a', at(60)));
  await scheduler.execute(create('b', at(120)));
  const refused = { kind: 'slot_taken', alternatives: { length: 5 } };
  expect(await scheduler.executeOnce(move('a', at(120)), once())).toMatchObject(refused);
  const many = once({ key: { ...key, digest: '12'.repeat(32) } });
  expect(await scheduler.executeManyOnce([move('a', at(120))], 'atomic', many)).toMatchObject({
    decisions: [refused],
  });
});
