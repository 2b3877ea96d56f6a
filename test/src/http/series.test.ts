import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { openApi, type Answer, type Api } from './api.ts';
import { isReplay } from './changes.ts';
import { newTenant, type Tenant } from './tenants.ts';

/** 10:00 in Paris: on Mondays before and after the clocks go forward on 2027-03-28. */
const BEFORE = ['2027-03-15T09:00:00.000Z', '2027-03-22T09:00:00.000Z'];
const AFTER = ['2027-03-29T08:00:00.000Z', '2027-04-05T08:00:00.000Z'];
const STARTS = [...BEFORE, ...AFTER];
const FIRST = {
  scheduledAtUtc: STARTS[0],
  appTimezone: 'Europe/Paris',
  guestName: 'Amina',
  guestPhone: '+33123456789',
};
const WEEKLY = { ...FIRST, assignedAgentId: 'ana', recurrence: 'FREQ=WEEKLY;COUNT=4' };

describe.each(engines())('series on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  let ask: Tenant['ask'];

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());

  /** A tenant of its own with ana, ben and a weekly series of four. */
  const booked = async (over: object = {}) => {
    tenant = await newTenant(api);
    ({ ask } = tenant);
    await tenant.agent('ana');
    await tenant.agent('ben');
    const answer = await ask('POST', '/scheduled-calls', { ...WEEKLY, ...over });
    expect(answer.status).toBe(201);
    const calls: { id: string; scheduled_at: string; series: { id: string; wall_time: string } }[] =
      answer.body.data.series.calls;
    return { answer, ids: calls.map(({ id }) => id), seriesId: answer.body.data.series.id };
  };
  const call = async (id: string | undefined) => (await ask('GET', `/scheduled-calls/${id}`)).body.data.call;
  const startsOf = async (ids: string[]) =>
    (await Promise.all(ids.map(call))).map(({ scheduled_at: start }) => start);
  const rows = async () => [
    await api.engine.probe.calls(tenant.appId),
    await api.engine.probe.events(tenant.appId),
  ];
  const reasonOf = ({ body }: Answer) => body.error.details.reason ?? body.error.code;
  const move = (
    id: string | undefined,
    scheduledAtUtc: string,
    query: string,
    headers?: Record<string, string>,
  ) => ask('PATCH', `/scheduled-calls/${id}${query}`, { scheduledAtUtc }, headers);

  test('is booked by a rule: N calls at the same time of the day, and the list shows them', async () => {
    const { answer, ids, seriesId } = await booked();
    const { data } = answer.body;
    expect(data.call.id).toBe(ids[0]);
    expect(answer.headers.get('location')).toBe(`scheduled-calls/${ids[0]}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(data.events).toHaveLength(1);
    expect(data.events[0].payload.current.series).toEqual({ id: seriesId, wall_time: '2027-03-15T10:00:00' });
    expect(await startsOf(ids)).toEqual(STARTS);
    const { body } = await ask('GET', `/scheduled-calls?seriesId=${seriesId}`);
    expect(body.pagination.total).toBe(4);
    expect(body.data.calls.map((one: { series: unknown }) => one.series)).toEqual(
      ['03-15', '03-22', '03-29', '04-05'].map((day) => ({
        id: seriesId,
        wall_time: `2027-${day}T10:00:00`,
      })),
    );
    expect((await ask('GET', `/scheduled-calls?seriesId=${tenant.appId}`)).body.pagination.total).toBe(0);
  });

  test('is booked whole or not at all', async () => {
    await booked();
    const before = await rows();
    const refused = await ask('POST', '/scheduled-calls', {
      ...WEEKLY,
      scheduledAtUtc: '2027-03-08T09:00:00.000Z',
    });
    expect([refused.status, reasonOf(refused)]).toEqual([409, 'not_carried_out']);
    const { results } = refused.body.error.details;
    expect(results.map((one: { status: number }) => one.status)).toEqual([200, 409, 409, 409]);
    expect(results[1]).toMatchObject({
      scheduledAtUtc: STARTS[0],
      error: { details: { reason: 'slot_taken', conflict: { agentId: 'ana' } } },
    });
    const nobody = await ask('POST', '/scheduled-calls', { ...WEEKLY, assignedAgentId: 'nobody' });
    expect([nobody.status, reasonOf(nobody)]).toEqual([400, 'agent_unavailable']);
    expect(await rows()).toEqual(before);
  });

  test('refuses itself where its calls overlap', async () => {
    tenant = await newTenant(api);
    await tenant.agent('ana');
    const refused = await tenant.ask('POST', '/scheduled-calls', {
      ...WEEKLY,
      durationMinutes: 1440,
      bufferAfterMinutes: 1,
      recurrence: 'FREQ=DAILY;COUNT=3',
    });
    const { results } = refused.body.error.details;
    expect(results.map((one: { status: number }) => one.status)).toEqual([200, 409, 200]);
  });

  test.each([
    ['FREQ=WEEKLY', 'must end: give COUNT or UNTIL'],
    ['FREQ=WEEKLY;COUNT=101', 'COUNT must be a whole number from 1 to 100'],
    ['FREQ=WEEKLY;COUNT=0', 'COUNT must be a whole number from 1 to 100'],
    ['FREQ=WEEKLY;COUNT=2;INTERVAL=1001', 'INTERVAL must be a whole number from 1 to 1000'],
    ['FREQ=WEEKLY;UNTIL=20270701', /^UNTIL must be a time in UTC such as \d{8}T\d{6}Z$/],
    ['FREQ=WEEKLY;COUNT=2;BYDAY=TUE', /^BYDAY must be a list of up to 21 of MO, TU/],
    [
      'FREQ=MONTHLY;COUNT=2;BYMONTHDAY=32',
      'BYMONTHDAY must be a list of 1 to 31, or of -1 to -31, which count from the end',
    ],
    ['FREQ=YEARLY;COUNT=2;BYMONTH=13', 'BYMONTH must be a list of up to 12 of 1 to 12'],
    ['FREQ=WEEKLY;COUNT=2;WKST=mo', /^WKST must be one of MO, TU/],
    ['RRULE:FREQ=WEEKLY;COUNT=2', /in capitals.*without RRULE:/],
    ['freq=weekly;count=2', /in capitals.*without RRULE:/],
    ['FREQ=DAILY;UNTIL=20270701T000000Z', 'gives more than 100 calls'],
    [
      'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=300;COUNT=100',
      'reaches too far: a series may take some three years',
    ],
    ['FREQ=WEEKLY;COUNT=2;COUNT=3', 'must have COUNT once'],
    [
      'FREQ=WEEKLY;BYDAY=TU;COUNT=2',
      'does not begin with the call: its start is not the first that the rule gives',
    ],
    ['FREQ=HOURLY;COUNT=2', 'FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY'],
    ['FREQ=WEEKLY;COUNT=2;BYHOUR=9', /^must be parts in capitals such as/],
    ['FREQ=WEEKLY;COUNT=2;UNTIL=20270701T000000Z', /^gives no calls: COUNT and UNTIL/],
    ['', /^must be parts in capitals such as/],
  ])('refuses the rule %j', async (recurrence, message) => {
    const refused = await api.video('POST', '/scheduled-calls', { ...WEEKLY, recurrence });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details.issues).toEqual([
      { path: 'recurrence', message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ]);
  });

  test('refuses what is for one call: a hold, an old zone, too many that leave the agent open', async () => {
    const hold = await api.video('POST', `/scheduled-calls?hold=${api.appId}`, WEEKLY);
    expect(hold.body.error.details.issues[0].path).toBe('hold');
    const { ids } = await booked();
    const held = await move(ids[0], STARTS[1] ?? '', `?scope=all&hold=${ids[1]}`);
    expect([held.status, held.body.error.details.issues[0].path]).toEqual([400, 'hold']);
    const open = {
      ...WEEKLY,
      assignedAgentId: undefined,
      assignmentMethod: 'pool',
      recurrence: 'FREQ=WEEKLY;COUNT=21',
    };
    const seeking = await ask('POST', '/scheduled-calls', open);
    expect(seeking.body.error.details.issues[0].path).toBe('recurrence');
    expect((await move(ids[0], STARTS[1] ?? '', '?scope=some')).status).toBe(400);
  });

  test('goes to each agent in turn', async () => {
    const { ids } = await booked({ assignedAgentId: null, assignmentMethod: 'round_robin' });
    const agents = (await Promise.all(ids.map(call))).map((one) => one.assigned_agent_id);
    expect(agents).toEqual(['ana', 'ben', 'ana', 'ben']);
    const next = await ask('POST', '/scheduled-calls', {
      ...FIRST,
      scheduledAtUtc: '2027-05-03T08:00:00.000Z',
      assignmentMethod: 'round_robin',
    });
    expect(next.body.data.call.assigned_agent_id).toBe('ana');
  });

  test('this moves one, which is an exception from then on', async () => {
    const { ids } = await booked();
    for (const query of ['', '?scope=this']) {
      const at = query === '' ? '2027-03-16T09:00:00.000Z' : '2027-03-17T09:00:00.000Z';
      const moved = await move(ids[0], at, query);
      expect(moved.body.data.call).toMatchObject({
        scheduled_at: at,
        series: { wall_time: '2027-03-15T10:00:00' },
      });
    }
    expect(await startsOf(ids)).toEqual(['2027-03-17T09:00:00.000Z', ...STARTS.slice(1)]);
    // The others move by an hour and the exception stays.
    const moved = await move(ids[1], '2027-03-22T10:00:00.000Z', '?scope=all');
    expect(moved.status).toBe(200);
    expect(await startsOf(ids)).toEqual([
      '2027-03-17T09:00:00.000Z',
      '2027-03-22T10:00:00.000Z',
      '2027-03-29T09:00:00.000Z',
      '2027-04-05T09:00:00.000Z',
    ]);
  });

  test('all moves every call by the clock, also where it changes; N in, N out', async () => {
    const { ids, seriesId } = await booked();
    // From Monday 10:00 in summer to Tuesday 12:30.
    const moved = await move(ids[2], '2027-03-30T10:30:00.000Z', '?scope=all', { 'If-Match': '"v1"' });
    expect(moved.status).toBe(200);
    expect(moved.headers.get('etag')).toBe('"v2"');
    const { call: named, events, series, dry_run: dryRun } = moved.body.data;
    expect([named.id, named.series.wall_time, dryRun]).toEqual([ids[2], '2027-03-30T12:30:00', false]);
    expect(events[0].payload).toMatchObject({
      previous: { scheduled_at: AFTER[0], series: { id: seriesId, wall_time: '2027-03-29T10:00:00' } },
      current: { scheduled_at: '2027-03-30T10:30:00.000Z', series: { wall_time: '2027-03-30T12:30:00' } },
    });
    expect([series.id, series.scope]).toEqual([seriesId, 'all']);
    expect(series.results.map((one: { id: string; status: number }) => [one.id, one.status])).toEqual(
      ids.map((id) => [id, 200]),
    );
    expect(await startsOf(ids)).toEqual([
      '2027-03-16T11:30:00.000Z',
      '2027-03-23T11:30:00.000Z',
      '2027-03-30T10:30:00.000Z',
      '2027-04-06T10:30:00.000Z',
    ]);
    expect((await ask('GET', '/scheduled-calls')).body.pagination.total).toBe(4);
  });

  test('this_and_following leaves those before; they may overlap the old places of the series', async () => {
    const { ids } = await booked();
    const moved = await move(ids[1], STARTS[2] ?? '', '?scope=this_and_following');
    expect(moved.status).toBe(200);
    expect(moved.body.data.series.results).toHaveLength(3);
    // A week later each: in the hour that the next one had.
    expect(await startsOf(ids)).toEqual([STARTS[0], STARTS[2], STARTS[3], '2027-04-12T08:00:00.000Z']);
  });

  test('is changed whole or not at all', async () => {
    const { ids } = await booked();
    await tenant.book({ startsAt: Date.parse('2027-04-06T08:15:00.000Z'), agentId: 'ana' });
    const before = await rows();
    const refused = await move(ids[0], '2027-03-16T09:00:00.000Z', '?scope=all');
    expect([refused.status, reasonOf(refused)]).toEqual([409, 'not_carried_out']);
    const { results } = refused.body.error.details;
    expect(results.map((one: { id: string; status: number }) => [one.id, one.status])).toEqual(
      ids.map((id, index) => [id, index === 3 ? 409 : 200]),
    );
    expect(await rows()).toEqual(before);
  });

  const offersIn = ({ body }: Answer): { startUtc: string; agentId: string }[] =>
    body.error.details.alternatives;
  const brief = (answer: Answer) =>
    offersIn(answer).map(({ startUtc, agentId }) => `${startUtc.slice(5, 16)} ${agentId}`);

  test('where it finds no place, it is offered other beginnings, each of which is accepted', async () => {
    await booked();
    const wish = { ...WEEKLY, scheduledAtUtc: '2027-03-08T09:00:00.000Z' };
    const key = { 'Idempotency-Key': 'refused' };
    const refused = await ask('POST', '/scheduled-calls', wish, key);
    expect(brief(refused)).toEqual([
      '03-08T08:30 ana',
      '03-08T09:30 ana',
      '03-08T08:15 ana',
      '03-08T09:45 ana',
      '03-08T09:00 ben',
    ]);
    for (const { startUtc, agentId } of offersIn(refused)) {
      const sent = { ...wish, scheduledAtUtc: startUtc, assignedAgentId: agentId };
      const made = await ask('POST', '/scheduled-calls', sent);
      expect([made.status, made.body.data.call.scheduled_at]).toEqual([201, startUtc]);
      expect(made.body.data.series.calls).toHaveLength(4);
      await ask('DELETE', `/scheduled-calls/${made.body.data.call.id}?scope=all`);
    }
    const again = await ask('POST', '/scheduled-calls', wish, key);
    expect([isReplay(again), again.text]).toEqual([true, refused.text]);
  });

  test('it is offered no day on which its rule does not begin, and none with fewer calls', async () => {
    await booked();
    const off = { kind: 'blocked', startUtc: '2027-03-14T00:00:00.000Z', endUtc: '2027-03-15T23:30:00.000Z' };
    for (const id of ['ana', 'ben']) await tenant.agent(id, { exceptions: [off] });
    const offeredTo = async (recurrence: string) =>
      brief(await ask('POST', '/scheduled-calls', { ...WEEKLY, recurrence }));
    // Wednesday begins at 23:00 in UTC.
    expect((await offeredTo('FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4')).slice(0, 2)).toEqual([
      '03-16T23:00 ana',
      '03-16T23:15 ana',
    ]);
    // Later ones would have one call less; the rule is expanded for so many of them, and then no more.
    expect(await offeredTo('FREQ=WEEKLY;UNTIL=20270323T000000Z')).toEqual([
      '03-15T23:30 ana',
      '03-15T23:45 ana',
      '03-16T00:00 ana',
    ]);
  });

  test('it is offered earlier times of a day of which its rule leaves out the later ones', async () => {
    await booked();
    const recurrence = 'FREQ=WEEKLY;UNTIL=20270315T093000Z';
    expect(brief(await ask('POST', '/scheduled-calls', { ...WEEKLY, recurrence }))).toEqual([
      '03-15T08:30 ana',
      '03-15T09:30 ana',
      '03-15T08:15 ana',
      '03-15T08:00 ana',
      '03-15T09:00 ben',
    ]);
  });

  test('it is offered days from which its rule has other days', async () => {
    tenant = await newTenant(api);
    ({ ask } = tenant);
    const hours = { start: '09:00', end: '17:00', timezone: 'Europe/Paris' };
    const off = { kind: 'blocked', startUtc: '2027-03-12T00:00:00.000Z', endUtc: '2027-03-15T23:00:00.000Z' };
    const windows = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, ...hours }));
    await tenant.agent('ana', { windows, exceptions: [off] });
    const recurrence = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=5';
    const wish = { ...WEEKLY, recurrence };
    const refused = await ask('POST', '/scheduled-calls', wish);
    expect(brief(refused).slice(0, 2)).toEqual(['03-16T08:00 ana', '03-16T08:15 ana']);
    const made = await ask('POST', '/scheduled-calls', {
      ...wish,
      scheduledAtUtc: offersIn(refused)[0]?.startUtc,
    });
    expect(made.status).toBe(201);
  });

  test('where a change finds no place, others are offered, each of which is accepted either way', async () => {
    const { ids } = await booked();
    await tenant.book({ startsAt: Date.parse('2027-04-06T08:15:00.000Z'), agentId: 'ana' });
    const refused = await move(ids[0], '2027-03-16T09:00:00.000Z', '?scope=all');
    expect(brief(refused)).toEqual([
      '03-16T08:45 ana',
      '03-16T08:30 ana',
      '03-16T08:15 ana',
      '03-16T09:45 ana',
      '03-16T09:00 ben',
    ]);
    const shown = await move(ids[0], '2027-03-16T09:00:00.000Z', '?scope=all&dryRun=true');
    expect(brief(shown)).toEqual(brief(refused));
    const path = `/scheduled-calls/${ids[0]}?scope=all`;
    for (const { startUtc: scheduledAtUtc, agentId } of offersIn(refused)) {
      const named = { scheduledAtUtc, assignedAgentId: agentId };
      for (const body of agentId === 'ana' ? [named, { scheduledAtUtc }] : [named]) {
        const tried = await ask('PATCH', `${path}&dryRun=true`, body);
        expect([tried.status, tried.body.data.call.assigned_agent_id]).toEqual([200, agentId]);
        expect(tried.body.data.series.results).toHaveLength(4);
      }
    }
    expect((await ask('PATCH', path, { scheduledAtUtc: offersIn(refused)[0]?.startUtc })).status).toBe(200);
    expect((await startsOf(ids))[3]).toBe('2027-04-06T07:45:00.000Z');
  });

  test('the named one is told among the others when its own place is taken', async () => {
    const { ids } = await booked();
    await tenant.book({ startsAt: Date.parse('2027-03-15T11:15:00.000Z'), agentId: 'ana' });
    const refused = await move(ids[0], '2027-03-15T11:00:00.000Z', '?scope=all');
    expect([refused.status, reasonOf(refused)]).toEqual([409, 'not_carried_out']);
    expect(refused.body.error.details.results[0].error.details.reason).toBe('slot_taken');
  });

  test('an edit is for exceptions too; what is over stays as it is', async () => {
    const { ids } = await booked();
    await move(ids[1], '2027-03-23T09:00:00.000Z', '');
    await ask('POST', `/scheduled-calls/${ids[2]}/complete`);
    const edited = await ask('PATCH', `/scheduled-calls/${ids[0]}?scope=all`, {
      guestPhone: '+33999999999',
      assignedAgentId: 'ben',
      scheduledAtUtc: '2027-03-15T10:00:00.000Z',
    });
    expect(edited.body.data.series.results.map(({ id }: { id: string }) => id)).toEqual([
      ids[0],
      ids[1],
      ids[3],
    ]);
    const shown = await Promise.all(ids.map(call));
    expect(shown.map((one) => [one.guest_phone, one.assigned_agent_id, one.scheduled_at])).toEqual([
      ['+33999999999', 'ben', '2027-03-15T10:00:00.000Z'],
      ['+33999999999', 'ben', '2027-03-23T09:00:00.000Z'],
      ['+33123456789', 'ana', AFTER[0]],
      ['+33999999999', 'ben', '2027-04-05T09:00:00.000Z'],
    ]);
  });

  test('DELETE cancels those in the scope, and again is answered like the first time', async () => {
    const { ids } = await booked();
    const cancel = () =>
      ask('DELETE', `/scheduled-calls/${ids[1]}?scope=this_and_following&reason=moved%20away`);
    const cancelled = await cancel();
    expect(cancelled.body.data.series.results).toHaveLength(3);
    expect((await Promise.all(ids.map(call))).map(({ status }) => status)).toEqual([
      'scheduled',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect((await call(ids[3])).cancellation_reason).toBe('moved away');
    const again = await cancel();
    expect([again.status, again.body.data.events]).toEqual([200, []]);
  });

  test('what is wrong with the named call is told as for one call', async () => {
    const { ids } = await booked();
    const at = '2027-03-15T11:00:00.000Z';
    expect((await move(tenant.appId, at, '?scope=all')).status).toBe(404);
    const stale = await move(ids[0], at, '?scope=all', { 'If-Match': '"v9"' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"v1"']);
    expect(reasonOf(await move(ids[0], '2026-01-01T00:00:00.000Z', '?scope=all'))).toBe('in_past');
    await ask('DELETE', `/scheduled-calls/${ids[0]}`);
    expect(reasonOf(await move(ids[0], at, '?scope=all'))).toBe('final_state');
    expect(await startsOf(ids)).toEqual(STARTS);
  });

  test('a call that is in no series is changed alone', async () => {
    await booked();
    const alone = await tenant.book({ startsAt: Date.parse('2027-06-07T08:00:00.000Z'), agentId: 'ana' });
    const moved = await move(alone.id, '2027-06-07T09:00:00.000Z', '?scope=all');
    expect(moved.body.data.series).toMatchObject({ id: null, results: [{ id: alone.id, status: 200 }] });
    expect(moved.body.data.call.series).toBeNull();
  });

  test('dryRun says what the change does then', async () => {
    const { ids } = await booked();
    const before = await rows();
    const at = '2027-03-15T11:00:00.000Z';
    const preview = await move(ids[0], at, '?scope=all&dryRun=true');
    expect([preview.status, preview.headers.get('etag')]).toEqual([200, '"v1"']);
    expect(await rows()).toEqual(before);
    const done = await move(ids[0], at, '?scope=all', { 'If-Match': '"v1"' });
    const { series, ...named } = preview.body.data;
    const results = series.results.map(({ reminders, verdicts, ...made }: Record<string, unknown>) => {
      expect([reminders, verdicts]).toEqual([expect.any(Array), expect.any(Array)]);
      return made;
    });
    expect({ ...done.body.data, dry_run: true }).toEqual({ ...named, series: { ...series, results } });
  });

  test('comes twice and is carried out once: a booking, a move', async () => {
    const { ids } = await booked();
    const requests: (() => Promise<Answer>)[] = [
      () =>
        ask(
          'POST',
          '/scheduled-calls',
          { ...WEEKLY, scheduledAtUtc: '2027-07-05T08:00:00.000Z' },
          { 'Idempotency-Key': 'book' },
        ),
      () => move(ids[0], '2027-03-15T11:00:00.000Z', '?scope=all', { 'Idempotency-Key': 'move' }),
      () =>
        move(ids[0], '2027-03-15T23:00:00.000Z', '?scope=all&override=policy', {
          'Idempotency-Key': 'other',
        }),
    ];
    for (const request of requests) {
      const first = await request();
      const again = await request();
      expect([isReplay(first), isReplay(again)]).toEqual([false, true]);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
    }
    const reused = await move(ids[0], '2027-03-15T12:00:00.000Z', '?scope=all', {
      'Idempotency-Key': 'move',
    });
    expect(reused.status).toBe(422);
    expect((await ask('GET', '/scheduled-calls')).body.pagination.total).toBe(8);
  });

  test('a move of the series is counted and undone for each call', async () => {
    const { ids } = await booked();
    await move(ids[0], '2027-03-15T11:00:00.000Z', '?scope=all');
    const undone = await ask('POST', `/scheduled-calls/${ids[1]}/undo`);
    expect(undone.body.data.call.scheduled_at).toBe(STARTS[1]);
    // It is where the series does not have it any more.
    await move(ids[0], '2027-03-15T12:00:00.000Z', '?scope=all');
    expect((await startsOf(ids))[1]).toBe(STARTS[1]);
  });
});
