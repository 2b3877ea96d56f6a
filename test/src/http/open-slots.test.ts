import { MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api } from './api.ts';
import { at, blocked, hours, newTenant, speakingFor, stretch, type Tenant } from './tenants.ts';

interface Slot {
  readonly startUtc: string;
  readonly endUtc: string;
  readonly agentId: string;
}

const GUEST = speakingFor('guest');

describe.each(engines())('GET /availability on %s', (name) => {
  let api: Api;
  let tenant: Tenant;
  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(async () => {
    tenant = await newTenant(api);
  });

  const between = (start: string, end: string) => ({ fromUtc: iso(at(start)), toUtc: iso(at(end)) });
  const get = (query: Record<string, string | number>, headers = {}) => {
    const text = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
    return tenant.ask('GET', `/availability?${new URLSearchParams(text)}`, undefined, headers);
  };
  const slots = async (query: Record<string, string | number>, headers = {}): Promise<Slot[]> => {
    const { status, text, body } = await get(query, headers);
    expect([status, text]).toEqual([200, text]);
    return body.data.slots;
  };
  /** As `ana 10:00`. */
  const found = async (query: Record<string, string | number>, headers = {}) =>
    (await slots(query, headers)).map(({ agentId, startUtc }) => `${agentId} ${startUtc.slice(11, 16)}`);

  test('is stepped as long as the call, up to the end, by start and agent', async () => {
    await tenant.agent('ben');
    await tenant.agent('ana');
    const query = { ...between('10:00', '11:20'), durationMinutes: 30 };
    expect(await slots({ ...query, agentId: 'ana' })).toEqual([
      { agentId: 'ana', ...stretch('10:00', '10:30') },
      { agentId: 'ana', ...stretch('10:30', '11:00') },
    ]);
    expect(await found(query)).toEqual(['ana 10:00', 'ben 10:00', 'ana 10:30', 'ben 10:30']);
    expect(await found({ ...query, agentId: 'ben', stepMinutes: 25 })).toEqual([
      'ben 10:00',
      'ben 10:25',
      'ben 10:50',
    ]);
  });

  test('leaves out what is taken, buffers on both sides, and what is past', async () => {
    await tenant.agent('ana');
    await tenant.book({ startsAt: at('11:00'), bufferBeforeMinutes: 15, bufferAfterMinutes: 15 });
    const query = { ...between('10:00', '12:30'), durationMinutes: 15, agentId: 'ana' };
    expect(await found(query)).toEqual([
      'ana 10:00',
      'ana 10:15',
      'ana 10:30',
      'ana 11:45',
      'ana 12:00',
      'ana 12:15',
    ]);
    const buffered = { ...query, bufferBeforeMinutes: 20, bufferAfterMinutes: 10 };
    expect(await found(buffered)).toEqual(['ana 10:00', 'ana 10:15', 'ana 12:15']);
    const now = { fromUtc: iso(NOW - 30 * MINUTE), toUtc: iso(NOW + 45 * MINUTE) };
    expect(await found({ ...now, durationMinutes: 15 })).toEqual(['ana 09:15', 'ana 09:30']);
  });

  test('for a call that is there: as long as it is, and its own time is not in its way', async () => {
    await tenant.agent('ana');
    const { id } = await tenant.book({
      startsAt: at('10:00'),
      durationMinutes: 60,
      bufferAfterMinutes: 30,
    });
    await tenant.book({ startsAt: at('12:30') });
    const query = { ...between('09:00', '14:00'), callId: id };
    expect(await found(query)).toEqual(['ana 09:00', 'ana 10:00', 'ana 11:00', 'ana 13:00']);
    expect(await found({ ...query, stepMinutes: 30 })).toEqual([
      'ana 09:00',
      'ana 09:30',
      'ana 10:00',
      'ana 10:30',
      'ana 11:00',
      'ana 13:00',
    ]);
    await tenant.ask('POST', `/scheduled-calls/${id}/start`);
    expect(await found(query)).toEqual([]);
  });

  test('inside of the hours, or not if that is asked for; never in time off', async () => {
    await tenant.agent('ana', {
      windows: [hours('10:00', '11:00')],
      exceptions: [blocked('10:30', '11:00')],
      doNotDisturb: [stretch('11:30', '12:00')],
    });
    const { id } = await tenant.book({ agentId: null });
    for (const what of [{ durationMinutes: 30 }, { callId: id }]) {
      const query = { ...between('09:30', '12:30'), ...what };
      expect(await found(query)).toEqual(['ana 10:00']);
      const any = await found({ ...query, respectWorkingHours: 'false' });
      expect(any).toEqual(['ana 09:30', 'ana 10:00', 'ana 11:00', 'ana 12:00']);
    }
  });

  test('of active agents only, and another app’s calls are in nobody’s way', async () => {
    for (const id of ['ana', 'ben', 'idle']) await tenant.agent(id);
    await tenant.ask('PUT', '/agents/idle', { name: 'Idle', active: false });
    const other = await newTenant(api);
    await other.agent('ana');
    await other.book({ startsAt: at('10:00') });
    await tenant.book({ startsAt: at('10:00'), agentId: 'ben' });
    expect(await found({ ...between('10:00', '10:30'), durationMinutes: 30 })).toEqual(['ana 10:00']);
  });

  test('as the policy lets the actor who asks', async () => {
    await tenant.agent('ana');
    const { id } = await tenant.book({ startsAt: at('09:00') });
    await tenant.settle({
      actors: { guest: { minNoticeToNewMinutes: (at('11:00') - NOW) / MINUTE } },
    });
    const query = { ...between('10:00', '12:00'), callId: id };
    expect(await found(query)).toHaveLength(4);
    expect(await found(query, GUEST)).toEqual(['ana 11:00', 'ana 11:30']);
  });

  test('at most 400 candidates, starts times agents: more is 400 and says how many', async () => {
    await tenant.agent('ana');
    const query = { durationMinutes: 5, stepMinutes: 1, fromUtc: iso(at('00:00')) };
    const most = { ...query, toUtc: iso(at('06:44')) };
    expect(await slots(most)).toHaveLength(400);
    await tenant.agent('ben');
    for (const [asked, count] of [
      [most, 800],
      [{ ...query, toUtc: iso(at('20:04')) }, 2400],
      [{ ...query, toUtc: iso(at('06:45')), agentId: 'ana' }, 401],
    ] as const) {
      const { status, body } = await get(asked);
      expect([status, body.error.details.issues[0].path]).toEqual([400, 'toUtc']);
      expect(body.error.message).toMatch(new RegExp(`at most 400 candidates.* these are ${count}$`));
    }
  });

  test.each<[string, Record<string, string | number>, number, string | undefined]>([
    ['no length', {}, 400, 'durationMinutes'],
    ['a length of 4 minutes', { durationMinutes: 4 }, 400, 'durationMinutes'],
    ['a length of more than 8 hours', { durationMinutes: 481 }, 400, 'durationMinutes'],
    ['a step of zero', { durationMinutes: 30, stepMinutes: 0 }, 400, 'stepMinutes'],
    ['a buffer of 5 hours', { durationMinutes: 30, bufferAfterMinutes: 300 }, 400, 'bufferAfterMinutes'],
    ['an end before its beginning', { durationMinutes: 30, toUtc: iso(at('09:59')) }, 400, 'toUtc'],
    ['no beginning', { durationMinutes: 30, fromUtc: '' }, 400, 'fromUtc'],
    ['more than 400 days', { durationMinutes: 30, toUtc: iso(at('10:01', '2027-06-08')) }, 400, 'toUtc'],
    ['a word for a switch', { durationMinutes: 30, respectWorkingHours: 'no' }, 400, 'respectWorkingHours'],
    ['an unknown agent', { durationMinutes: 30, agentId: 'nobody' }, 400, 'agentId'],
    ['an inactive agent', { durationMinutes: 30, agentId: 'idle' }, 400, 'agentId'],
    ['an unknown parameter', { durationMinutes: 30, from: 1 }, 400, 'from'],
    ['an unknown call', { callId: '018f3c1e-9d2b-7c3a-8f00-000000000000' }, 404, undefined],
  ])('refuses %s', async (_, over, status, path) => {
    await tenant.agent('idle');
    await tenant.ask('PUT', '/agents/idle', { name: 'Idle', active: false });
    const answer = await get({ ...between('10:00', '12:00'), ...over });
    expect([answer.status, answer.body.error.details.issues?.[0].path]).toEqual([status, path]);
  });

  test('refuses a call with a length or buffers of its own, and another app’s call', async () => {
    await tenant.agent('ana');
    const { id } = await tenant.book({});
    for (const over of [{ durationMinutes: 30 }, { bufferBeforeMinutes: 5 }, { bufferAfterMinutes: 0 }]) {
      const { status, body } = await get({ ...between('10:00', '12:00'), callId: id, ...over });
      expect([status, body.error.details.issues[0].path]).toEqual([400, 'callId']);
    }
    tenant = await newTenant(api);
    expect((await get({ ...between('10:00', '12:00'), callId: id })).status).toBe(404);
  });
});
