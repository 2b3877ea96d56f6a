import { uuidIds } from '@reslot/adapters/ids';
import { createScheduler, DAY, DEFAULT_POLICY, MINUTE, MOST_HOLDS, type Scheduler } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe.each(engines())('the limits of holds on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;
  /** Two processes on one database. */
  let processes: [Scheduler, Scheduler];

  beforeAll(async () => {
    api = await openApi(name);
    const { clock, engine } = api;
    const another = () => createScheduler({ store: engine.store, clock, ids: uuidIds });
    processes = [another(), another()];
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 20;
    morning = NOW + days * DAY;
  });

  const told = { actor: { type: 'api', id: 'me' }, source: 'test' } as const;
  const at = (minutes: number) => iso(morning + minutes * MINUTE);
  const place = (body: object = {}) =>
    api.video('POST', '/holds', { agentId: 'ana', startUtc: at(0), ...body });
  const statusOf = async (answer: Promise<Answer>) => (await answer).status;
  const wanted = (startsAt: number) => ({ ...told, appId: api.appId, agentId: 'ana', startsAt, seconds: 60 });
  const newAgent = (id: string, appId = api.appId) =>
    api.scheduler.saveAgent({ agent: { appId, id, name: id, active: true } });

  test.each<[string, object, string]>([
    ['9 seconds', { seconds: 9 }, 'seconds'],
    ['1801 seconds', { seconds: 1_801 }, 'seconds'],
    ['a part of a second', { seconds: 10.5 }, 'seconds'],
    ['a length beside a call', { callId: NOBODY, durationMinutes: 30 }, 'callId'],
    ['a buffer beside a call', { callId: NOBODY, bufferAfterMinutes: 0 }, 'callId'],
    ['an unknown agent', { agentId: 'nobody' }, 'agentId'],
    ['no agent', { agentId: undefined }, 'agentId'],
    ['a time that is past', { startUtc: iso(NOW) }, 'startUtc'],
    ['a time too far ahead', { startUtc: iso(NOW + 731 * DAY) }, 'startUtc'],
  ])('%s is refused', async (_, body, path) => {
    const answer = await place(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path }] } } } });
  });

  test('10 and 1800 seconds are taken', async () => {
    expect(await statusOf(place({ seconds: 10 }))).toBe(201);
    expect(await statusOf(place({ seconds: 1_800, startUtc: at(30) }))).toBe(201);
  });

  test('an unknown call, and an unknown hold', async () => {
    expect(await statusOf(place({ callId: NOBODY }))).toBe(404);
    expect(await statusOf(api.video('DELETE', `/holds/${NOBODY}`))).toBe(404);
  });

  test('another app neither feels it nor lets go of it', async () => {
    const { body } = await place();
    const { id } = body.data.hold;
    const appId = uuidIds.callId();
    await api.engine.credentials.addApp({ id: appId, name: 'Other', createdAt: NOW });
    await newAgent('ana', appId);
    const { token } = await api.newKey({ appId });
    const theirs = (method: string, path: string, sent?: object) =>
      api.request(method, `/api/v1/video/${appId}${path}`, sent, { Authorization: `Bearer ${token}` });
    expect(await statusOf(theirs('DELETE', `/holds/${id}`))).toBe(404);
    expect(await statusOf(theirs('POST', '/holds', { agentId: 'ana', startUtc: at(0) }))).toBe(201);
    const ours = await api.request('DELETE', `/api/v1/video/${api.appId}/holds/${id}`, undefined, {
      Authorization: `Bearer ${token}`,
    });
    expect(ours.status).toBe(403);
    expect(await statusOf(api.video('DELETE', `/holds/${id}`))).toBe(200);
  });

  test('it stands in the way of no edit and of no transition', async () => {
    const { id } = await api.book({ startsAt: morning });
    expect(await statusOf(place({ callId: id }))).toBe(201);
    const { id: later } = await api.book({ startsAt: morning + 30 * MINUTE });
    expect(await statusOf(place({ startUtc: at(60) }))).toBe(201);
    for (const call of [id, later]) {
      const path = `/scheduled-calls/${call}`;
      expect(await statusOf(api.video('PATCH', path, { guestName: 'Zoe', guestPhone: '+33123456789' }))).toBe(
        200,
      );
      for (const change of ['confirm', 'start', 'complete'])
        expect(await statusOf(api.video('POST', `${path}/${change}`))).toBe(200);
    }
  });

  test('a full day cannot be held, and a hold does not fill it', async () => {
    const dailyCap = { calls: 1, timezone: 'UTC' };
    await newAgent('cap');
    await api.video('PUT', '/policy', { dailyCap });
    const holds = [await place({ agentId: 'cap' }), await place({ agentId: 'cap', startUtc: at(30) })];
    expect(holds.map(({ status }) => status)).toEqual([201, 201]);
    await api.book({ agentId: 'cap', startsAt: morning + 60 * MINUTE });
    const { status, body } = await place({ agentId: 'cap', startUtc: at(90) });
    expect([status, body.error.details]).toMatchObject([409, { reason: 'limit_reached', rule: 'dailyCap' }]);
    await api.scheduler.savePolicy({ appId: api.appId, policy: DEFAULT_POLICY });
  });

  test('a calendar has so many holds at most, also when they come at once; those that are over do not count', async () => {
    await newAgent('dee');
    const fill = (first: number, most: number) =>
      Promise.all(
        Array.from({ length: most }, (_, index) =>
          statusOf(place({ agentId: 'dee', startUtc: at((first + index) * 30), seconds: 60 })),
        ),
      );
    const of = (statuses: number[], wantedStatus: number) =>
      statuses.filter((status) => status === wantedStatus).length;
    const statuses = await fill(0, MOST_HOLDS + 5);
    expect([of(statuses, 201), of(statuses, 409)]).toEqual([MOST_HOLDS, 5]);
    const full = await place({ agentId: 'dee', startUtc: at(-30) });
    expect([full.status, full.body.error.details]).toEqual([
      409,
      { reason: 'limit_reached', rule: 'holds', limit: MOST_HOLDS },
    ]);
    expect(await statusOf(place())).toBe(201);
    api.clock.advance(60_000);
    expect(of(await fill(0, MOST_HOLDS), 201)).toBe(MOST_HOLDS);
    api.clock.advance(60_000);
  });

  test('those that are over go when another is placed in their calendar, and in no other', async () => {
    await newAgent('eve');
    const short = (agentId: string, minutes: number, seconds = 10) =>
      place({ agentId, startUtc: at(minutes), seconds });
    const placed = [await short('eve', 0), await short('eve', 60, 11), await short('ben', 0)];
    const ids = placed.map(({ body }) => String(body.data.hold.id));
    const left = async () => {
      const { holds } = await api.engine.store.load(ids.map((holdId) => ({ appId: api.appId, holdId })));
      return ids.map((id) => holds.some((hold) => hold.id === id));
    };
    api.clock.advance(10_000);
    expect(await left()).toEqual([true, true, true]);
    expect(await statusOf(place({ agentId: 'eve', startUtc: at(120) }))).toBe(201);
    expect(await left()).toEqual([false, true, true]);
  });

  test('a hold that brings its id can be placed again, released and spent, also all at once', async () => {
    const hold = { ...wanted(morning), holdId: uuidIds.callId() };
    const later = { ...hold, startsAt: morning + 10 * MINUTE, seconds: 90 };
    const { scheduler, appId } = api;
    for (const asked of [hold, later])
      expect(await scheduler.placeHold(asked)).toMatchObject({
        kind: 'held_for_you',
        hold: { from: asked.startsAt, expiresAt: api.clock.now() + asked.seconds * 1_000 },
      });
    expect(await statusOf(place({ startUtc: at(-20) }))).toBe(201);
    const release = (holdId = hold.holdId) => scheduler.releaseHold({ appId, holdId });
    // The first one of each goes alone, and the others become one batch, or all do.
    const rival = { ...later, holdId: uuidIds.callId() };
    const both = await Promise.all([release(NOBODY), scheduler.placeHold(later), scheduler.placeHold(rival)]);
    expect(both.map(({ kind }) => kind)).toEqual(['hold_not_found', 'held_for_you', 'held']);
    const outcomes = await Promise.all([release(), scheduler.placeHold(later), release(), release()]);
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds).toEqual(['hold_released', 'held_for_you', 'hold_released', 'hold_not_found']);
    expect(await statusOf(place({ startUtc: at(10) }))).toBe(201);
  });

  test('of many who want to hold one slot at once exactly one does, whichever process they ask', async () => {
    for (let round = 0; round < 20; round += 1) {
      const slot = wanted(morning + round * 60 * MINUTE);
      const outcomes = await Promise.all(
        [0, 10, -10, 0].map((minutes, index) =>
          (index % 2 ? processes[0] : processes[1]).placeHold({
            ...slot,
            startsAt: slot.startsAt + minutes * MINUTE,
          }),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['held', 'held', 'held', 'held_for_you']);
    }
    api.clock.advance(60_000);
  });

  test('of a hold and a move that want one slot at once exactly one gets it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const startsAt = morning + round * 60 * MINUTE;
      const { id: callId } = await api.book({ agentId: 'ben', startsAt });
      const [one, two] = round % 2 ? processes : processes.toReversed();
      if (!one || !two) throw new Error('two processes');
      const move = {
        ...told,
        appId: api.appId,
        type: 'reschedule',
        callId,
        edits: { agentId: 'ana' },
      } as const;
      const [held, moved] = await Promise.all([one.placeHold(wanted(startsAt)), two.execute(move)]);
      expect([
        ['held_for_you', 'held'],
        ['slot_taken', 'accepted'],
      ]).toContainEqual([held.kind, moved.kind]);
    }
    api.clock.advance(60_000);
  });
});
