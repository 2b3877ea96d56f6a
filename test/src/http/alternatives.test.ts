import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';
import { at, blocked, hours, newTenant, stretch, toldOf, type Tenant } from './tenants.ts';

/** A start that an agent is offered for. */
type Offered = [agentId: string, startUtc: string];
/** What makes a place at 10:00 with ana one that is refused. */
type Obstacle = (tenant: Tenant) => Promise<unknown>;

const WANTED = at('10:00');
/** A Monday, too. */
const LATER = at('08:00', '2026-06-01');
const BOOKING = { guestName: 'Bruno', guestEmail: 'bruno@example.com', appTimezone: 'UTC' };
const TAKEN: Obstacle = (tenant) => tenant.book({ startsAt: WANTED });
const alternativesIn = ({ body }: Answer): { startUtc: string; endUtc: string; agentId: string }[] =>
  body.error.details.alternatives;
const offeredIn = (answer: Answer): Offered[] =>
  alternativesIn(answer).map(({ agentId, startUtc }) => [agentId, startUtc]);
const ana = (...times: string[]): Offered[] => times.map((time) => ['ana', iso(at(time))]);

describe.each(engines())('alternatives on %s', (name) => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());

  /** An app with ana, ben, cem, dan and one who is inactive; what is in ana's way comes last. */
  async function worldWith(obstacle: Obstacle): Promise<Tenant> {
    const tenant = await newTenant(api);
    for (const id of ['ana', 'ben', 'cem', 'dan', 'idle']) await tenant.agent(id);
    await tenant.ask('PUT', '/agents/idle', { name: 'Idle', active: false });
    await obstacle(tenant);
    return tenant;
  }
  const place = (agentId: string, startsAt: number) => ({
    assignedAgentId: agentId,
    scheduledAtUtc: iso(startsAt),
  });
  const post = (tenant: Tenant, agentId: string, startsAt: number, query = '') =>
    tenant.ask('POST', `/scheduled-calls${query}`, { ...BOOKING, ...place(agentId, startsAt) });
  const patch = (tenant: Tenant, id: string, body: object) =>
    tenant.ask('PATCH', `/scheduled-calls/${id}`, body);

  const CASES: [string, Obstacle, Offered[]][] = [
    ['slot_taken', TAKEN, ana('09:30', '10:30', '09:15')],
    [
      'outside_hours',
      (tenant) => tenant.agent('ana', { windows: [hours('08:00', '09:00'), hours('12:00', '13:00')] }),
      ana('08:30', '08:15', '08:00'),
    ],
    [
      'time_off',
      (tenant) => tenant.agent('ana', { exceptions: [blocked('09:00', '10:01')] }),
      ana('10:15', '10:30', '10:45'),
    ],
    [
      'do_not_disturb',
      (tenant) => tenant.agent('ana', { doNotDisturb: [stretch('08:00', '12:15')] }),
      ana('12:15', '07:30', '12:30'),
    ],
    [
      'limit_reached',
      async (tenant) => {
        await tenant.book({ startsAt: at('20:00') });
        await tenant.settle({ dailyCap: { calls: 1, timezone: 'UTC' } });
      },
      [
        ['ana', iso(at('23:45', '2026-05-03'))],
        ['ana', iso(at('23:30', '2026-05-03'))],
        ['ana', iso(at('23:15', '2026-05-03'))],
      ],
    ],
  ];
  /** The first of them: there is room for five offers. */
  const OTHERS: Offered[] = [
    ['ben', iso(WANTED)],
    ['cem', iso(WANTED)],
  ];

  describe.each(CASES)('for %s', (reason, obstacle, own) => {
    test('a PATCH is told the nearest with the same agent, then others; each is accepted', async () => {
      for (let index = 0; index < own.length + OTHERS.length; index += 1) {
        const tenant = await worldWith(obstacle);
        const { id } = await tenant.book({ startsAt: LATER });
        const refused = await patch(tenant, id, { scheduledAtUtc: iso(WANTED) });
        expect([refused.status, refused.body.error.details.reason]).toEqual([409, reason]);
        expect(offeredIn(refused)).toEqual([...own, ...OTHERS]);
        const [agentId, startUtc] = offeredIn(refused)[index] ?? [];
        const taken = await patch(tenant, id, { assignedAgentId: agentId, scheduledAtUtc: startUtc });
        expect(toldOf(taken)).toBe('granted');
        expect(taken.body.data.call).toMatchObject({ assigned_agent_id: agentId, scheduled_at: startUtc });
      }
    });

    test('a POST is told the same, and each is accepted', async () => {
      for (let index = 0; index < own.length + OTHERS.length; index += 1) {
        const tenant = await worldWith(obstacle);
        const refused = await post(tenant, 'ana', WANTED);
        expect([refused.status, refused.body.error.details.reason]).toEqual([409, reason]);
        expect(offeredIn(refused)).toEqual([...own, ...OTHERS]);
        const [agentId, startUtc] = offeredIn(refused)[index] ?? ['', ''];
        expect(toldOf(await post(tenant, agentId, Date.parse(startUtc)))).toBe('granted');
      }
    });

    test('nothing of anybody else is in the body', async () => {
      const tenant = await worldWith(obstacle);
      const secret = { guestName: 'Secret', guestEmail: 'secret@example.com', intakeNotes: 'secret notes' };
      const other = await tenant.book({ agentId: 'ben', startsAt: WANTED, ...secret });
      const { id } = await tenant.book({ startsAt: LATER });
      for (const answer of [
        await patch(tenant, id, { scheduledAtUtc: iso(WANTED) }),
        await post(tenant, 'ana', WANTED),
      ]) {
        expect(offeredIn(answer).map(([agentId]) => agentId)).toEqual(['ana', 'ana', 'ana', 'cem', 'dan']);
        expect(answer.text).not.toMatch(/amina|secret|example\.com/i);
        expect(answer.text).not.toContain(other.id);
      }
    });

    test('a PUT of the calls family answers in its own envelope, with the reason', async () => {
      const tenant = await worldWith(obstacle);
      const { id } = await tenant.book({ startsAt: LATER });
      const wanted = { scheduled_timestamp: WANTED / 1000 };
      const { status, body } = await tenant.voice('PUT', `/call_${id}/schedule`, wanted);
      expect(status).toBe(409);
      expect(body).toEqual({
        message: 'Conflict',
        status: 'error',
        error: expect.stringMatching(new RegExp(`^${reason}: the agent `)),
        data: null,
      });
    });
  });

  test('end when the call ends, and none is past, however near', async () => {
    const tenant = await worldWith((its) => its.book({ startsAt: NOW + 20 * MINUTE }));
    const { id } = await tenant.book({ startsAt: NOW + DAY, durationMinutes: 20, bufferBeforeMinutes: 15 });
    const refused = await patch(tenant, id, { scheduledAtUtc: iso(NOW + 20 * MINUTE) });
    const first = iso(NOW + 75 * MINUTE);
    expect(alternativesIn(refused)[0]).toEqual({
      agentId: 'ana',
      startUtc: first,
      endUtc: iso(NOW + 95 * MINUTE),
    });
    for (const { startUtc } of alternativesIn(refused)) expect(Date.parse(startUtc)).toBeGreaterThan(NOW);
  });

  test('are not where the call is already', async () => {
    const tenant = await worldWith(TAKEN);
    const { id } = await tenant.book({ startsAt: WANTED, agentId: 'ben' });
    const refused = await patch(tenant, id, { assignedAgentId: 'ana' });
    expect(offeredIn(refused)).toEqual([
      ...ana('09:30', '10:30', '09:15'),
      ['cem', iso(WANTED)],
      ['dan', iso(WANTED)],
    ]);
  });

  test('are never of an agent who is inactive, even if the call is', async () => {
    const tenant = await worldWith((its) => its.agent('idle'));
    await tenant.book({ startsAt: WANTED, agentId: 'idle' });
    const { id } = await tenant.book({ startsAt: LATER, agentId: 'idle' });
    await tenant.ask('PUT', '/agents/idle', { name: 'Idle', active: false });
    const refused = await patch(tenant, id, { scheduledAtUtc: iso(WANTED) });
    expect(offeredIn(refused).map(([agentId]) => agentId)).toEqual(['ana', 'ben', 'cem', 'dan']);
  });

  test('are of others alone where the agent has none, and there may be none at all', async () => {
    const away = { kind: 'blocked', startUtc: iso(WANTED - 30 * DAY), endUtc: iso(WANTED + 30 * DAY) };
    const tenant = await worldWith((its) => its.agent('ana', { exceptions: [away] }));
    expect(offeredIn(await post(tenant, 'ana', WANTED))).toEqual([...OTHERS, ['dan', iso(WANTED)]]);
    for (const agentId of ['ben', 'cem', 'dan']) await tenant.book({ startsAt: WANTED, agentId });
    expect(offeredIn(await post(tenant, 'ana', WANTED))).toEqual([]);
  });

  test('are such as the policy lets the actor have who asks', async () => {
    const tenant = await worldWith(TAKEN);
    await tenant.settle({ actors: { guest: { maxTotalShiftMinutes: 20 } } });
    const { id } = await tenant.book({ startsAt: at('10:30') });
    const wanted = { scheduledAtUtc: iso(at('10:15')) };
    const refused = await tenant.ask('PATCH', `/scheduled-calls/${id}`, wanted, { 'X-Actor': 'guest/amina' });
    expect(offeredIn(refused)).toEqual([
      ...ana('10:45'),
      ['ben', iso(at('10:15'))],
      ['cem', iso(at('10:15'))],
      ['dan', iso(at('10:15'))],
    ]);
  });

  test('need no override, whoever may override', async () => {
    const tenant = await worldWith(TAKEN);
    await tenant.settle({ dailyCap: { calls: 1, timezone: 'UTC' } });
    const { id } = await tenant.book({ startsAt: LATER });
    const query = '?override=policy,availability';
    const moved = await tenant.ask('PATCH', `/scheduled-calls/${id}${query}`, {
      scheduledAtUtc: iso(WANTED),
    });
    const booked = await post(tenant, 'ana', WANTED, query);
    for (const refused of [moved, booked]) {
      expect(refused.body.error.details.reason).toBe('slot_taken');
      expect(offeredIn(refused)[0]).toEqual(['ana', iso(at('23:45', '2026-05-03'))]);
    }
  });
});
