import { uuidIds } from '@reslot/adapters/ids';
import {
  createScheduler,
  DAY,
  DEFAULT_POLICY,
  MINUTE,
  MOST_IN_ROSTER,
  occupancy,
  overlap,
  type Call,
} from '@reslot/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

const GUEST = { guestName: 'Bruno', guestEmail: 'bruno@example.com', appTimezone: 'UTC' };
const MORNING = NOW + 20 * DAY;

describe.each(engines())('who takes a new call on %s', (name) => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());

  /** An app of its own, with these agents. */
  const appOf = async (...agents: string[]) => {
    const appId = uuidIds.callId();
    await api.engine.credentials.addApp({ id: appId, name: 'Own', createdAt: NOW });
    const { token } = await api.newKey({ appId });
    const request = (method: string, path: string, body?: object) =>
      api.request(method, `/api/v1/video/${appId}${path}`, body, { Authorization: `Bearer ${token}` });
    const set = (id: string, active = true) => request('PUT', `/agents/${id}`, { name: id, active });
    await Promise.all(agents.map((id) => set(id)));
    const book = (minutes: number, over: object = {}) => {
      const scheduledAtUtc = iso(MORNING + minutes * MINUTE);
      const body = { ...GUEST, scheduledAtUtc, assignmentMethod: 'round_robin', ...over };
      return request('POST', '/scheduled-calls', body);
    };
    return { appId, request, set, book };
  };
  const agentOf = ({ body }: Answer): string =>
    body.data?.call.assigned_agent_id ?? body.error.details.reason;
  const inTurn = async (asks: (() => Promise<Answer>)[]) => {
    const agents: string[] = [];
    for (const ask of asks) agents.push(agentOf(await ask()));
    return agents.join(' ');
  };
  const times = (most: number) => Array.from({ length: most }, (_, index) => index);
  const tally = (agents: string[]) =>
    Object.fromEntries(
      [...new Set(agents)].toSorted().map((id) => [id, agents.filter((one) => one === id).length]),
    );
  const told = {
    actor: { type: 'api', id: 'me' },
    source: 'test',
    guestName: 'G',
    appTimezone: 'UTC',
  } as const;

  test('a round robin comes to each in turn, whatever the day', async () => {
    const { book } = await appOf('cal', 'ana', 'ben');
    const agents = await inTurn(times(30).map((index) => () => book(index * 7 * 60)));
    expect(agents).toBe(Array(10).fill('ana ben cal').join(' '));
  });

  test('also when all ask at once, for one time or for several', async () => {
    const { book } = await appOf('ana', 'ben', 'cal');
    const answers = await Promise.all(times(30).map((index) => book(Math.floor(index / 3) * 30)));
    expect(tally(answers.map(agentOf))).toEqual({ ana: 10, ben: 10, cal: 10 });
  });

  test('whoever is busy is passed over, and comes next', async () => {
    const { book } = await appOf('ana', 'ben', 'cal');
    await book(0, { assignmentMethod: 'manual', assignedAgentId: 'ana' });
    expect(await inTurn([0, 0, 60, 90, 120].map((minutes) => () => book(minutes)))).toBe(
      'ben cal ana ben cal',
    );
  });

  test('a newcomer gets one turn, and not all of them; one who comes back does not catch up', async () => {
    const { book, set } = await appOf('ana', 'ben');
    await inTurn(times(10).map((index) => () => book(index * 30)));
    await set('new');
    expect(await inTurn(times(6).map((index) => () => book(400 + index * 30)))).toBe(
      'new ana ben new ana ben',
    );
    await set('ana', false);
    expect(await inTurn(times(4).map((index) => () => book(700 + index * 30)))).toBe('new ben new ben');
    await set('ana');
    expect(tally((await inTurn(times(6).map((index) => () => book(900 + index * 30)))).split(' '))).toEqual({
      ana: 2,
      ben: 2,
      new: 2,
    });
  });

  test('a pool gives the call to whoever has the fewest of the day; a named agent wins over the method', async () => {
    const { book } = await appOf('ana', 'ben', 'cal');
    const pool = { assignmentMethod: 'pool' };
    expect(await inTurn(times(6).map((index) => () => book(index * 30, pool)))).toBe(
      'ana ben cal ana ben cal',
    );
    for (const assignmentMethod of ['pool', 'round_robin']) {
      const answer = await book(300, { assignmentMethod, assignedAgentId: 'cal' });
      expect([answer.status, agentOf(answer)]).toEqual(
        assignmentMethod === 'pool' ? [201, 'cal'] : [409, 'slot_taken'],
      );
    }
    // A named agent is no turn of the round robin.
    expect(await inTurn([() => book(400), () => book(430)])).toBe('ana ben');
    expect(await inTurn(times(4).map(() => () => book(500, pool)))).toBe('ana ben cal slot_taken');
  });

  test('the same bookings give the same agents', async () => {
    const run = async () => {
      const { book } = await appOf('ana', 'ben', 'cal', 'dee');
      const asks = times(16).map(
        (index) => () => book((index % 5) * 20, { assignmentMethod: index % 3 ? 'pool' : 'round_robin' }),
      );
      return inTurn(asks);
    };
    expect(await run()).toEqual(await run());
  });

  test('one who comes back in the same moment is not booked where a call is already', async () => {
    const { appId, set, book } = await appOf('ana', 'ben');
    await book(0, { assignmentMethod: 'manual', assignedAgentId: 'ana' });
    await set('ana', false);
    await book(0, { assignmentMethod: 'manual', assignedAgentId: 'ben' });
    for (const assignmentMethod of ['round_robin', 'pool'] as const) {
      const create = { ...told, appId, type: 'create', startsAt: MORNING, assignmentMethod } as const;
      const agent = { appId, id: 'ana', name: 'ana', active: true };
      // The first one goes alone, and the others become one batch, or all do.
      const [, , refused] = await Promise.all([
        api.scheduler.savePolicy({ appId, policy: DEFAULT_POLICY }),
        api.scheduler.saveAgent({ agent }),
        api.scheduler.execute(create),
      ]);
      expect(refused.kind).toBe('slot_taken');
      await set('ana', false);
    }
  });

  test('of more active agents than a roster holds the first by id are looked at', async () => {
    const ids = times(MOST_IN_ROSTER + 1).map((index) => `agent-${1_000 + index}`);
    const last = ids.at(-1) ?? '';
    const { appId, book, request } = await appOf(...ids);
    const named = await book(120, { assignedAgentId: last });
    expect(agentOf(named)).toBe(last);
    const create = (startsAt: number, agentId?: string) =>
      api.scheduler.execute({ ...told, appId, type: 'create', startsAt, agentId, assignmentMethod: 'pool' });
    // All but the last are taken; then in one batch with a booking for the last, at another time.
    const filled = await Promise.all(times(MOST_IN_ROSTER).map(() => create(MORNING)));
    expect(new Set(filled.map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    const outcomes = await Promise.all([create(MORNING + DAY), create(MORNING + DAY, last), create(MORNING)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'slot_taken']);
    const { body } = await request('GET', `/scheduled-calls?agentId=${last}`);
    expect(body.data.calls).toHaveLength(2);
    expect(agentOf(await book(60, { assignmentMethod: 'pool' }))).toBe(ids[0]);
  });

  test('two processes on one database never double-book, and spread the calls', async () => {
    const agents = ['ana', 'ben', 'cal'];
    const { appId } = await appOf(...agents);
    const { engine, clock } = api;
    const processes = times(2).map(() => createScheduler({ store: engine.store, clock, ids: uuidIds }));
    const startsAt = (index: number) => MORNING + Math.floor(index / 2) * 30 * MINUTE;
    const outcomes = await Promise.all(
      times(60).map((index) => {
        const create = { ...told, appId, type: 'create', assignmentMethod: 'round_robin' } as const;
        return processes[index % 2]?.execute({ ...create, startsAt: startsAt(index) });
      }),
    );
    const calls = outcomes.flatMap((outcome): Call[] => (outcome?.kind === 'accepted' ? [outcome.call] : []));
    expect(calls).toHaveLength(60);
    const slots = calls.flatMap((call) => occupancy(call) ?? []);
    const pairs = slots.flatMap((one, index) =>
      slots.slice(index + 1).filter((other) => overlap(one, other)),
    );
    expect(pairs).toEqual([]);
    const counts = Object.values(tally(slots.map(({ agentId }) => agentId)));
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(6);
  });
});
