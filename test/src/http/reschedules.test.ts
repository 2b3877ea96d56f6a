import { DAY, MINUTE, type Call } from '@reslot/core';
import { uuidIds } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

type Move = Record<string, unknown>;
interface Offered {
  readonly startUtc: string;
  readonly agentId: string;
}
interface Result {
  readonly id: string;
  readonly status: number;
  readonly events?: { event_type: string; payload?: { reminders?: unknown } }[];
  readonly reminders?: unknown[];
  readonly verdicts?: unknown[];
  readonly error?: { details: Move & { alternatives?: Offered[] } };
}

describe.each(engines())('many moves in one request on %s', (name) => {
  let api: Api;
  let days = 1;
  let [a, b, c, foreign]: Call[] = [];

  const at = (minutes: number): string => iso(NOW + days * DAY + minutes * MINUTE);
  const book = (minutes: number, agentId = 'ana') => api.book({ startsAt: Date.parse(at(minutes)), agentId });
  const send = (moves: Move[], over: object = {}, headers: Record<string, string> = {}, query = '') =>
    api.video('POST', `/reschedules${query}`, { moves, ...over }, headers);
  const to = (call: Call | undefined, minutes: number, over: Move = {}): Move =>
    Object.assign({ id: call?.id, scheduledAtUtc: at(minutes) }, over);
  const BEST = { mode: 'best_effort' };

  const resultsOf = ({ body }: Answer): Result[] => body.data?.results ?? body.error.details.results;
  const statusesOf = (answer: Answer) => resultsOf(answer).map(({ status }) => status);
  const reasonsOf = (answer: Answer) => resultsOf(answer).map(({ error }) => error?.details.reason);
  /** Where calls are: the agent, the minute, the version. */
  const places = async (...calls: (Call | undefined)[]) => {
    const shown = await Promise.all(calls.map((call) => api.video('GET', `/scheduled-calls/${call?.id}`)));
    return shown.map(({ body: { data } }) => {
      const { assigned_agent_id: agent, scheduled_at: start, version } = data.call;
      return `${agent} ${(Date.parse(start) - NOW - days * DAY) / MINUTE} v${version}`;
    });
  };
  const rows = async () => [
    await api.engine.probe.calls(api.appId),
    await api.engine.probe.events(api.appId),
  ];
  const policy = (rules: object) => api.video('PUT', '/policy', rules);

  beforeAll(async () => {
    api = await openApi(name);
    foreign = await api.book({ appId: uuidIds.callId(), agentId: null });
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    days += 2;
    [a, b, c] = [await book(0), await book(60), await book(120, 'ben')];
  });

  test('two swap times, two swap agents, and three go round, each in one version', async () => {
    const swap = await send([to(a, 60), to(b, 0)]);
    expect(swap.status).toBe(200);
    expect(swap.body.data).toMatchObject({ mode: 'atomic', dry_run: false, carried_out: true });
    const types = resultsOf(swap).map(({ events }) => events?.map(({ event_type: type }) => type));
    expect(types).toEqual([['rescheduled'], ['rescheduled']]);
    expect(await places(a, b)).toEqual(['ana 60 v2', 'ana 0 v2']);
    const round = [to(a, 0, { assignedAgentId: 'ana' }), to(b, 120, { assignedAgentId: 'ben' })];
    expect((await send([...round, to(c, 60, { assignedAgentId: 'ana' })])).status).toBe(200);
    expect(await places(a, b, c)).toEqual(['ana 0 v3', 'ben 120 v3', 'ana 60 v2']);
    const agents = [{ id: a?.id, assignedAgentId: 'ben' }, to(b, 120, { assignedAgentId: 'ana' }), to(c, 0)];
    expect(statusesOf(await send(agents))).toEqual([200, 200, 200]);
    expect(await places(a, b, c)).toEqual(['ben 0 v4', 'ana 120 v4', 'ana 0 v3']);
  });

  test('all or nothing: one that cannot be made is told with those that could', async () => {
    const before = await rows();
    // The second wants the place of the third, which stays where it is.
    const moves = [to(c, 600), to(a, 60), to(b, 60), to(foreign, 0)];
    const refused = await send(moves);
    expect([refused.status, refused.body.error.details.reason]).toEqual([409, 'not_carried_out']);
    expect(resultsOf(refused).map(({ id }) => id)).toEqual(moves.map(({ id }) => id));
    expect(statusesOf(refused)).toEqual([200, 409, 200, 404]);
    expect(reasonsOf(refused)[1]).toBe('slot_taken');
    expect(await rows()).toEqual(before);
  });

  test('best effort makes each that can be made after those before it', async () => {
    const [before] = await rows();
    const answer = await send(
      [to(a, 60), to(b, 300), to(c, 300, { assignedAgentId: 'ana' }), to(foreign, 0)],
      BEST,
    );
    expect([answer.status, answer.body.data.carried_out]).toEqual([200, true]);
    expect(statusesOf(answer)).toEqual([409, 200, 409, 404]);
    expect(reasonsOf(answer).slice(0, 3)).toEqual(['slot_taken', undefined, 'slot_taken']);
    expect(await places(a, b, c)).toEqual(['ana 0 v1', 'ana 300 v2', 'ben 120 v1']);
    expect((await rows())[0]).toHaveLength(before?.length ?? 0);
  });

  const offersIn = (answer: Answer) => resultsOf(answer).map(({ error }) => error?.details.alternatives);
  /** Short enough for a table: the agent, and the minute. */
  const offered = (answer: Answer) =>
    offersIn(answer).map((offers) =>
      offers?.map(
        ({ agentId, startUtc }) => `${agentId} ${(Date.parse(startUtc) - NOW - days * DAY) / MINUTE}`,
      ),
    );
  const taking = (move: Move, { agentId, startUtc }: Offered): Move => ({
    id: move['id'],
    scheduledAtUtc: startUtc,
    assignedAgentId: agentId,
  });

  test('all or nothing: each place that a refused one is offered is accepted in the same request', async () => {
    // The last one leaves a time that the first one is offered, and takes one that it is not.
    await book(150, 'ben');
    const there = [to(b, 600), to(c, 150, { assignedAgentId: 'ana' })];
    const moves = [to(a, 150, { assignedAgentId: 'ben' }), ...there];
    const before = await rows();
    const refused = await send(moves);
    expect(statusesOf(refused)).toEqual([409, 200, 200]);
    expect(offered(refused)[0]).toEqual(['ben 120', 'ben 180', 'ben 105', 'ben 195', 'ben 90']);
    expect(await rows()).toEqual(before);
    const offers = offersIn(refused)[0] ?? [];
    for (const offer of offers) {
      const shown = await send(moves.with(0, taking(to(a, 0), offer)), {}, {}, '?dryRun=true');
      expect(statusesOf(shown)).toEqual([200, 200, 200]);
    }
    const [first] = offers;
    expect(first && (await send([taking(to(a, 0), first), ...there])).status).toBe(200);
    expect(await places(a, b, c)).toEqual(['ben 120 v2', 'ana 600 v2', 'ana 150 v2']);
  });

  test('best effort: each place that a refused one is offered is accepted as a move of its own', async () => {
    const moves = [
      to(a, 120, { assignedAgentId: 'ben' }),
      to(b, 135, { assignedAgentId: 'ben' }),
      to(c, 600),
    ];
    const shown = await send(moves, BEST, {}, '?dryRun=true');
    const answer = await send(moves, BEST);
    expect(statusesOf(answer)).toEqual([409, 409, 200]);
    // The time of the third has become free after it was refused to the first.
    expect(offered(answer).slice(0, 2)).toEqual([
      ['ben 120', 'ben 105', 'ben 135', 'ben 90', 'ana 120'],
      ['ben 135', 'ben 120', 'ben 150', 'ben 105', 'ana 135'],
    ]);
    expect(offered(shown)).toEqual(offered(answer));
    expect(await places(a, b, c)).toEqual(['ana 0 v1', 'ana 60 v1', 'ben 600 v2']);
    for (const [index, call] of [a, b].entries()) {
      for (const { agentId, startUtc } of offersIn(answer)[index] ?? []) {
        const body = { scheduledAtUtc: startUtc, assignedAgentId: agentId };
        const alone = await api.video('PATCH', `/scheduled-calls/${call?.id}?dryRun=true`, body);
        expect(alone.status).toBe(200);
      }
    }
  });

  test('ten are told where else they could go, the first that are refused', async () => {
    const calls = await Promise.all(Array.from({ length: 12 }, (_, index) => book(600 + 30 * index)));
    const moves = [to(foreign, 0), ...calls.map((call) => to(call, 60)), to(c, 2000)];
    const answer = await send(moves, BEST);
    expect(statusesOf(answer)).toEqual([404, ...calls.map(() => 409), 200]);
    expect(offered(answer).map((offers) => offers?.length)).toEqual([
      undefined,
      ...calls.map((_, index) => (index < 10 ? 5 : 0)),
      undefined,
    ]);
    expect(await places(c)).toEqual(['ben 2000 v2']);
  });

  test.each(['atomic', 'best_effort'])('%s: what was offered is told again for its key', async (mode) => {
    const key = { 'Idempotency-Key': `offered-${mode}-${days}` };
    const moves = [to(a, 60), to(c, 600)];
    const first = await send(moves, { mode }, key);
    expect(offered(first)[0]).toHaveLength(5);
    const events = await api.engine.probe.events(api.appId);
    await api.video('DELETE', `/scheduled-calls/${b?.id}`);
    const again = await send(moves, { mode }, key);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    // One for the cancelled call, and none for the repetition.
    expect(await api.engine.probe.events(api.appId)).toHaveLength(events.length + 1);
    expect(await places(c)).toEqual([mode === 'atomic' ? 'ben 120 v1' : 'ben 600 v2']);
  });

  /** Of calls that are not there. */
  const seeking = (count: number) =>
    Array.from({ length: count }, () => to(a, 0, { id: uuidIds.callId(), assignment: 'any' }));

  test.each<[string, () => Move[], string]>([
    ['none', () => [], 'moves'],
    ['21 that leave the agent open', () => seeking(21), 'moves'],
    ['501', () => Array.from({ length: 501 }, () => to(a, 0, { id: uuidIds.callId() })), 'moves'],
    ['one call twice', () => [to(a, 0), to(b, 0), to(a, 600, { id: a?.id.toUpperCase() })], 'moves.2.id'],
    ['one that moves nothing', () => [to(a, 600), { id: b?.id }], 'moves.1'],
    [
      'two ways to assign',
      () => [to(a, 0, { assignment: 'any', assignedAgentId: 'ana' })],
      'moves.0.assignment',
    ],
    ['a field of an edit', () => [to(a, 0, { guestName: 'Bo' })], 'moves.0.guestName'],
  ])('refuses %s', async (_, moves, path) => {
    const { status, body } = await send(moves());
    expect([status, body.error.details.issues]).toEqual([400, [{ path, message: expect.any(String) }]]);
  });

  test('twenty that leave the agent open are judged, beside others that name one', async () => {
    const answer = await send([...seeking(20), to(a, 600), to(b, 600, { assignedAgentId: 'ben' })], BEST);
    expect(statusesOf(answer)).toEqual([...Array.from({ length: 20 }, () => 404), 200, 200]);
  });

  test('the version, the reason and the policy count for each move', async () => {
    const d = await book(300, 'ben');
    const stale = await send([to(a, 600, { version: 1 }), to(b, 700, { version: 7 })], BEST);
    expect(statusesOf(stale)).toEqual([200, 412]);
    await policy({ actors: { api: { maxMoves: 1, reasonRequired: true } }, versionRequired: true });
    const own = { version: 1, reason: 'own' };
    const moves = [to(a, 800, { version: 2 }), to(b, 900, own), to(c, 600, { version: 1 })];
    expect(statusesOf(await send(moves, BEST))).toEqual([400, 200, 400]);
    expect(statusesOf(await send([to(c, 1000)], { ...BEST, reason: 'all' }))).toEqual([428]);
    moves.splice(1, 1, to(d, 900, own));
    const last = await send(moves, { ...BEST, reason: 'all' });
    expect([statusesOf(last), reasonsOf(last)[0]]).toEqual([[409, 200, 200], 'limit_reached']);
    await policy({});
    const reasonOf = async (call?: Call) =>
      (await api.video('GET', `/scheduled-calls/${call?.id}`)).body.data.events.at(-1).reason;
    expect([await reasonOf(d), await reasonOf(c)]).toEqual(['own', 'all']);
  });

  test('rules are passed over with the scope for it, never another call', async () => {
    await policy({ actors: { api: { allowed: false } } });
    const { token } = await api.newKey({ scopes: ['scheduling:write', 'scheduling:override'] });
    const asAdmin = { Authorization: `Bearer ${token}` };
    expect((await send([to(a, 600)], {}, {}, '?override=policy')).status).toBe(403);
    expect(statusesOf(await send([to(a, 600)]))).toEqual([403]);
    const passed = await send([to(a, 60), to(c, 700)], BEST, asAdmin, '?override=policy');
    expect(statusesOf(passed)).toEqual([409, 200]);
    await policy({});
    const reader = await api.newKey({ scopes: ['scheduling:read'] });
    expect((await send([to(a, 0)], {}, { Authorization: `Bearer ${reader.token}` })).status).toBe(403);
  });

  test('moves that leave the agent open spread over the agents', async () => {
    const any = { assignment: 'any' };
    expect((await send([to(a, 600, any), to(b, 600, any)])).status).toBe(200);
    expect((await places(a, b)).toSorted()).toEqual(['ana 600 v2', 'ben 600 v2']);
    expect(statusesOf(await send([to(c, 600, any)]))).toEqual([409]);
  });

  test.each(['atomic', 'best_effort'])(
    '%s: a dry run shows what would be, and writes nothing',
    async (mode) => {
      const before = await rows();
      const shown = await send([to(c, 0), to(a, 0)], { mode }, { 'Idempotency-Key': 'dry' }, '?dryRun=true');
      expect(shown.body.data).toMatchObject({ mode, dry_run: true, carried_out: false });
      const refused = await send([to(a, 60), to(c, 0)], { mode }, {}, '?dryRun=true');
      expect(refused.status).toBe(mode === 'atomic' ? 409 : 200);
      expect(statusesOf(refused)).toEqual([409, 200]);
      expect(await rows()).toEqual(before);
      const foreseen = resultsOf(shown);
      const rules = ['time', 'policy', 'agent', 'availability', 'daily_cap', 'slot', 'holds'];
      for (const { events = [], reminders, verdicts } of foreseen) {
        // One stays where it is.
        const judged = events.length > 0 ? rules : [];
        expect(verdicts).toEqual(judged.map((rule) => ({ rule, verdict: 'passed' })));
        expect(reminders).toEqual(events.flatMap(({ payload }) => payload?.reminders));
      }
      expect(foreseen.map(({ reminders }) => reminders?.length)).toContain(3);
      const made = foreseen.map(({ verdicts: _, reminders: __, ...rest }) => rest);
      expect(resultsOf(await send([to(c, 0), to(a, 0)], { mode }))).toEqual(made);
    },
  );

  test('a request with a key is carried out once, and answered alike, also when it is refused', async () => {
    const key = (word: string) => ({ 'Idempotency-Key': `${word}-${days}` });
    expect((await send([], {}, key('made'))).status).toBe(400);
    const first = await send([to(a, 60), to(b, 0)], {}, key('made'));
    const again = await send([to(a, 60), to(b, 0)], {}, key('made'));
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(await places(a, b)).toEqual(['ana 60 v2', 'ana 0 v2']);
    expect((await send([to(b, 0), to(a, 60)], {}, key('made'))).status).toBe(422);
    const refused = await send([to(a, 0)], {}, key('refused'));
    await api.video('DELETE', `/scheduled-calls/${b?.id}`);
    const repeated = await send([to(a, 0)], {}, key('refused'));
    expect([refused.status, repeated.status, repeated.text]).toEqual([409, 409, refused.text]);
  });

  test('five hundred moves, with as much to say as there may be, are one request', async () => {
    const far = (index: number, later: number) => NOW + (100 + later) * DAY + index * 30 * MINUTE;
    const calls = await Promise.all(
      Array.from({ length: 500 }, (_, index) => api.book({ startsAt: far(index, 0), agentId: 'ben' })),
    );
    const moves = calls.map(({ id }, index) => ({
      id,
      scheduledAtUtc: iso(far(499 - index, 300 * (index % 2))),
      assignedAgentId: index % 2 === 0 ? 'ana' : 'ben',
      version: 1,
      // Four bytes each.
      reason: '\u{1F30D}'.repeat(500),
    }));
    const answer = await send(moves, {}, { 'Idempotency-Key': 'five hundred' });
    expect(answer.status).toBe(200);
    expect(statusesOf(answer)).toEqual(calls.map(() => 200));
    const ids = new Set(calls.map(({ id }) => id));
    const stored = (await api.engine.probe.calls(api.appId)).filter(({ id }) => ids.has(id));
    expect(stored.map(({ version }) => version)).toEqual(calls.map(() => 2));
    expect((await send(moves, {}, { 'Idempotency-Key': 'five hundred' })).text).toBe(answer.text);
  });
});
