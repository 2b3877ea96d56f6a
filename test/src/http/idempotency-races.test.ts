import { DAY, MINUTE, Outage, type ScheduleStore } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';
import { isReplay, said } from './changes.ts';

const GUEST = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
const at = (id: string) => `/scheduled-calls/${id}`;
const reasonOf = ({ body }: Answer) => body.error?.details.reason;

type Commit = () => Promise<'committed' | 'conflict'>;

describe.each(engines())('one request at once on %s', (name) => {
  let api: Api;
  let days = 1;
  let morning: number;
  let key: Record<string, string>;
  /** What is done in the place of the next commit. */
  let meddle: ((commit: Commit) => ReturnType<Commit>) | undefined;

  const through = (store: ScheduleStore): ScheduleStore => ({
    ...store,
    commit(version, changes) {
      const commit = () => store.commit(version, changes);
      const meddling = meddle;
      meddle = undefined;
      return meddling ? meddling(commit) : commit();
    },
  });
  beforeAll(async () => {
    api = await openApi(name, NOW, through);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
    key = { 'Idempotency-Key': `key-${days}` };
  });
  /** Holds the next commit up until it is let go. */
  const holdUp = () => {
    let letGo = () => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const begun = new Promise<void>((resolve) => {
      meddle = async (commit) => {
        resolve();
        await released;
        return commit();
      };
    });
    return { begun, letGo };
  };
  const seqs = async (id: string) =>
    (await api.engine.probe.events(api.appId)).filter(({ callId }) => callId === id).map(({ seq }) => seq);
  const create = () => api.video('POST', '/scheduled-calls', { ...GUEST, scheduledAtUtc: iso(morning) }, key);

  test('twelve times: one event; each of the others is told to wait, or answered the same', async () => {
    const { id } = await api.book({ startsAt: morning });
    const move = () => api.video('PATCH', at(id), { scheduledAtUtc: iso(morning + DAY) }, key);
    const answers = await Promise.all(Array.from({ length: 12 }, move));
    const told = answers.filter(({ status }) => status !== 409);
    const first = told.find((answer) => !isReplay(answer));
    if (!first) throw new Error('one is carried out');
    for (const answer of told) expect(said(answer)).toEqual(said(first));
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect([reasonOf(answer), answer.headers.get('retry-after')]).toEqual(['idempotency_in_flight', '1']);
    }
    expect(first.status).toBe(200);
    expect(await seqs(id)).toEqual([1, 2]);
    expect(said(await move())).toEqual(said(first));
  });

  test('while the first is being carried out: 409 at once, in both families; other keys go on', async () => {
    const { id } = await api.book({ startsAt: morning });
    const other = await api.book({ startsAt: morning + 60 * MINUTE });
    const body = { scheduled_timestamp: (morning + DAY) / 1000 };
    const put = () => api.voice('PUT', `/call_${id}/schedule`, body, key);
    const { begun, letGo } = holdUp();
    const first = put();
    await begun;
    const early = await put();
    const elsewhere = api.video('PATCH', at(other.id), { guestName: 'x' }, { 'Idempotency-Key': `x${days}` });
    letGo();
    expect([early.status, early.headers.get('retry-after'), early.body.error]).toEqual([
      409,
      '1',
      expect.stringMatching(/^idempotency_in_flight: /),
    ]);
    expect([(await first).status, (await elsewhere).status]).toEqual([200, 200]);
    const again = await put();
    expect([isReplay(again), said(again)]).toEqual([true, said(await first)]);
    expect(await seqs(id)).toEqual([1, 2]);
  });

  describe('whose answer was lost', () => {
    const lost = async (commit: Commit) => {
      await commit();
      throw new Outage('the connection was lost', { uncertain: true });
    };

    test('a change: 503, and with the same key what was committed', async () => {
      const { id } = await api.book({ startsAt: morning });
      const move = () => api.video('PATCH', at(id), { scheduledAtUtc: iso(morning + DAY) }, key);
      meddle = lost;
      const away = await move();
      expect([away.status, away.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      const again = await move();
      expect([again.status, isReplay(again), again.headers.get('etag')]).toEqual([200, true, '"v2"']);
      const { call, events } = (await api.video('GET', at(id))).body.data;
      expect(again.body.data).toEqual({ call, events: events.slice(1) });
      expect(await seqs(id)).toEqual([1, 2]);
    });

    test('a booking: one call, which is found by its answer', async () => {
      const before = await api.engine.probe.calls(api.appId);
      meddle = lost;
      expect((await create()).status).toBe(503);
      const again = await create();
      expect([again.status, isReplay(again)]).toEqual([201, true]);
      const calls = await api.engine.probe.calls(api.appId);
      const made = calls.filter(({ id }) => !before.some((one) => one.id === id));
      expect(made.map(({ id }) => id)).toEqual([again.body.data.call.id]);
      expect(again.headers.get('location')).toBe(`scheduled-calls/${made[0]?.id}`);
    });

    test('a refusal: the refusal', async () => {
      await api.book({ startsAt: morning });
      const { id } = await api.book({ startsAt: morning + 60 * MINUTE });
      const move = () => api.video('PATCH', at(id), { scheduledAtUtc: iso(morning) }, key);
      meddle = lost;
      expect((await move()).status).toBe(503);
      const again = await move();
      expect([again.status, isReplay(again), reasonOf(again)]).toEqual([409, true, 'slot_taken']);
    });
  });
});
