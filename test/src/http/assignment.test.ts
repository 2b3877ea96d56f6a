import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';

const GUEST = { guestName: 'Bruno', guestEmail: 'bruno@example.com', appTimezone: 'UTC' };

describe.each(engines())('who takes a moved call on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
    await set('cal');
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 20;
    morning = NOW + days * DAY;
  });

  const at = (minutes: number) => iso(morning + minutes * MINUTE);
  const set = (id: string, active = true) => api.video('PUT', `/agents/${id}`, { name: id, active });
  const patch = (id: string, body: object, query = '') =>
    api.video('PATCH', `/scheduled-calls/${id}${query}`, body);
  const booked = async (agentId: string, minutes: number, over: object = {}) =>
    (await api.book({ agentId, startsAt: morning + minutes * MINUTE, ...over })).id;
  const agentOf = ({ status, body }: Answer) => [status, body.data?.call.assigned_agent_id];
  const reasonOf = ({ status, body }: Answer) => [status, body.error?.details?.reason];
  const typesOf = ({ body }: Answer) =>
    body.data.events.map(({ event_type }: { event_type: string }) => event_type);

  test('time and agent change in one step', async () => {
    const id = await booked('ana', 0);
    const answer = await patch(id, { scheduledAtUtc: at(60), assignment: { agentId: 'ben' } });
    expect([agentOf(answer), typesOf(answer)]).toEqual([
      [200, 'ben'],
      ['rescheduled', 'assigned'],
    ]);
    expect(answer.body.data.call).toMatchObject({ scheduled_at: at(60), version: 2 });
  });

  test('neither changes when one of them cannot', async () => {
    const id = await booked('ana', 0);
    await booked('ben', 60);
    const refused = await patch(id, { scheduledAtUtc: at(60), assignment: { agentId: 'ben' } });
    expect(reasonOf(refused)).toEqual([409, 'slot_taken']);
    expect(reasonOf(await patch(id, { scheduledAtUtc: at(60), assignment: { agentId: 'nobody' } }))).toEqual([
      400,
      'agent_unavailable',
    ]);
    const { body } = await api.video('GET', `/scheduled-calls/${id}`);
    expect(body.data.call).toMatchObject({ scheduled_at: at(0), assigned_agent_id: 'ana', version: 1 });
  });

  test('keep, which is the default, waits for nobody else; an agent is named in one of two ways', async () => {
    const id = await booked('ana', 0);
    await booked('ana', 60);
    for (const assignment of [{}, { assignment: 'keep' }])
      expect(reasonOf(await patch(id, { scheduledAtUtc: at(60), ...assignment }))).toEqual([
        409,
        'slot_taken',
      ]);
    expect(agentOf(await patch(id, { assignment: 'keep', scheduledAtUtc: at(120) }))).toEqual([200, 'ana']);
    const both = await patch(id, { assignedAgentId: 'ben', assignment: { agentId: 'ben' } });
    expect(both).toMatchObject({
      status: 400,
      body: { error: { details: { issues: [{ path: 'assignment' }] } } },
    });
    for (const assignment of ['nobody', { agentId: '' }, {}, { agentId: 'ben', why: 'x' }, null])
      expect((await patch(id, { assignment })).status).toBe(400);
    expect(agentOf(await patch(id, { assignedAgentId: 'ben' }))).toEqual([200, 'ben']);
    const same = await patch(id, { assignment: { agentId: 'ben' } });
    expect([agentOf(same), typesOf(same)]).toEqual([[200, 'ben'], []]);
  });

  test('any takes whoever has the fewest calls on that day in UTC, of several the first by id', async () => {
    const id = await booked('cal', -60);
    await booked('ana', 60);
    await booked('ben', 90);
    // Of another day: 9 o'clock is 15 hours before its end.
    await booked('cal', 15 * 60);
    expect(agentOf(await patch(id, { scheduledAtUtc: at(0), assignment: 'any' }))).toEqual([200, 'cal']);
    await booked('cal', 15 * 60 - 30);
    await booked('cal', -9 * 60);
    expect(agentOf(await patch(id, { scheduledAtUtc: at(30), assignment: 'any' }))).toEqual([200, 'ana']);
    await booked('ana', 120);
    expect(agentOf(await patch(id, { assignment: 'any' }))).toEqual([200, 'ben']);
    expect(agentOf(await patch(id, { assignment: 'any' }, '?dryRun=true'))).toEqual([200, 'ben']);
  });

  test('any passes over those who are inactive, off, full, taken or held', async () => {
    const id = await booked('cal', 300);
    const any = () => patch(id, { scheduledAtUtc: at(0), assignment: 'any' }, '?dryRun=true');
    expect(agentOf(await any())).toEqual([200, 'ana']);
    await set('ana', false);
    expect(agentOf(await any())).toEqual([200, 'ben']);
    await set('ana');
    const off = { exceptions: [{ kind: 'blocked', startUtc: at(-60), endUtc: at(60) }] };
    await api.video('PUT', '/agents/ana/availability', off);
    expect(agentOf(await any())).toEqual([200, 'ben']);
    await api.video('PUT', '/agents/ana/availability', {});
    const hold = await api.video('POST', '/holds', { agentId: 'ana', startUtc: at(15) });
    expect(agentOf(await any())).toEqual([200, 'ben']);
    await api.video('DELETE', `/holds/${hold.body.data.hold.id}`);
    const taken = await booked('ana', 15);
    for (const minutes of [100, 130]) await booked('ben', minutes);
    expect(agentOf(await any())).toEqual([200, 'cal']);
    await api.video('DELETE', `/scheduled-calls/${taken}`);
    await api.video('PUT', '/policy', { dailyCap: { calls: 0, timezone: 'UTC' } });
    // Whose call counts on that day already.
    expect(agentOf(await any())).toEqual([200, 'cal']);
    await api.video('PUT', '/policy', {});
    expect(agentOf(await any())).toEqual([200, 'ana']);
  });

  test('prefer_keep stays if it can, and else is as any', async () => {
    const id = await booked('cal', 0);
    await booked('cal', 60);
    await booked('cal', 90);
    const prefer = (minutes: number) => patch(id, { scheduledAtUtc: at(minutes), assignment: 'prefer_keep' });
    expect(agentOf(await prefer(30))).toEqual([200, 'cal']);
    expect(agentOf(await prefer(75))).toEqual([200, 'ana']);
    expect(agentOf(await prefer(76))).toEqual([200, 'ana']);
    await set('ana', false);
    expect(agentOf(await prefer(120))).toEqual([200, 'ana']);
    await set('ana');
  });

  test('with nobody free the answer is the first one’s reason, and alternatives that are accepted', async () => {
    const id = await booked('ana', 300);
    for (const agentId of ['ben', 'cal']) await booked(agentId, 0);
    await api.video('POST', '/holds', { agentId: 'ana', startUtc: at(0) });
    // By their loads: ana's own call does not count, the others have one each.
    const refused = await patch(id, { scheduledAtUtc: at(0), assignment: 'any' });
    expect(reasonOf(refused)).toEqual([409, 'held']);
    const { alternatives } = refused.body.error.details;
    expect(alternatives).toHaveLength(5);
    for (const { startUtc, agentId } of alternatives) {
      const answer = await patch(id, { scheduledAtUtc: startUtc, assignedAgentId: agentId });
      expect(agentOf(answer)).toEqual([200, agentId]);
    }
  });

  test('with nobody active there is nobody', async () => {
    const id = await booked('ana', 0);
    for (const agent of ['ana', 'ben', 'cal']) await set(agent, false);
    expect(reasonOf(await patch(id, { scheduledAtUtc: at(60), assignment: 'any' }))).toEqual([
      409,
      'nobody_active',
    ]);
    for (const assignmentMethod of ['round_robin', 'pool']) {
      const body = { ...GUEST, scheduledAtUtc: at(60), assignmentMethod };
      expect(reasonOf(await api.video('POST', '/scheduled-calls', body))).toEqual([409, 'nobody_active']);
    }
    for (const agent of ['ana', 'ben', 'cal']) await set(agent);
  });

  test('from A to B and back leaves both calendars as they were, and a complete history', async () => {
    const id = await booked('ana', 0, { bufferBeforeMinutes: 5, bufferAfterMinutes: 10 });
    expect(agentOf(await patch(id, { assignment: { agentId: 'ben' } }))).toEqual([200, 'ben']);
    const guest = await booked('ana', 0);
    expect(reasonOf(await patch(id, { assignedAgentId: 'ana' }))).toEqual([409, 'slot_taken']);
    expect(agentOf(await patch(guest, { scheduledAtUtc: at(500) }))).toEqual([200, 'ana']);
    expect(agentOf(await patch(id, { assignedAgentId: 'ana' }))).toEqual([200, 'ana']);
    // All that it kept of ben is free, up to the buffers, and all that it keeps of ana is taken.
    const wide = { bufferBeforeMinutes: 5, bufferAfterMinutes: 10 };
    expect(await booked('ben', 0, wide)).toBeTruthy();
    expect(reasonOf(await patch(guest, { scheduledAtUtc: at(39) }))).toEqual([409, 'slot_taken']);
    expect(reasonOf(await patch(guest, { scheduledAtUtc: at(-34) }))).toEqual([409, 'slot_taken']);
    expect(agentOf(await patch(guest, { scheduledAtUtc: at(40) }))).toEqual([200, 'ana']);
    expect(agentOf(await patch(guest, { scheduledAtUtc: at(-35) }))).toEqual([200, 'ana']);
    const { body } = await api.video('GET', `/scheduled-calls/${id}`);
    const told = body.data.events.map(
      ({ seq, payload }: { seq: number; payload: { previous?: unknown; current?: unknown } }) =>
        [seq, payload.previous, payload.current] as const,
    );
    expect(told.slice(1)).toEqual([
      [2, { assigned_agent_id: 'ana' }, { assigned_agent_id: 'ben' }],
      [3, { assigned_agent_id: 'ben' }, { assigned_agent_id: 'ana' }],
    ]);
    expect(body.data.call).toMatchObject({ assigned_agent_id: 'ana', scheduled_at: at(0), version: 3 });
  });
});
