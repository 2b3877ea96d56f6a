import { DAY, DEFAULT_POLICY, MINUTE } from '@reslot/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeOnServers, engines } from '../engines/engines.ts';
import { iso, NOW, openApi, type Api, type Client } from './api.ts';
import { asking, bookMoved, change, CHANGES, pathOf, type Change } from './changes.ts';
import { openTwin, type Twin } from './twin.ts';

describe.each(engines())('versions on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning that no other test uses. */
  let morning: number;

  beforeAll(async () => {
    api = await openApi(name);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
  });
  afterEach(() => savePolicy({}));

  const { patch: edit, show, savePolicy } = asking(() => api);
  const patch = (id: string, body: object, tag: string) => edit(id, body, { 'If-Match': tag });
  const reasonOf = ({ body }: { body: { error: { details: { reason?: string } } } }) =>
    body.error.details.reason;
  const send = (asked: Change, id: string, headers?: Record<string, string>) =>
    change(api, asked, id, morning + 120 * MINUTE, headers);

  describe.each(CHANGES)('$family: $method $path', (asked) => {
    test('answers with the new version as ETag, and so do both families from then on', async () => {
      const id = await bookMoved(api, morning);
      const answer = await send(asked, id, { 'If-Match': '"v2"' });
      const shown = [await api.video('GET', pathOf(id)), await api.voice('GET', `/call_${id}`)];
      expect([answer, ...shown].map(({ status }) => status)).toEqual([asked.done ?? 200, 200, 200]);
      expect([answer, ...shown].map(({ headers }) => headers.get('etag'))).toEqual(Array(3).fill('"v3"'));
      expect(shown[0]?.body.data.call.version).toBe(3);
    });

    test('412 for another version, with the one that is; nothing is changed', async () => {
      const id = await bookMoved(api, morning);
      const before = await show(id);
      const answer = await send(asked, id, { 'If-Match': '"v1"' });
      expect([answer.status, answer.headers.get('etag')]).toEqual([412, '"v2"']);
      expect(answer.body).toMatchObject(
        asked.family === 'video'
          ? {
              error: {
                code: 'precondition_failed',
                details: { reason: 'stale_version', version: 2, etag: '"v2"' },
              },
            }
          : { message: 'Precondition failed', error: 'stale_version: the call is at version 2' },
      );
      expect(await show(id)).toEqual(before);
    });

    test('428 without one where the policy wants it; any other is good enough', async () => {
      const id = await bookMoved(api, morning);
      await savePolicy({ versionRequired: true });
      const before = await show(id);
      const answer = await send(asked, id);
      expect([answer.status, answer.headers.get('etag')]).toEqual([428, '"v2"']);
      expect(answer.body).toMatchObject(
        asked.family === 'video'
          ? { error: { code: 'precondition_required', details: { reason: 'version_required' } } }
          : { message: 'Precondition required', error: expect.stringMatching(/^version_required: /) },
      );
      expect(await show(id)).toEqual(before);
      expect((await send(asked, id, { 'If-Match': '*' })).status).toBe(asked.done ?? 200);
    });
  });

  test('a new call has version 1, and asks for none', async () => {
    await savePolicy({ versionRequired: true });
    const guest = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
    const answer = await api.video('POST', '/scheduled-calls', { ...guest, scheduledAtUtc: iso(morning) });
    expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"v1"']);
  });

  describe('If-Match', () => {
    test.each([
      ['"v1"', 200],
      ['*', 200],
      ['"v9", "v1"', 200],
      ['"a,b", "v1"', 200],
      ['"v9", "v2"', 412],
      ['W/"v1"', 412],
      ['"1"', 412],
      ['"v01"', 412],
      ['"v1 "', 400],
      ['"a,v1"', 412],
      ['""', 412],
      [Array(20).fill('"x"').join(), 412],
      ['v1', 400],
      ["'v1'", 400],
      ['"v1', 400],
      ['"v1" "v2"', 400],
      ['"v1",', 400],
      ['*, "v1"', 400],
      ['w/"v1"', 400],
      ['', 400],
      [Array(21).fill('"v1"').join(), 400],
    ])('%s on version 1: %i', async (tag, status) => {
      const { id } = await api.book({ startsAt: morning });
      const answer = await patch(id, { guestName: 'Changed' }, tag);
      expect([answer.status, (await show(id)).call.version]).toEqual([status, status === 200 ? 2 : 1]);
      if (status === 400) expect(answer.body.error.details.issues[0].path).toBe('if-match');
    });

    test('what changes nothing is answered, whatever the tag', async () => {
      const id = await bookMoved(api, morning);
      await savePolicy({ versionRequired: true });
      const same = { scheduledAtUtc: iso(morning + 60 * MINUTE), guestName: 'Amina' };
      for (const answer of [await patch(id, same, '"v1"'), await api.video('PATCH', pathOf(id), same)]) {
        expect([answer.status, answer.body.data.events]).toEqual([200, []]);
        expect(answer.headers.get('etag')).toBe('"v2"');
      }
      await api.video('DELETE', pathOf(id), undefined, { 'If-Match': '"v2"' });
      const again = await api.video('DELETE', pathOf(id), undefined, { 'If-Match': '"v2"' });
      expect([again.status, again.headers.get('etag'), again.body.data.events]).toEqual([200, '"v3"', []]);
    });

    test('is looked at after the call and its status, before the policy and the slot', async () => {
      const nowhere = await patch('018f3c1e-9d2b-4c3a-8f00-000000000001', { guestName: 'x' }, '"v9"');
      expect(nowhere.status).toBe(404);

      const taken = { scheduledAtUtc: iso(morning) };
      await api.book({ startsAt: morning });
      const { id } = await api.book({ startsAt: morning + 60 * MINUTE });
      const nobody = { ...DEFAULT_POLICY.actors.api, allowed: false };
      await savePolicy({ actors: { ...DEFAULT_POLICY.actors, api: nobody } });
      expect((await patch(id, taken, '"v9"')).status).toBe(412);
      expect((await patch(id, taken, '"v1"')).status).toBe(403);
      await savePolicy({});
      expect((await patch(id, taken, '"v9"')).status).toBe(412);
      expect((await patch(id, { scheduledAtUtc: iso(NOW) }, '"v9"')).status).toBe(412);
      expect(reasonOf(await patch(id, taken, '"v1"'))).toBe('slot_taken');
      expect((await patch(id, { guestTimezone: 'nowhere' }, '"v9"')).status).toBe(400);

      await api.video('POST', `${pathOf(id)}/start`);
      expect(reasonOf(await patch(id, taken, '"v1"'))).toBe('already_started');
      await api.video('POST', `${pathOf(id)}/complete`);
      expect(reasonOf(await patch(id, taken, '"v1"'))).toBe('final_state');
    });

    test('two moves at once with one ETag: one is made, the other is told the new version', async () => {
      expect(await race(api, [api, api], morning)).toEqual(ONE_EACH);
    });
  });
});

