import { MINUTE, DAY, type Call } from '@reslot/core';
import { uuidIds } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';

interface Shown {
  readonly displaced: {
    readonly call: { readonly id: string };
    readonly proposal: {
      readonly agentId: string;
      readonly startUtc: string;
      readonly endUtc: string;
    } | null;
  }[];
  readonly reschedules: { readonly mode: string; readonly reason?: string; readonly moves: { id: string }[] };
}

describe.each(engines())('the calls that an absence displaces on %s', (name) => {
  let api: Api;
  let days = 1;
  const instant = (minutes: number): number => NOW + days * DAY + minutes * MINUTE;
  const at = (minutes: number): string => iso(instant(minutes));
  const book = (minutes: number, agentId = 'ana', over: Parameters<Api['book']>[0] = {}): Promise<Call> =>
    api.book({ startsAt: instant(minutes), agentId, ...over });
  const path = (from: number, to: number, rest = '', agentId = 'ana') =>
    `/agents/${agentId}/displaced?fromUtc=${at(from)}&toUtc=${at(to)}${rest}`;
  const ask = async (from: number, to: number, rest = '', headers = {}): Promise<Shown> => {
    const { status, body } = await api.video('GET', path(from, to, rest), undefined, headers);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.data;
  };
  const idsOf = ({ displaced }: Shown) => displaced.map(({ call }) => call.id);
  const proposalsOf = ({ displaced }: Shown) =>
    displaced.map(({ proposal }) =>
      proposal ? `${proposal.agentId} ${(Date.parse(proposal.startUtc) - instant(0)) / MINUTE}` : null,
    );
  const send = (shown: Shown, headers = {}) => api.video('POST', '/reschedules', shown.reschedules, headers);

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 10;
  });

  test('are those of that agent that keep any of that time, buffers included, by start', async () => {
    await book(-30);
    await book(120);
    await book(30, 'ben');
    await api.video('DELETE', `/scheduled-calls/${(await book(80)).id}`);
    const appId = uuidIds.callId();
    await api.scheduler.saveAgent({ agent: { appId, id: 'ana', name: 'Ana', active: true } });
    await book(30, 'ana', { appId });
    const last = await book(105, 'ana', { durationMinutes: 15 });
    const middle = await book(10);
    expect(idsOf(await ask(0, 120))).toEqual([middle.id, last.id]);
    expect(idsOf(await ask(39, 105))).toEqual([middle.id]);
    expect(idsOf(await ask(40, 105))).toEqual([]);
  });

  test('count with their buffers, and go where they are out of the way', async () => {
    const after = await book(-30, 'ana', { bufferAfterMinutes: 5 });
    const before = await book(60, 'ana', { bufferBeforeMinutes: 5 });
    const shown = await ask(0, 60);
    expect(idsOf(shown)).toEqual([after.id, before.id]);
    expect(proposalsOf(shown)).toEqual(['ben -30', 'ben 60']);
    expect(idsOf(await ask(5, 55))).toEqual([]);
    await Promise.all([book(-30, 'ben'), book(60, 'ben')]);
    expect(proposalsOf(await ask(0, 60))).toEqual(['ana -45', 'ana 75']);
  });

  test('have a proposal each, which are accepted as they are; asking changes nothing', async () => {
    const calls = [await book(0), await book(30), await book(60), await book(90)];
    await book(30, 'ben', { durationMinutes: 60 });
    const before = [await api.engine.probe.calls(api.appId), await api.engine.probe.events(api.appId)];
    const shown = await ask(0, 120, '&reason=ill');
    expect([await api.engine.probe.calls(api.appId), await api.engine.probe.events(api.appId)]).toEqual(
      before,
    );
    expect(proposalsOf(shown)).toEqual(['ben 0', 'ana -30', 'ana 120', 'ben 90']);
    expect(shown.displaced[0]?.proposal).toEqual({ agentId: 'ben', startUtc: at(0), endUtc: at(30) });
    expect(shown.reschedules).toEqual({
      mode: 'atomic',
      reason: 'ill',
      moves: shown.displaced.map(({ call: { id }, proposal }) => ({
        id,
        scheduledAtUtc: proposal?.startUtc,
        assignedAgentId: proposal?.agentId,
        version: 1,
      })),
    });
    const { status, body } = await send(shown);
    expect([status, body.data.results.map(({ id }: { id: string }) => id)]).toEqual([
      200,
      calls.map(({ id }) => id),
    ]);
    expect(idsOf(await ask(0, 120))).toEqual([]);
    // What has changed meanwhile is not moved again.
    await api.video('PATCH', `/scheduled-calls/${calls[0]?.id}`, { scheduledAtUtc: at(300) });
    expect(
      (await send(shown)).body.error.details.results.map(({ status: of }: { status: number }) => of),
    ).toEqual([412, 200, 200, 200]);
  });

  test('have none when they have started, or when there is no place', async () => {
    const started = await book(0);
    await api.video('POST', `/scheduled-calls/${started.id}/start`);
    await book(60);
    const shown = await ask(-15 * 1440, 15 * 1440);
    expect(proposalsOf(shown).slice(-2)).toEqual([null, 'ben 60']);
    expect(shown.reschedules.moves.map(({ id }) => id)).not.toContain(started.id);
    await book(60, 'ben');
    expect(proposalsOf(await ask(-15 * 1440, 15 * 1440)).slice(-2)).toEqual([null, null]);
  });

  test('go outside of the hours of nobody, and by the policy for whoever asks', async () => {
    const hours = {
      weekday: new Date(instant(0)).getUTCDay(),
      start: '09:00',
      end: '11:00',
      timezone: 'UTC',
    };
    await api.video('PUT', '/agents/ana/availability', { windows: [hours] });
    await api.video('PUT', '/agents/ben/availability', { windows: [{ ...hours, start: '10:30' }] });
    await book(0);
    expect(proposalsOf(await ask(0, 60))).toEqual(['ana 60']);
    // Nothing is left of that day, and the end of the hours a week before is nearer than their beginning a week after.
    expect(proposalsOf(await ask(0, 91))).toEqual(['ana -9990']);
    await api.video('PUT', '/policy', {
      actors: { guest: { reasonRequired: true }, agent: { allowed: false } },
    });
    const by = (actor: string, rest = '') => ask(0, 60, rest, { 'X-Actor': actor });
    expect(proposalsOf(await by('guest/amina'))).toEqual([null]);
    expect(proposalsOf(await by('agent/ana', '&reason=ill'))).toEqual([null]);
    const allowed = await by('guest/amina', '&reason=ill');
    expect(proposalsOf(allowed)).toEqual(['ana 60']);
    expect((await send(allowed, { 'X-Actor': 'guest/amina' })).status).toBe(200);
    await Promise.all(['ana', 'ben'].map((id) => api.video('PUT', `/agents/${id}/availability`, {})));
    await api.video('PUT', '/policy', {});
  });

  test('are 50 at most', async () => {
    const calls = Array.from({ length: 51 }, (_, index) => book(index * 15, 'ana', { durationMinutes: 15 }));
    const [first] = await Promise.all(calls);
    const { status, body } = await api.video('GET', path(0, 51 * 15));
    expect([status, body.error.details.issues]).toEqual([
      400,
      [{ path: 'toUtc', message: expect.stringContaining('51') }],
    ]);
    const shown = await ask(15, 51 * 15);
    expect(shown.displaced).toHaveLength(50);
    expect(shown.reschedules.moves).toHaveLength(50);
    expect((await send(shown)).status).toBe(200);
    expect(idsOf(await ask(0, 51 * 15))).toEqual([first?.id]);
  });

  test.each<[string, () => string, number, string | undefined]>([
    ['an end that is not after the beginning', () => path(60, 60), 400, 'toUtc'],
    ['a beginning that is no time', () => `/agents/ana/displaced?fromUtc=x&toUtc=${at(0)}`, 400, 'fromUtc'],
    ['no end', () => `/agents/ana/displaced?fromUtc=${at(0)}`, 400, 'toUtc'],
    ['an agent that is not there', () => path(0, 60, '', 'nobody'), 404, undefined],
  ])('refuses %s', async (_, wanted, expected, field) => {
    const { status, body } = await api.video('GET', wanted());
    expect([status, body.error.details.issues?.map((issue: { path: string }) => issue.path)]).toEqual([
      expected,
      field && [field],
    ]);
  });

  test('are told to who may read', async () => {
    const { token } = await api.newKey({ scopes: ['scheduling:write'] });
    expect(
      (await api.video('GET', path(0, 60), undefined, { Authorization: `Bearer ${token}` })).status,
    ).toBe(403);
    const reader = await api.newKey({ scopes: ['scheduling:read'] });
    const shown = await api.video('GET', path(0, 60), undefined, { Authorization: `Bearer ${reader.token}` });
    expect([shown.status, shown.body.data.displaced]).toEqual([200, []]);
  });
});
