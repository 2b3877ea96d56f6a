import { DAY, MINUTE } from '@reslot/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnServers } from '../engines/engines.ts';
import { iso, NOW, openApi, type Answer, type Api, type Client } from './api.ts';
import { isReplay, said } from './changes.ts';
import { openTwin, type Twin } from './twin.ts';

const GUEST = { guestName: 'Amina', guestEmail: 'amina@example.com', appTimezone: 'Europe/Paris' };
const at = (id: string) => `/scheduled-calls/${id}`;

describeOnServers('two servers that are sent one request at once', (name) => {
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

  const ROUNDS = 40;

  /** Sends the same to both, and gives the answers of every round. */
  async function rounds(send: (client: Client, round: number) => Promise<Answer>): Promise<Answer[][]> {
    const all: Answer[][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      all.push(await Promise.all([api, twin].map((client) => send(client, round))));
    }
    return all;
  }
  /** By status and by who carried it out; a round whose answers differ in a byte stands out. */
  const summed = (all: Answer[][]) =>
    all.map(([one, two]) => {
      const same = one && two && JSON.stringify(said(one)) === JSON.stringify(said(two));
      return [
        same ? one.status : 'not the same',
        [one, two].filter((answer) => answer && isReplay(answer)).length,
      ];
    });
  const each = (status: number) => Array.from({ length: ROUNDS }, () => [status, 1]);
  const count = async () => (await api.engine.probe.events(api.appId)).length;

  test.each(['a move', 'a move of a version'])('%s: one event, and the same bytes', async (title) => {
    const { id } = await api.book({ startsAt: NOW + DAY });
    const before = await count();
    const all = await rounds((client, round) => {
      const condition = title === 'a move' ? {} : { 'If-Match': `"v${round + 1}"` };
      const key = { 'Idempotency-Key': `${title} ${round}` };
      const body = { scheduledAtUtc: iso(NOW + DAY + (round + 1) * MINUTE) };
      return client.video('PATCH', at(id), body, { ...key, ...condition });
    });
    expect(summed(all)).toEqual(each(200));
    expect(await count()).toBe(before + ROUNDS);
    await api.video('DELETE', at(id));
  });

  test('a booking: one call, and the same bytes', async () => {
    const before = await count();
    const all = await rounds((client, round) =>
      client.video(
        'POST',
        '/scheduled-calls',
        { ...GUEST, assignedAgentId: 'ana', scheduledAtUtc: iso(NOW + (10 + round) * DAY) },
        { 'Idempotency-Key': `booking ${round}` },
      ),
    );
    expect(summed(all)).toEqual(each(201));
    expect(await count()).toBe(before + ROUNDS);
  });

  test('a refusal: the same bytes', async () => {
    const { id } = await api.book({ startsAt: NOW + 5 * DAY, agentId: 'ben' });
    const all = await rounds((client, round) =>
      client.video('POST', `${at(id)}/undo`, undefined, { 'Idempotency-Key': `undo ${round}` }),
    );
    expect(summed(all)).toEqual(each(409));
  });
});
