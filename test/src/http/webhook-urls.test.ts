import { createUrlCheck, createWebhookSender } from '@reslot/adapters/webhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines } from '../engines/engines.ts';
import { openApi, type Api } from './api.ts';
import { pathsOf } from './hooks.ts';

/** What a webhook may be sent to, as the server has it unless it is told to trust its network. */

const GOOD = 'https://hooks.example.com/';
const ADDRESSES: Record<string, string[]> = {
  'hooks.example.com': ['93.184.215.14'],
  'inside.example.com': ['10.0.0.1'],
  'half-inside.example.com': ['93.184.215.14', '::ffff:127.0.0.1'],
};

const REFUSED: string[] = [
  'http://hooks.example.com/',
  'ftp://hooks.example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://127.0.0.1/',
  'https://localhost/',
  'https://0.0.0.0/',
  'https://[::1]/',
  'https://[::]/',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://0x7f.1/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[64:ff9b::7f00:1]/',
  'https://inside.example.com/',
  'https://half-inside.example.com/',
  'https://nobody.example.com/',
  'https://me:secret@hooks.example.com/',
  'https://hooks.example.com:22/',
  `https://hooks.example.com/${'x'.repeat(3000)}`,
  'https://hooks.example.com/\r\nHost: inside',
];

describe.each(engines())('the URL of a webhook on %s', (name) => {
  let api: Api;
  beforeAll(async () => {
    const reach = { names: async (host: string) => ADDRESSES[host] ?? [] };
    api = await openApi(name, undefined, undefined, (ports) => ({
      ...ports,
      sender: createWebhookSender(reach),
      wrongWithUrl: createUrlCheck(reach),
    }));
  });
  afterAll(() => api?.close());

  test.each(REFUSED)('may not be %j', async (url) => {
    const before = (await api.video('GET', '/webhooks')).text;
    const answer = await api.video('POST', '/webhooks', { url });
    expect([answer.status, answer.body.error.code, pathsOf(answer)]).toEqual([
      400,
      'invalid_request',
      ['url'],
    ]);
    expect((await api.video('GET', '/webhooks')).text).toBe(before);
  });

  test('may be a public one, and may not become another', async () => {
    const { status, body } = await api.video('POST', '/webhooks', { url: GOOD });
    const path = `/webhooks/${body.data.webhook.id}`;
    expect(status).toBe(201);
    for (const url of REFUSED) {
      const answer = await api.video('PATCH', path, { url, status: 'paused' });
      expect([answer.status, pathsOf(answer)]).toEqual([400, ['url']]);
    }
    expect((await api.video('GET', path)).body.data.webhook).toMatchObject({ url: GOOD, status: 'active' });
    // Whose name leads elsewhere now is refused where the connection would be made.
    ADDRESSES['hooks.example.com'] = ['127.0.0.1'];
    expect((await api.video('POST', `${path}/test`)).body.data).toMatchObject({
      outcome: 'forbidden',
      status: null,
      fault: 'must not lead to a private address',
    });
    ADDRESSES['hooks.example.com'] = ['93.184.215.14'];
  });
});
