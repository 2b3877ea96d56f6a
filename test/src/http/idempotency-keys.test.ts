import { DAY, DEFAULT_POLICY, MINUTE, Outage, type ScheduleStore } from '@reslot/core';
import { newAppId } from '@reslot/adapters/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { clientOf, iso, NOW, openApi, type Answer, type Api, type Client } from './api.ts';
import { asking, isReplay, pathOf, said } from './changes.ts';

const GUEST = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };

describe.each(engines())('keys on %s', (name) => {
  let api: Api;
  let days = 1;
  /** A morning, and a key, that no other test uses. */
  let morning: number;
  let key: string;
  /** Commits that will find the database away. */
  let outages = 0;

  const through = (store: ScheduleStore): ScheduleStore => ({
    ...store,
    async commit(version, changes) {
      if (outages === 0) return store.commit(version, changes);
      outages -= 1;
      throw new Outage('away');
    },
  });
  beforeAll(async () => {
    api = await openApi(name, NOW, through);
  });
  afterAll(() => api?.close());
  beforeEach(() => {
    days += 2;
    morning = NOW + days * DAY;
    key = `key-${days}`;
  });

  const book = async () => (await api.book({ startsAt: morning })).id;
  const withKey = (headers?: Record<string, string>) => ({ 'Idempotency-Key': key, ...headers });
  const patch = (id: string, body: unknown, headers?: Record<string, string>) =>
    api.video('PATCH', pathOf(id), body, withKey(headers));
  const version = async (id: string) => (await api.video('GET', pathOf(id))).body.data.call.version;

  describe('a key that was used for another request', () => {
    const BODY = { guestName: 'Aminata' };
    const creation = () => ({ ...GUEST, scheduledAtUtc: iso(morning + DAY) });

    test.each<[string, (id: string, other: string) => Promise<Answer>]>([
      ['of another body', (id) => patch(id, { guestName: 'Amin' })],
      ['of a longer body', (id) => patch(id, { ...BODY, reason: 'r' })],
      ['on another call', (_, other) => patch(other, BODY)],
      ['with another query', (id) => api.video('PATCH', `${pathOf(id)}?dryRun=false`, BODY, withKey())],
      ['of another kind', (id) => api.video('POST', `${pathOf(id)}/confirm`, undefined, withKey())],
      ['on behalf of somebody else', (id) => patch(id, BODY, { 'X-Actor': 'agent/ana' })],
      ['in the other family', (id) => api.voice('DELETE', `/call_${id}`, undefined, withKey())],
      ['that books', () => api.video('POST', '/scheduled-calls', creation(), withKey())],
    ])('%s: 422, and nothing is done', async (_, send) => {
      const id = await book();
      const other = (await api.book({ startsAt: morning + 60 * MINUTE })).id;
      const first = await patch(id, BODY);
      expect(first.status).toBe(200);
      const before = await api.engine.probe.calls(api.appId);
      const { status, body } = await send(id, other);
      expect([status, body.error.code ?? body.message]).toEqual([
        422,
        expect.stringMatching(/^(idempotency_key_reused|Idempotency key reused)$/),
      ]);
      expect(await api.engine.probe.calls(api.appId)).toEqual(before);
      expect(said(await patch(id, BODY))).toEqual(said(first));
    });
  });

  test('a request of another kind with nothing else to tell it apart: 422', async () => {
    const id = await book();
    const post = (what: string) => api.video('POST', `${pathOf(id)}/${what}`, undefined, withKey());
    expect([(await post('confirm')).status, (await post('start')).status]).toEqual([200, 422]);
  });

  describe('what is not carried out leaves the key as it was', () => {
    const { savePolicy } = asking(() => api);
    const nobody = { ...DEFAULT_POLICY.actors.api, allowed: false };
    const move = (id: string) => patch(id, { scheduledAtUtc: iso(morning + DAY) });

    test.each<[number, string, (id: string) => Promise<Answer>]>([
      [400, 'a field that is not known', (id) => patch(id, { status: 'cancelled' })],
      [400, 'a header that is none', (id) => patch(id, { guestName: 'x' }, { 'If-Match': 'v1' })],
      [400, 'a time that is past', (id) => patch(id, { scheduledAtUtc: iso(NOW) })],
      [401, 'a wrong secret', (id) => patch(id, { guestName: 'x' }, { Authorization: 'Bearer x' })],
      [
        403,
        'a scope',
        (id) => api.video('PATCH', `${pathOf(id)}?override=policy`, { guestName: 'x' }, withKey()),
      ],
      [412, 'another version', (id) => patch(id, { guestName: 'x' }, { 'If-Match': '"v9"' })],
      [413, 'a body too long', (id) => patch(id, { guestIntakeNotes: 'x'.repeat(70_000) })],
      [415, 'another type', (id) => patch(id, '{}', { 'Content-Type': 'text/plain' })],
      [
        403,
        'the policy',
        async (id) => {
          await savePolicy({ actors: { ...DEFAULT_POLICY.actors, api: nobody } });
          return move(id);
        },
      ],
      [
        428,
        'no version',
        async (id) => {
          await savePolicy({ versionRequired: true });
          return move(id);
        },
      ],
      [
        503,
        'an outage',
        (id) => {
          outages = 1;
          return move(id);
        },
      ],
    ])('%i: %s', async (status, _, send) => {
      const id = await book();
      const refused = await send(id);
      await savePolicy({});
      expect([refused.status, await version(id)]).toEqual([status, 1]);
      const done = await move(id);
      expect([done.status, isReplay(done), await version(id)]).toEqual([200, false, 2]);
      expect(isReplay(await move(id))).toBe(true);
    });
  });

  describe('never meet', () => {
    const creation = () => ({ ...GUEST, scheduledAtUtc: iso(morning) });
    const bookedBy = ({ video }: Client) => video('POST', '/scheduled-calls', creation(), withKey());

    test('of two credentials of one app, nor of two apps', async () => {
      const appId = newAppId();
      await api.engine.credentials.addApp({ id: appId, name: 'Other', createdAt: NOW });
      const clients = [
        api,
        await clientOf(api.app, api.appId, await api.newKey()),
        await clientOf(api.app, appId, await api.newKey({ appId })),
      ];
      const first = await Promise.all(clients.map(bookedBy));
      expect(first.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(new Set(first.map(({ body }) => body.data.call.id)).size).toBe(3);
      const again = await Promise.all(clients.map(bookedBy));
      expect(again.map(isReplay)).toEqual([true, true, true]);
      expect(again.map(said)).toEqual(first.map(said));
    });
  });

  describe('as they are written', () => {
    test.each([
      ['x', '"x"'],
      ['"spaces ; = \\ / ~"', 'spaces ; = \\ / ~'],
      ['y'.repeat(255), `"${'y'.repeat(255)}"`],
    ])('%s and %s are one', async (one, other) => {
      const id = await book();
      const send = (text: string) => patch(id, { guestName: name }, { 'Idempotency-Key': text });
      const [first, again] = [await send(one), await send(other)];
      expect([first.status, isReplay(first), isReplay(again)]).toEqual([200, false, true]);
    });

    test.each(['', '""', 'x'.repeat(256), `"${'x'.repeat(256)}"`, 'clé', 'one, two', '"one","two"', 'a\tb'])(
      '%j is none: 400',
      async (text) => {
        const id = await book();
        const answers = [
          await patch(id, { guestName: 'x' }, { 'Idempotency-Key': text }),
          await api.video('POST', '/scheduled-calls', {}, { 'Idempotency-Key': text }),
          await api.voice('DELETE', `/call_${id}`, undefined, { 'Idempotency-Key': text }),
        ];
        expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
        expect(answers[0]?.body.error.details.issues[0].path).toBe('idempotency-key');
        expect(await version(id)).toBe(1);
      },
    );
  });

  test('are forgotten after 24 hours, to the millisecond', async () => {
    const send = () =>
      api.video('POST', '/scheduled-calls', { ...GUEST, scheduledAtUtc: iso(morning) }, withKey());
    const first = await send();
    api.clock.advance(DAY - 1);
    expect(said(await send())).toEqual(said(first));
    api.clock.advance(1);
    const second = await send();
    expect([second.status, isReplay(second)]).toEqual([201, false]);
    expect(second.body.data.call.id).not.toBe(first.body.data.call.id);
    api.clock.advance(DAY - 1);
    const again = await send();
    expect([isReplay(again), said(again)]).toEqual([true, said(second)]);
  });
});
