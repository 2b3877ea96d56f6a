import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

const GUEST = { guestName: 'Bruno', guestEmail: 'bruno@example.com', appTimezone: 'UTC' };

describe.each(engines())('holds on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 20;
    morning = NOW + days * DAY;
  });

  const at = (minutes: number) => iso(morning + minutes * MINUTE);
  const place = (body: object = {}) =>
    api.video('POST', '/holds', { agentId: 'ana', startUtc: at(0), ...body });
  const held = async (body: object = {}): Promise<string> => {
    const answer = await place(body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data.hold.id;
  };
  const letGo = (id: string) => api.video('DELETE', `/holds/${id}`);
  const book = (minutes: number, query = '', body: object = {}) =>
    api.video('POST', `/scheduled-calls${query}`, {
      ...GUEST,
      assignedAgentId: 'ana',
      scheduledAtUtc: at(minutes),
      ...body,
    });
  const move = (id: string, minutes: number, query = '', body: object = {}) =>
    api.video('PATCH', `/scheduled-calls/${id}${query}`, { scheduledAtUtc: at(minutes), ...body });
  const elsewhereOf = (agentId: string) => api.book({ agentId, startsAt: morning + 300 * MINUTE });
  const elsewhere = async () => (await elsewhereOf('ana')).id;
  const reasonOf = ({ status, body }: Answer) => [status, body.error?.details?.reason];
  const HELD = [409, 'held'];

  test('a hold is told as it is, and let go of once', async () => {
    const { status, body, headers } = await place({ bufferBeforeMinutes: 5, bufferAfterMinutes: 10 });
    expect(status).toBe(201);
    const { hold } = body.data;
    expect(hold).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      agentId: 'ana',
      startUtc: at(-5),
      endUtc: at(40),
      callId: null,
      expiresAtUtc: iso(api.clock.now() + 300_000),
    });
    const base = `http://x/api/v1/video/${api.appId}/`;
    expect(new URL(headers.get('location') ?? '', `${base}holds`).href).toBe(`${base}holds/${hold.id}`);
    expect(await letGo(hold.id)).toMatchObject({ status: 200, body: { data: { hold } } });
    expect((await letGo(hold.id)).status).toBe(404);
    expect((await book(0)).status).toBe(201);
  });

  test('others are refused, and each alternative is accepted; nobody learns who it is for', async () => {
    const callId = await elsewhere();
    const { body: mine } = await place({ callId, seconds: 60 });
    const mover = (await api.book({ agentId: 'ben', startsAt: morning + 600 * MINUTE })).id;
    const answers = [
      await book(15),
      await move(mover, 0, '', { assignedAgentId: 'ana' }),
      await place({ durationMinutes: 5 }),
    ];
    for (const { status, body, text } of answers) {
      expect([status, body.error.details]).toEqual([
        409,
        {
          reason: 'held',
          until: mine.data.hold.expiresAtUtc,
          conflict: { agentId: 'ana', startUtc: at(0), endUtc: at(30) },
          alternatives: expect.any(Array),
        },
      ]);
      for (const secret of [callId, mine.data.hold.id, 'Amina', 'amina@example.com'])
        expect(text).not.toContain(secret);
    }
    const [alternatives] = answers.map(({ body }) => body.error.details.alternatives);
    expect(alternatives).toHaveLength(5);
    for (const { startUtc, agentId } of alternatives) {
      const taken = await book(0, '', { scheduledAtUtc: startUtc, assignedAgentId: agentId });
      expect(taken.status).toBe(201);
      await api.video('DELETE', `/scheduled-calls/${taken.body.data.call.id}`);
    }
  });

  test('availability leaves it out, except for the call that it is for', async () => {
    const callId = await elsewhere();
    const starts = async (query: string) => {
      const path = `/availability?fromUtc=${at(-30)}&toUtc=${at(60)}&agentId=ana&stepMinutes=30&${query}`;
      const { body } = await api.video('GET', path);
      return body.data.slots.map(({ startUtc }: { startUtc: string }) => startUtc);
    };
    const all = [at(-30), at(0), at(30)];
    expect(await starts('durationMinutes=30')).toEqual(all);
    await held({ callId });
    expect(await starts('durationMinutes=30')).toEqual([at(-30), at(30)]);
    expect(await starts(`callId=${callId}`)).toEqual(all);
    expect(await starts(`callId=${(await elsewhereOf('ben')).id}`)).toEqual([at(-30), at(30)]);
  });

  test('the call that it is for may take it, and it is spent', async () => {
    const callId = await elsewhere();
    const id = await held({ callId });
    expect((await move(callId, 200)).status).toBe(200);
    expect(reasonOf(await book(0))).toEqual(HELD);
    expect((await move(callId, 0, '?dryRun=true')).status).toBe(200);
    expect((await move(callId, 0)).status).toBe(200);
    expect((await letGo(id)).status).toBe(404);
  });

  test('whoever names it may take it by a booking, a move or an undo', async () => {
    const first = await held();
    expect((await book(0, `?hold=${first}`)).status).toBe(201);
    expect((await letGo(first)).status).toBe(404);
    const second = await held({ startUtc: at(30) });
    const call = await elsewhere();
    expect(reasonOf(await move(call, 30))).toEqual(HELD);
    expect((await move(call, 30, `?hold=${second}`)).status).toBe(200);
    expect((await letGo(second)).status).toBe(404);
    const third = await held({ startUtc: at(300) });
    const undo = (query: string) => api.video('POST', `/scheduled-calls/${call}/undo${query}`);
    expect(reasonOf(await undo(''))).toEqual(HELD);
    expect((await undo(`?hold=${third}`)).status).toBe(200);
    expect((await letGo(third)).status).toBe(404);
  });

  test('it is not spent by a preview, a refused move, or an edit', async () => {
    const id = await held();
    const call = await elsewhere();
    expect((await move(call, 0, `?hold=${id}&dryRun=true`)).status).toBe(200);
    await api.book({ startsAt: morning - 30 * MINUTE });
    expect(reasonOf(await move(call, -10, `?hold=${id}`))).toEqual([409, 'slot_taken']);
    const edit = await api.video('PATCH', `/scheduled-calls/${call}?hold=${id}`, { guestName: 'Zoe' });
    expect(edit.status).toBe(200);
    expect(reasonOf(await book(0))).toEqual(HELD);
    expect((await letGo(id)).status).toBe(200);
  });

  test('one that keeps nothing of the wanted time is none, and nothing is changed', async () => {
    const NONE = [409, 'no_hold'];
    const [mine, over] = [await held(), await held({ startUtc: at(60), seconds: 10 })];
    const elsewheres = [await held({ startUtc: at(120) }), await held({ agentId: 'ben' })];
    const call = await elsewhere();
    const nobodys = (await api.book({ agentId: null, startsAt: morning + 300 * MINUTE })).id;
    await letGo(mine);
    api.clock.set(api.clock.now() + 10_000);
    expect(reasonOf(await move(call, 60, `?hold=${over}`))).toEqual(NONE);
    for (const id of [mine, api.appId, ...elsewheres]) {
      expect(reasonOf(await move(call, 0, `?hold=${id}`))).toEqual(NONE);
      expect(reasonOf(await move(call, 0, `?hold=${id}&dryRun=true`))).toEqual(NONE);
      expect(reasonOf(await book(0, `?hold=${id}`))).toEqual(NONE);
      expect(reasonOf(await move(nobodys, 0, `?hold=${id}`))).toEqual(NONE);
    }
    expect((await api.video('GET', `/scheduled-calls/${call}`)).body.data.call.version).toBe(1);
    expect((await move(call, 0, `?hold=${elsewheres[1]}`, { assignedAgentId: 'ben' })).status).toBe(200);
    expect((await letGo(elsewheres[0] ?? '')).status).toBe(200);
  });

  test('who names it is offered what is free without it', async () => {
    await api.book({ agentId: 'ana', startsAt: morning });
    const id = await held({ startUtc: at(30) });
    const call = await elsewhere();
    const { status, body } = await move(call, 0, `?hold=${id}`);
    expect([status, body.error.details.reason]).toEqual([409, 'slot_taken']);
    const offers: { startUtc: string; agentId: string }[] = body.error.details.alternatives;
    expect(offers.map(({ agentId }) => agentId)).toContain('ana');
    for (const { startUtc: scheduledAtUtc, agentId: assignedAgentId } of offers) {
      const wanted = { scheduledAtUtc, assignedAgentId };
      expect((await api.video('PATCH', `/scheduled-calls/${call}?dryRun=true`, wanted)).status).toBe(200);
    }
  });

  test('what spends it can come again: with a key it is answered as before, without one nothing changes', async () => {
    const id = await held();
    const call = await elsewhere();
    const key = { 'Idempotency-Key': `"${id}"` };
    const ask = (headers?: Record<string, string>) =>
      api.video('PATCH', `/scheduled-calls/${call}?hold=${id}`, { scheduledAtUtc: at(0) }, headers);
    const [first, again] = [await ask(key), await ask(key)];
    expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
    const without = await ask();
    expect([without.status, without.body.data.events]).toEqual([200, []]);
    const other = (headers: Record<string, string>) =>
      api.video('PATCH', `/scheduled-calls/${call}?hold=${id}`, { scheduledAtUtc: at(60) }, headers);
    const refused = [
      await other({}),
      await other({ 'Idempotency-Key': `"${call}"` }),
      await other({ 'Idempotency-Key': `"${call}"` }),
    ];
    expect(refused.map(reasonOf)).toEqual(refused.map(() => [409, 'no_hold']));
  });

  test('buffers count, on both sides, and touching is allowed', async () => {
    await held({ bufferBeforeMinutes: 10, bufferAfterMinutes: 20 });
    expect(reasonOf(await book(-39))).toEqual(HELD);
    expect(reasonOf(await book(49))).toEqual(HELD);
    expect(reasonOf(await book(60, '', { bufferBeforeMinutes: 11 }))).toEqual(HELD);
    expect((await book(-40)).status).toBe(201);
    expect((await book(60, '', { bufferBeforeMinutes: 10 })).status).toBe(201);
    expect((await book(0, '', { assignedAgentId: 'ben' })).status).toBe(201);
  });

  test('it is over at the very millisecond', async () => {
    const id = await held({ seconds: 10 });
    api.clock.advance(9_999);
    expect(reasonOf(await book(0))).toEqual(HELD);
    api.clock.advance(1);
    expect((await letGo(id)).status).toBe(404);
    expect((await book(0)).status).toBe(201);
  });

  test('a call’s own time can be held for it, also partly, and not for anybody else', async () => {
    const { id: callId } = await api.book({ startsAt: morning });
    const other = await elsewhere();
    expect(await place({ callId: other })).toMatchObject({ status: 409 });
    const own = await held({ callId });
    await held({ callId, startUtc: at(15) });
    expect((await move(callId, 100)).status).toBe(200);
    expect(reasonOf(await move(other, 0))).toEqual(HELD);
    expect((await letGo(own)).status).toBe(200);
  });

  test('what cannot be taken cannot be held', async () => {
    await api.book({ startsAt: morning, guestName: 'Nobody else’s business' });
    const taken = await place({ startUtc: at(10) });
    expect(reasonOf(taken)).toEqual([409, 'slot_taken']);
    expect(taken.text).not.toContain('business');
    const { body } = taken;
    for (const { startUtc, agentId } of body.error.details.alternatives)
      await letGo(await held({ startUtc, agentId }));
    const window = { weekday: 1, start: '09:00', end: '17:00', timezone: 'UTC' };
    const sun = Math.floor(morning / DAY) * DAY + ((7 - new Date(morning).getUTCDay()) % 7) * DAY;
    await api.scheduler.saveAgent({ agent: { appId: api.appId, id: 'cal', name: 'Cal', active: true } });
    await api.video('PUT', '/agents/cal/availability', { windows: [window] });
    const closed = await place({ agentId: 'cal', startUtc: iso(sun + 10 * 60 * MINUTE) });
    expect(reasonOf(closed)).toEqual([409, 'outside_hours']);
    const { id } = await elsewhereOf('ben');
    await api.video('DELETE', `/scheduled-calls/${id}`);
    expect(reasonOf(await place({ callId: id }))).toEqual([409, 'final_state']);
  });
});
