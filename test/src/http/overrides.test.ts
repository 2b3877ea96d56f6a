import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { at, blocked, hours, newTenant, speakingFor, stretch, toldOf, type Tenant } from './tenants.ts';

const WANTED = at('10:00');
const BOOKING = {
  guestName: 'Bruno',
  guestEmail: 'b@example.com',
  appTimezone: 'UTC',
  assignedAgentId: 'ana',
};
const GUEST = speakingFor('guest');
const FULL = { dailyCap: { calls: 0, timezone: 'UTC' } };

describe.each(engines())('overrides on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  let id: string;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    api.clock.set(NOW);
    tenant = await newTenant(api);
    await tenant.agent('ana');
    ({ id } = await tenant.book({ startsAt: NOW + DAY }));
  });

  const to = (startsAt: number) => ({ scheduledAtUtc: iso(startsAt) });
  const move = (override?: string, startsAt = WANTED, ask = tenant.ask) =>
    ask(
      'PATCH',
      `/scheduled-calls/${id}${override === undefined ? '' : `?override=${override}`}`,
      to(startsAt),
      GUEST,
    );
  const book = (override?: string, ask = tenant.ask) =>
    ask('POST', `/scheduled-calls${override === undefined ? '' : `?override=${override}`}`, {
      ...BOOKING,
      ...to(WANTED),
    });
  const guest = (ofActor: object) => tenant.settle({ actors: { guest: ofActor } });
  const timeline = async (): Promise<{ overridden?: string[] }[]> =>
    (await tenant.ask('GET', `/scheduled-calls/${id}`)).body.data.events;

  test.each<[string, (its: Tenant) => Promise<unknown>, string, string[]]>([
    ['not_allowed', () => guest({ allowed: false }), 'policy', ['not_allowed']],
    ['reason_required', () => guest({ reasonRequired: true }), 'policy', ['reason_required']],
    ['too_soon', () => guest({ minNoticeToOldMinutes: 1440 * 2 }), 'policy', ['too_soon']],
    ['too_late', () => guest({ horizonDays: 3 }), 'policy', ['too_late']],
    ['limit_reached', () => guest({ maxMoves: 0 }), 'policy', ['limit_reached']],
    ['limit_reached', (its) => its.settle(FULL), 'policy', ['limit_reached']],
    [
      'outside_hours',
      (its) => its.agent('ana', { windows: [hours('08:00', '09:00')] }),
      'availability',
      ['outside_hours'],
    ],
    [
      'time_off',
      (its) => its.agent('ana', { exceptions: [blocked('10:00', '11:00')] }),
      'availability',
      ['time_off'],
    ],
    [
      'do_not_disturb',
      (its) => its.agent('ana', { doNotDisturb: [stretch('10:00', '11:00')] }),
      'availability',
      ['do_not_disturb'],
    ],
  ])('of %s', async (reason, settle, override, overridden) => {
    await settle(tenant);
    expect(toldOf(await move())).toBe(reason);
    expect(toldOf(await move(override === 'policy' ? 'availability' : 'policy'))).toBe(reason);
    const moved = await move(override);
    expect([moved.status, moved.body.data.events[0].overridden]).toEqual([200, overridden]);
    expect((await timeline()).map((event) => event.overridden)).toEqual([undefined, overridden]);
  });

  test('every rule that is passed over is named, in every event of the change', async () => {
    await tenant.agent('ben', { windows: [hours('08:00', '09:00')] });
    const strict = { allowed: false, reasonRequired: true, minNoticeToOldMinutes: 2880, maxMoves: 0 };
    await tenant.settle({ actors: { guest: strict }, ...FULL });
    const body = { ...to(WANTED), assignedAgentId: 'ben', guestName: 'Bruno' };
    const path = `/scheduled-calls/${id}?override=policy,availability`;
    const moved = await tenant.ask('PATCH', path, body, GUEST);
    const all = ['not_allowed', 'reason_required', 'too_soon', 'limit_reached', 'outside_hours'];
    expect(moved.body.data.events.map((event: { overridden?: string[] }) => event.overridden)).toEqual([
      all,
      all,
      all,
    ]);
  });

  test('nothing is named where nothing was in the way', async () => {
    const moved = await move('policy,availability');
    expect(moved.status).toBe(200);
    expect(moved.body.data.events[0]).not.toHaveProperty('overridden');
  });

  test('a booking passes over the agent’s hours and a full day, too', async () => {
    await tenant.agent('ana', { windows: [hours('08:00', '09:00')] });
    await tenant.settle(FULL);
    expect(toldOf(await book())).toBe('outside_hours');
    expect(toldOf(await book('availability'))).toBe('limit_reached');
    const booked = await book('policy,availability');
    expect([booked.status, booked.body.data.events[0].overridden]).toEqual([
      201,
      ['outside_hours', 'limit_reached'],
    ]);
  });

  test('never pass over another call, an agent who takes none, or the past', async () => {
    await tenant.book({ startsAt: WANTED });
    await tenant.agent('idle');
    await tenant.ask('PUT', '/agents/idle', { name: 'Idle', active: false });
    const all = 'policy,availability';
    expect(toldOf(await move(all))).toBe('slot_taken');
    expect(toldOf(await book(all))).toBe('slot_taken');
    expect(toldOf(await move(all, NOW - MINUTE))).toBe('in_past');
    expect(toldOf(await move(all, NOW + 731 * DAY))).toBe('beyond_horizon');
    const given = { assignedAgentId: 'idle' };
    expect(toldOf(await tenant.ask('PATCH', `/scheduled-calls/${id}?override=${all}`, given))).toBe(
      'agent_unavailable',
    );
    expect(await timeline()).toHaveLength(1);
  });

  test('take the scope scheduling:override, even where nothing is in the way', async () => {
    const ask = await tenant.askWith(['scheduling:read', 'scheduling:write', 'scheduling:admin']);
    for (const answer of [await move('policy', WANTED, ask), await book('availability', ask)])
      expect([answer.status, answer.body.error.code]).toEqual([403, 'forbidden']);
    expect(await timeline()).toHaveLength(1);
    expect((await move(undefined, WANTED, ask)).status).toBe(200);
  });

  test.each(['', 'slot', 'policy,slot', 'policy,', 'POLICY', 'policy&override=availability'])(
    'override=%s is refused',
    async (override) => {
      const { status, body } = await move(override);
      expect([status, body.error.details.issues[0].path.replace(/\..*/, '')]).toEqual([400, 'override']);
    },
  );
});
