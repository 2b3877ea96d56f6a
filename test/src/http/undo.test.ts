import { DAY, DEFAULT_POLICY, MINUTE, replay } from '@reslot/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { asking, pathOf, refusal, startOf } from './changes.ts';

describe.each(engines())('undo on %s', (name) => {
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

  describe('takes back', () => {
    const TIME = { scheduledAtUtc: (start: number) => iso(start + 60 * MINUTE) };
    const AGENT = { assignedAgentId: () => 'ben' };
    const GUEST = { guestName: () => 'Aminata' };

    test.each([
      ['the time', TIME, ['scheduled_at']],
      ['the agent', AGENT, ['assigned_agent_id']],
      ['both at once', { ...TIME, ...AGENT }, ['scheduled_at', 'assigned_agent_id']],
      ['the place of a move that also edited the guest', { ...TIME, ...GUEST }, ['scheduled_at']],
    ])('%s', async (_, wanted, changed) => {
      const { id } = await api.book({ startsAt: morning });
      const { call: before } = await show(id);
      const body = Object.fromEntries(Object.entries(wanted).map(([field, of]) => [field, of(morning)]));
      const { call: moved } = (await patch(id, body)).body.data;
      const { status, body: undone } = await undo(id);
      expect(status).toBe(200);
      const { call, events } = undone.data;
      expect(call).toEqual({ ...before, guest_name: moved.guest_name, version: 3 });
      const part = (of: Record<string, unknown>) =>
        Object.fromEntries(changed.map((field) => [field, of[field]]));
      expect(events).toMatchObject([{ event_type: 'move_undone', version: 3, source: 'scheduled-calls' }]);
      expect(events[0].payload).toEqual({
        previous: part(moved),
        current: part(before),
        reminders: changed.includes('scheduled_at')
          ? reminders(morning + 60 * MINUTE, morning)
          : reminders(morning, morning).map((line) => ({ ...line, reason: 'agent_changed' })),
      });
      expect((await show(id)).events.slice(-1)).toEqual(events);
    });

    const reminders = (from: number, to: number) =>
      [
        ['24h', DAY],
        ['1h', 60 * MINUTE],
        ['15m', 15 * MINUTE],
      ].map(([kind, before]) => ({
        reminder_kind: `reminder_${kind}`,
        previous: iso(from - Number(before)),
        current: iso(to - Number(before)),
        reason: null,
      }));

    test('the first assignment: the call is without an agent again', async () => {
      const { id } = await api.book({ startsAt: morning, agentId: null });
      await patch(id, { assignedAgentId: 'ana' });
      expect((await undo(id)).body.data.call.assigned_agent_id).toBeNull();
      await api.book({ startsAt: morning });
    });

    test('a reminder that is past by now is skipped, and one that is to come again is planned', async () => {
      const start = api.clock.now() + 30 * MINUTE;
      const { id } = await api.book({ startsAt: start, agentId: null });
      await patch(id, { scheduledAtUtc: iso(morning) });
      const { call, events } = (await undo(id)).body.data;
      expect(events[0].payload.reminders.slice(0, 2)).toMatchObject([
        { previous: iso(morning - DAY), current: null, reason: 'already_past' },
        { previous: iso(morning - 60 * MINUTE), current: null, reason: 'already_past' },
      ]);
      expect(call.reminders[2]).toMatchObject({ fire_at: iso(start - 15 * MINUTE), status: 'pending' });
    });

    test('a move that the guest data was edited after; the edit stays', async () => {
      const { id } = await api.book({ startsAt: morning });
      await move(id, 60);
      await patch(id, { guestName: 'Aminata', guestIntakeNotes: 'notes' });
      await api.video('POST', `${pathOf(id)}/confirm`);
      const { call } = (await undo(id)).body.data;
      expect(call).toMatchObject({ scheduled_at: iso(morning), guest_name: 'Aminata', status: 'confirmed' });
    });

    test('the last move only, and once', async () => {
      const { id } = await api.book({ startsAt: morning });
      expect(refusal(await undo(id))).toEqual([409, 'nothing_to_undo']);
      await move(id, 60);
      await move(id, 120);
      expect(startOf(await undo(id))).toBe(iso(morning + 60 * MINUTE));
      expect(refusal(await undo(id))).toEqual([409, 'nothing_to_undo']);
      await move(id, 180);
      expect(startOf(await undo(id))).toBe(iso(morning + 60 * MINUTE));
    });

    test('the time that the call was moved from, and frees the one that it was moved to', async () => {
      const { id } = await api.book({ startsAt: morning });
      await move(id, 60);
      await undo(id);
      await api.book({ startsAt: morning + 60 * MINUTE });
      await expect(api.book({ startsAt: morning })).rejects.toThrow('slot_taken');
    });
  });

  test('a move that was taken back does not count', async () => {
    const once = { ...DEFAULT_POLICY.actors.api, maxMoves: 1 };
    await savePolicy({ actors: { ...DEFAULT_POLICY.actors, api: once } });
    const { id } = await api.book({ startsAt: morning });
    for (const minutes of [60, 120, 180]) {
      expect((await move(id, minutes)).status).toBe(200);
      expect(refusal(await move(id, minutes + 1))).toEqual([409, 'limit_reached']);
      expect((await undo(id)).status).toBe(200);
    }
    expect((await patch(id, { assignedAgentId: 'ben' })).status).toBe(200);
    expect((await undo(id)).status).toBe(200);
    expect((await move(id, 60)).status).toBe(200);
    expect(refusal(await move(id, 120))).toEqual([409, 'limit_reached']);
  });

  test('the timeline rebuilds the call at every step', async () => {
    const { id } = await api.book({ startsAt: morning });
    const { queries } = api.engine;
    const steps = [
      () =>
        patch(id, {
          scheduledAtUtc: iso(morning + 60 * MINUTE),
          assignedAgentId: 'ben',
          guestPhone: '+33123456',
        }),
      () => undo(id),
      () => patch(id, { assignedAgentId: 'ben' }),
      () => patch(id, { guestName: 'Aminata' }),
      () => undo(id),
      () => move(id, 30),
      () => move(id, 90),
      () => undo(id),
      () => api.video('DELETE', pathOf(id)),
    ];
    for (const step of steps) {
      expect((await step()).status).toBe(200);
      const call = await queries.call(api.appId, id);
      if (!call) throw new Error('the call is there');
      expect(replay(await queries.timeline(call, 0, 100))).toEqual(call);
    }
  });
});
