import { DAY, DEFAULT_POLICY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api } from './api.ts';
import { bookMoved } from './changes.ts';

describe.each(engines())('previews on %s', (name) => {
  let api: Api;
  /** May override. */
  let free: Record<string, string>;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
    const { token } = await api.newKey({ scopes: ['scheduling:write', 'scheduling:override'] });
    free = { Authorization: `Bearer ${token}` };
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
  });

  const at = (id: string) => `/scheduled-calls/${id}`;
  const preview = (id: string, body: object, headers?: Record<string, string>) =>
    api.video('PATCH', `${at(id)}?dryRun=true`, body, headers);
  const patch = (id: string, body: object, headers?: Record<string, string>) =>
    api.video('PATCH', at(id), body, headers);
  const everything = async () => [
    await api.engine.probe.calls(api.appId),
    await api.engine.probe.events(api.appId),
  ];
  const tagOf = ({ headers }: Answer) => headers.get('etag') ?? '';
  /** A refusal but for the request's id. */
  const told = ({ status, body }: Answer) => ({ status, error: { ...body.error, requestId: '' } });
  const rules = ['time', 'policy', 'agent', 'availability', 'daily_cap', 'slot', 'holds'];
  const passed = rules.map((rule) => ({ rule, verdict: 'passed' }));

  describe('of a PATCH', () => {
    test('tells all that the change would do, and does nothing', async () => {
      const { id } = await api.book({ startsAt: morning });
      const [before, shown] = [await everything(), (await api.video('GET', at(id))).text];
      const start = morning + 60 * MINUTE;
      const body = { scheduledAtUtc: iso(start), assignedAgentId: 'ben', guestName: 'Aminata', reason: 'r' };
      const seen = await preview(id, body);
      expect([seen.status, tagOf(seen)]).toEqual([200, '"v1"']);
      const { call, events, dry_run: dryRun, reminders, verdicts } = seen.body.data;
      expect(dryRun).toBe(true);
      expect(call).toMatchObject({ scheduled_at: iso(start), assigned_agent_id: 'ben', version: 2 });
      const types = events.map((event: { event_type: string }) => event.event_type);
      expect(types).toEqual(['rescheduled', 'assigned', 'guest_updated']);
      const moved: object[] = events[0].payload.reminders;
      expect(reminders).toEqual(moved.map((line) => ({ ...line, reason: 'agent_changed' })));
      expect(reminders[0]).toMatchObject({ previous: iso(morning - DAY), current: iso(start - DAY) });
      expect(verdicts).toEqual(passed);
      expect(await everything()).toEqual(before);
      expect((await api.video('GET', at(id))).text).toBe(shown);
    });

    test('what changes nothing has no events; what moves nothing, no reminders and no verdicts', async () => {
      const id = await bookMoved(api, morning);
      const seen = await preview(id, { scheduledAtUtc: iso(morning + 60 * MINUTE) });
      expect([seen.status, tagOf(seen)]).toEqual([200, '"v2"']);
      const { call } = (await api.video('GET', at(id))).body.data;
      expect(seen.body.data).toEqual({ call, events: [], dry_run: true, reminders: [], verdicts: [] });
      const edited = await preview(id, { guestName: 'Aminata' });
      expect(edited.body.data).toMatchObject({ reminders: [], verdicts: [] });
    });
  });

  test.each([
    ['PATCH', '', { scheduledAtUtc: 0, assignedAgentId: 'ben', guestEmail: null, guestPhone: '+33123456' }],
    ['POST', '/undo', { reason: 'as it was' }],
  ])('%s%s with the ETag of its preview does just that', async (method, path, given) => {
    const id = await bookMoved(api, morning);
    const body = 'scheduledAtUtc' in given ? { ...given, scheduledAtUtc: iso(morning + DAY) } : given;
    const before = await everything();
    const seen = await api.video(method, `${at(id)}${path}?dryRun=true`, body);
    expect([seen.status, await everything()]).toEqual([200, before]);
    api.clock.advance(5 * MINUTE);
    const done = await api.video(method, `${at(id)}${path}`, body, { 'If-Match': tagOf(seen) });
    expect([done.status, tagOf(done)]).toEqual([200, '"v3"']);
    const now = iso(api.clock.now());
    expect(done.body.data.call).toEqual({ ...seen.body.data.call, updated_at: now });
    expect(done.body.data.events).toEqual(
      seen.body.data.events.map((event: object) => ({ ...event, created_at: now })),
    );
  });

  describe('of what is refused', () => {
    test('is the refusal, with the same alternatives', async () => {
      const taken = await api.book({ startsAt: morning });
      const { id } = await api.book({ startsAt: morning + 60 * MINUTE });
      const before = await everything();
      const wanted = { scheduledAtUtc: iso(taken.startsAt) };
      const [seen, done] = [await preview(id, wanted), await patch(id, wanted)];
      expect(told(seen)).toEqual(told(done));
      const { reason, alternatives } = seen.body.error.details;
      expect([seen.status, reason, alternatives.length]).toEqual([409, 'slot_taken', 5]);
      expect(await everything()).toEqual(before);
      const [{ startUtc, agentId }] = alternatives;
      const instead = { scheduledAtUtc: startUtc, assignedAgentId: agentId };
      expect((await preview(id, instead)).status).toBe(200);
      expect((await patch(id, instead)).status).toBe(200);
    });

    test.each<[string, number, object, Record<string, string>]>([
      ['a time that is past', 400, { scheduledAtUtc: iso(NOW) }, {}],
      ['an agent who is not there', 400, { assignedAgentId: 'nobody' }, {}],
      ['a field that is not known', 400, { status: 'cancelled' }, {}],
      ['a stale version', 412, { guestName: 'x' }, { 'If-Match': '"v9"' }],
      ['a credential that is none', 401, { guestName: 'x' }, { Authorization: 'Bearer x' }],
    ])('%s: %i', async (_, status, body, headers) => {
      const { id } = await api.book({ startsAt: morning });
      const [seen, done] = [await preview(id, body, headers), await patch(id, body, headers)];
      expect(seen.status).toBe(status);
      expect(told(seen)).toEqual(told(done));
    });

    test('nothing to undo, a call that is over, and one that is not there', async () => {
      const { id } = await api.book({ startsAt: morning });
      const undone = await api.video('POST', `${at(id)}/undo?dryRun=true`);
      expect([undone.status, undone.body.error.details.reason]).toEqual([409, 'nothing_to_undo']);
      await api.video('POST', `${at(id)}/complete`);
      const over = await preview(id, { guestName: 'x' });
      expect([over.status, over.body.error.details.reason]).toEqual([409, 'final_state']);
      expect((await preview(api.appId, { guestName: 'x' })).status).toBe(404);
    });
  });

  test('overridden rules have their verdict, and the events name them', async () => {
    const { appId, scheduler } = api;
    const { id } = await api.book({ startsAt: morning });
    const quiet = { windows: [], exceptions: [], doNotDisturb: [{ from: morning, to: morning + DAY }] };
    await scheduler.saveAvailability({ appId, agentId: 'ben', availability: quiet });
    const actors = { ...DEFAULT_POLICY.actors, api: { ...DEFAULT_POLICY.actors.api, reasonRequired: true } };
    await scheduler.savePolicy({ appId, policy: { ...DEFAULT_POLICY, actors } });
    const path = `${at(id)}?override=policy,availability`;
    const body = { assignedAgentId: 'ben', scheduledAtUtc: iso(morning + 30 * MINUTE) };
    const seen = await api.video('PATCH', `${path}&dryRun=true`, body, free);
    expect((await api.video('GET', at(id))).body.data.call.version).toBe(1);
    const done = await api.video('PATCH', path, body, free);
    const plain = await api.video('PATCH', `${path}&dryRun=true`, body);
    await scheduler.savePolicy({ appId, policy: DEFAULT_POLICY });

    expect([seen.status, done.status, plain.status]).toEqual([200, 200, 403]);
    const overridden = new Set(['policy', 'availability']);
    expect(seen.body.data.verdicts).toEqual(
      passed.map(({ rule, verdict }) => ({ rule, verdict: overridden.has(rule) ? 'overridden' : verdict })),
    );
    expect(seen.body.data.events).toEqual(done.body.data.events);
    expect(done.body.data.events[0].overridden).toEqual(['reason_required', 'do_not_disturb']);
    const { events } = (await api.video('GET', at(id))).body.data;
    expect(events.slice(1)).toEqual(done.body.data.events);
  });

  describe('dryRun', () => {
    test.each(['maybe', 'TRUE', '1', ''])('%j is 400', async (value) => {
      const { id } = await api.book({ startsAt: morning });
      const answers = [
        await api.video('PATCH', `${at(id)}?dryRun=${value}`, { guestName: 'x' }),
        await api.video('POST', `${at(id)}/undo?dryRun=${value}`),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400]);
      expect(answers[0]?.body.error.details.issues[0].path).toBe('dryRun');
    });

    test('false is a change like any other', async () => {
      const { id } = await api.book({ startsAt: morning });
      const answer = await api.video('PATCH', `${at(id)}?dryRun=false`, { guestName: 'Aminata' });
      expect([answer.status, tagOf(answer), answer.body.data.dry_run]).toEqual([200, '"v2"', undefined]);
    });

    test('is refused where it would be a wish that is lost', async () => {
      const { id } = await api.book({ startsAt: morning });
      const before = await everything();
      const answers = [
        await api.video('POST', '/scheduled-calls?dryRun=true', {}),
        await api.video('DELETE', `${at(id)}?dryRun=true`),
        await api.video('POST', `${at(id)}/confirm?dryRun=true`),
        await api.voice('DELETE', `/call_${id}?dryRun=true`),
      ];
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
      expect(await everything()).toEqual(before);
    });

    test('does not use up an Idempotency-Key, nor look at one', async () => {
      const { id } = await api.book({ startsAt: morning });
      const key = { 'Idempotency-Key': `preview-${id}` };
      const seen = await preview(id, { guestName: 'Seen' }, key);
      const done = await patch(id, { guestName: 'Done' }, key);
      expect([seen.status, done.status]).toEqual([200, 200]);
      expect(done.headers.get('idempotency-replayed')).toBeNull();
      const again = await preview(id, { guestName: 'Seen again' }, key);
      expect([again.status, again.body.data.dry_run]).toEqual([200, true]);
      expect((await patch(id, { guestName: 'Done' }, key)).text).toBe(done.text);
    });
  });
});
