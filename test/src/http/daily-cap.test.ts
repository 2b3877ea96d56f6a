import { createScheduler, DAY, MINUTE, type ScheduleStore } from '@reslot/core';
import { createApp } from '@reslot/adapters/http';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore } from '@reslot/adapters/knex';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, openApi, type Answer, type Api } from './api.ts';
import { at, newTenant, stretch, toldOf, type Tenant } from './tenants.ts';

const BOOKING = { guestName: 'Bruno', guestEmail: 'b@example.com', appTimezone: 'UTC' };
const MORNING = at('08:00');

describe.each(engines())('the daily cap on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
    await tenant.agent('ana');
    await tenant.agent('ben');
  });

  const cap = (calls: number, timezone = 'UTC') => tenant.settle({ dailyCap: { calls, timezone } });
  const book = (startsAt: number, agentId = 'ana', over = {}) =>
    tenant.ask('POST', '/scheduled-calls', {
      ...BOOKING,
      scheduledAtUtc: iso(startsAt),
      assignedAgentId: agentId,
      ...over,
    });
  const booked = async (startsAt: number, agentId?: string): Promise<string> =>
    (await book(startsAt, agentId)).body.data.call.id;
  const move = (id: string, startsAt: number, over = {}): Promise<Answer> =>
    tenant.patch(id, { scheduledAtUtc: iso(startsAt), ...over });

  test('binds bookings: the refusal names the rule, its limit and the day', async () => {
    await cap(2);
    const told: unknown[] = [];
    for (const time of ['00:00', '23:30', '12:00']) told.push(toldOf(await book(at(time))));
    expect(told).toEqual(['granted', 'granted', 'limit_reached']);
    const { details } = (await book(at('12:00'))).body.error;
    expect(details).toMatchObject({ reason: 'limit_reached', rule: 'dailyCap', limit: 2 });
    const midnight = iso(at('00:00', '2026-05-05'));
    expect(details.conflict).toEqual({ agentId: 'ana', startUtc: iso(at('00:00')), endUtc: midnight });
    expect(toldOf(await book(at('12:00'), 'ben'))).toBe('granted');
    expect(toldOf(await book(at('12:00', '2026-05-05')))).toBe('granted');
  });

  test('a day begins and ends where the policy says', async () => {
    await cap(1, 'Asia/Kathmandu');
    expect(toldOf(await book(at('18:14')))).toBe('granted');
    expect(toldOf(await book(at('18:44')))).toBe('granted');
    const refused = await book(at('10:00'));
    expect(toldOf(refused)).toBe('limit_reached');
    expect(refused.body.error.details.conflict).toMatchObject({
      startUtc: iso(at('18:15', '2026-05-03')),
      endUtc: iso(at('18:15')),
    });
  });

  test('a call counts on the day on which its time begins, buffers included', async () => {
    await cap(1);
    const night = at('00:05', '2026-05-05');
    const buffered = { bufferBeforeMinutes: 10 };
    expect(toldOf(await book(night, 'ana', buffered))).toBe('granted');
    expect(toldOf(await book(at('10:00')))).toBe('limit_reached');
    expect(toldOf(await book(at('10:00', '2026-05-05')))).toBe('granted');
    expect(toldOf(await book(at('10:00'), 'ben'))).toBe('granted');
    expect(toldOf(await book(night, 'ben', buffered))).toBe('limit_reached');
    expect(toldOf(await book(night, 'ben'))).toBe('granted');
  });

  test('a moved call does not count against itself, but does against others', async () => {
    await cap(1);
    const id = await booked(at('10:00'));
    const other = await booked(at('10:00', '2026-05-05'));
    expect(toldOf(await move(id, at('23:00')))).toBe('granted');
    expect(toldOf(await move(other, at('12:00')))).toBe('limit_reached');
    expect(toldOf(await move(id, at('12:00', '2026-05-06')))).toBe('granted');
    expect(toldOf(await move(other, at('12:00')))).toBe('granted');
    const bens = await booked(at('14:00'), 'ben');
    expect(toldOf(await move(bens, at('14:00'), { assignedAgentId: 'ana' }))).toBe('limit_reached');
    await tenant.ask('DELETE', `/scheduled-calls/${other}`);
    expect(toldOf(await move(bens, at('14:00'), { assignedAgentId: 'ana' }))).toBe('granted');
  });

  test('calls that are above a new cap stay, and move within their day', async () => {
    const ids = [await booked(at('10:00')), await booked(at('11:00'))];
    await cap(0);
    for (const [index, id] of ids.entries())
      expect(toldOf(await move(id, at('14:00') + index * 60 * MINUTE))).toBe('granted');
    expect(toldOf(await move(ids[0] ?? '', at('10:00', '2026-05-05')))).toBe('limit_reached');
  });

  test('a PUT of the calls family obeys it', async () => {
    await cap(1);
    await booked(at('10:00'));
    const id = await booked(at('10:00', '2026-05-05'));
    const { status, body } = await tenant.voice('PUT', `/call_${id}/schedule`, {
      scheduled_timestamp: at('12:00') / 1000,
    });
    expect([status, body.error]).toEqual([409, expect.stringMatching(/^limit_reached: /)]);
  });

  test('holds when another server books between the look at the calendar and the commit', async () => {
    await cap(1);
    const rivals = [at('10:00')];
    const store: ScheduleStore = {
      ...api.engine.store,
      async load(needs) {
        const loaded = await api.engine.store.load(needs);
        for (const startsAt of rivals.splice(0)) expect(toldOf(await book(startsAt))).toBe('granted');
        return loaded;
      },
    };
    const outcome = await createScheduler({ store, clock: api.clock, ids: uuidIds }).execute({
      type: 'create',
      appId: tenant.appId,
      actor: { type: 'api', id: 'rival' },
      source: 'test',
      guestName: 'G',
      appTimezone: 'UTC',
      agentId: 'ana',
      startsAt: at('15:00'),
    });
    expect(outcome.kind).toBe('day_full');
  });

  test('of many at once, at free times of one day, as many get in as there is room for', async () => {
    // A server beside this one, on a connection of its own where the database is shared by connections.
    const shared = name === 'mysql' || name === 'mariadb' ? connect(api.engine.url ?? '') : undefined;
    const { engine, clock } = api;
    const scheduler = createScheduler({
      store: shared ? knexStore(shared) : engine.store,
      clock,
      ids: uuidIds,
    });
    const beside = createApp({ scheduler, queries: engine.queries, credentials: engine.credentials, clock });
    const { token } = await api.newKey({ appId: tenant.appId });
    const statusBeside = async (method: string, path: string, body: object): Promise<number> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const url = `http://localhost/api/v1/video/${tenant.appId}${path}`;
      return (await beside.fetch(new Request(url, { method, headers, body: JSON.stringify(body) }))).status;
    };
    try {
      await cap(1);
      const far = Array.from({ length: 5 }, (_, index) => booked(MORNING + (index + 2) * DAY));
      const ids = await Promise.all(far);
      const wanted = (slot: number) => ({ scheduledAtUtc: iso(MORNING + slot * 60 * MINUTE) });
      const bookHere = async (slot: number) => (await book(Date.parse(wanted(slot).scheduledAtUtc))).status;
      const bookBeside = (slot: number) =>
        statusBeside('POST', '/scheduled-calls', { ...BOOKING, ...wanted(slot), assignedAgentId: 'ana' });
      const statuses = await Promise.all([
        ...[0, 1, 2, 3, 4].flatMap((slot) => [bookHere(slot), bookBeside(slot + 5)]),
        ...ids.map((id, index) => statusBeside('PATCH', `/scheduled-calls/${id}`, wanted(index + 10))),
      ]);
      const refused = statuses.filter((status) => status === 409);
      expect([statuses.length, refused.length]).toEqual([15, 14]);
      const day = stretch('00:00', '23:59');
      const list = await tenant.ask('GET', `/scheduled-calls?dateFrom=${day.startUtc}&dateTo=${day.endUtc}`);
      expect(list.body.data.calls).toHaveLength(1);
    } finally {
      await shared?.destroy();
    }
  });
});
