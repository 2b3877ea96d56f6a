import { DAY, DEFAULT_POLICY, MINUTE } from '@reslot/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { asking, pathOf, refusal, startOf } from './changes.ts';

describe.each(engines())('undo is refused on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
  });
  afterEach(() => savePolicy({}));

  const { patch, undo, show, savePolicy } = asking(() => api);
  const move = (id: string, minutes: number) =>
    patch(id, { scheduledAtUtc: iso(morning + minutes * MINUTE) });

  test('when the window is over, to the millisecond', async () => {
    await savePolicy({ undoWindowMinutes: 5 });
    const { id } = await api.book({ startsAt: morning });
    for (const [late, status] of [
      [0, 200],
      [1, 409],
    ] as const) {
      await move(id, 60);
      const limit = iso(api.clock.now() + 5 * MINUTE);
      api.clock.advance(5 * MINUTE + late);
      const answer = await undo(id);
      expect([late, answer.status]).toEqual([late, status]);
      if (status === 409) {
        expect(answer.body.error.details).toEqual({ reason: 'too_late', rule: 'undoWindowMinutes', limit });
      }
    }
  });

  test('when the old start is past', async () => {
    for (const [early, status] of [
      [1, 200],
      [0, 409],
    ] as const) {
      const startsAt = api.clock.now() + 10 * MINUTE;
      const { id } = await api.book({ startsAt, agentId: null });
      await patch(id, { scheduledAtUtc: iso(morning) });
      api.clock.advance(10 * MINUTE - early);
      const answer = await undo(id);
      expect([early, answer.status]).toEqual([early, status]);
      if (status === 409) {
        expect(answer.body.error.details).toMatchObject({ reason: 'too_late', limit: iso(startsAt - 1) });
      }
    }
  });

  test('when the old slot has been taken; an alternative is as good as a move', async () => {
    const { id } = await api.book({ startsAt: morning });
    await move(id, 60);
    await api.book({ startsAt: morning + 15 * MINUTE });
    const before = await show(id);
    const answer = await undo(id);
    expect(refusal(answer)).toEqual([409, 'slot_taken']);
    const { conflict, alternatives } = answer.body.error.details;
    expect(conflict).toEqual({
      agentId: 'ana',
      startUtc: iso(morning + 15 * MINUTE),
      endUtc: iso(morning + 45 * MINUTE),
    });
    expect(await show(id)).toEqual(before);
    const [{ startUtc, agentId }] = alternatives;
    const taken = await patch(id, { scheduledAtUtc: startUtc, assignedAgentId: agentId });
    expect([taken.status, alternatives.length]).toEqual([200, 5]);
  });

  test('when the agent has been set inactive, unless it still has the call', async () => {
    const { appId, scheduler } = api;
    const setActive = (active: boolean) =>
      scheduler.saveAgent({ agent: { appId, id: 'ana', name: 'ana', active } });
    const [left, kept] = [await api.book({ startsAt: morning }), await api.book({ startsAt: morning + DAY })];
    await patch(left.id, { assignedAgentId: 'ben' });
    await move(kept.id, 60);
    await setActive(false);
    const answers = [await undo(left.id), await undo(kept.id)];
    await setActive(true);
    expect(answers.map(refusal)).toEqual([
      [400, 'agent_unavailable'],
      [200, undefined],
    ]);
  });

  test.each(['start', 'complete', 'no-show', 'DELETE'])('after %s', async (end) => {
    const { id } = await api.book({ startsAt: morning });
    await move(id, 60);
    await (end === 'DELETE' ? api.video(end, pathOf(id)) : api.video('POST', `${pathOf(id)}/${end}`));
    expect(refusal(await undo(id))).toEqual([409, end === 'start' ? 'already_started' : 'final_state']);
  });

  test('by the policy, which looks at an undo as at a move of that caller', async () => {
    const { id } = await api.book({ startsAt: morning });
    await move(id, 60);
    const nobody = { ...DEFAULT_POLICY.actors.api, allowed: false };
    await savePolicy({ actors: { ...DEFAULT_POLICY.actors, api: nobody } });
    expect(refusal(await undo(id))).toEqual([403, 'not_allowed']);
    expect((await undo(id, { 'X-Actor': 'guest/amina' })).status).toBe(200);
  });

  test('for a call that is not there, and with a body that says more than why', async () => {
    expect((await undo(api.appId)).status).toBe(404);
    const { id } = await api.book({ startsAt: morning });
    await move(id, 60);
    expect((await api.video('POST', `${pathOf(id)}/undo`, { scheduledAtUtc: iso(morning) })).status).toBe(
      400,
    );
    const told = await api.video('POST', `${pathOf(id)}/undo`, { reason: 'a mistake' });
    expect(told.body.data.events[0].reason).toBe('a mistake');
  });

  test('for another version', async () => {
    const { id } = await api.book({ startsAt: morning });
    await move(id, 60);
    const stale = await undo(id, { 'If-Match': '"v1"' });
    expect([...refusal(stale), startOf(await api.video('GET', pathOf(id)))]).toEqual([
      412,
      'stale_version',
      iso(morning + 60 * MINUTE),
    ]);
    expect((await undo(id, { 'If-Match': '"v2"' })).status).toBe(200);
  });
});