describeOnServers('two servers that move calls with one ETag', (name) => {
  let api: Api;
  let twin: Twin;
  beforeAll(async () => {
    api = await openApi(name);
    twin = await openTwin(api);
  });
  afterAll(async () => {
    await twin?.close();
    await api?.close();
  });

  test('one move is made, the other is told the new version', async () => {
    expect(await race(api, [api, twin], NOW + DAY)).toEqual(ONE_EACH);
  });
});

const ROUNDS = 25;
/** In every round one of each, and one event; the answers name the version that the move made. */
const ONE_EACH = {
  answers: Array.from({ length: ROUNDS }, (_, round) =>
    [200, 412].map((status) => `${status} "v${round + 2}"`),
  ),
  events: ROUNDS + 1,
};

/** Moves a call again and again, each time by all clients at once to different times. */
async function race(api: Api, clients: Client[], start: number) {
  const { id } = await api.book({ startsAt: start });
  const rounds: string[][] = [];
  for (let version = 1; version <= ROUNDS; version += 1) {
    const answers = await Promise.all(
      clients.map((client, index) => {
        const body = { scheduledAtUtc: iso(start + (2 * version + index) * MINUTE) };
        return client.video('PATCH', pathOf(id), body, { 'If-Match': `"v${version}"` });
      }),
    );
    rounds.push(answers.map(({ status, headers }) => `${status} ${headers.get('etag')}`).toSorted());
  }
  const events = await api.engine.probe.events(api.appId);
  return { answers: rounds, events: events.filter(({ callId }) => callId === id).length };
}
