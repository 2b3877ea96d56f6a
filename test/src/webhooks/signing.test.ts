import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { attemptAt, NEWEST, openSender, PREVIOUS, receiver, type Received } from './receivers.ts';

const OTHER = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

async function sent(more: Parameters<typeof attemptAt>[1] = {}): Promise<Received> {
  const { url, received } = await receiver((_, response) => response.end());
  expect(await openSender().send(attemptAt(url, more))).toMatchObject({ kind: 'delivered', status: 200 });
  const [first] = received;
  if (!first || received.length > 1) throw new Error('one message was to come');
  return first;
}

const verify = (secret: string, { body, headers }: Received): unknown =>
  new Webhook(secret).verify(
    body,
    Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)])),
  );

describe('a message', () => {
  test('is a POST of the body, byte for byte', async () => {
    const { body } = attemptAt('');
    const message = await sent();
    expect(message).toMatchObject({ method: 'POST', url: '/hooks?from=reslot', body });
    expect(message.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': 'msg_1',
    });
  });

  test('is signed as its receiver verifies it', async () => {
    const message = await sent();
    expect(verify(NEWEST, message)).toEqual({ event: 'scheduled.rescheduled', guestName: 'Zoë 🙂' });
    expect(() => verify(PREVIOUS, message)).toThrow('No matching signature found');
    expect(() => verify(NEWEST, { ...message, body: message.body.replace('Zoë', 'Zoe') })).toThrow(
      'No matching',
    );
  });

  test('is signed with both secrets while they change', async () => {
    const message = await sent({ secrets: [NEWEST, PREVIOUS] });
    expect(verify(NEWEST, message)).toBeTruthy();
    expect(verify(PREVIOUS, message)).toBeTruthy();
    expect(() => verify(OTHER, message)).toThrow('No matching signature found');
    expect(message.headers['webhook-signature']).toMatch(/^v1,[^ ]{44} v1,[^ ]{44}$/);
  });

  test('has the time of its attempt, in whole seconds, and the signature covers it', async () => {
    const at = 1_790_000_000_999;
    const { body, headers } = await sent({ at });
    expect(headers['webhook-timestamp']).toBe('1790000000');
    const digest = createHmac('sha256', Buffer.alloc(32, 1))
      .update(`msg_1.1790000000.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${digest}`);
  });

  test('has the headers of the scheduled-calls family where they are asked for', async () => {
    const at = Date.UTC(2027, 0, 2, 3, 4, 5, 6);
    const { body, headers } = await sent({ at, familyHeaders: true, secrets: [NEWEST, PREVIOUS] });
    expect(headers).toMatchObject({
      'x-apifycloud-signature': `sha256=${createHmac('sha256', NEWEST).update(body).digest('hex')}`,
      'x-apifycloud-event': 'scheduled.rescheduled',
      'x-apifycloud-delivery': 'endpoint-7:3',
      'x-apifycloud-timestamp': '2027-01-02T03:04:05.006Z',
    });
    const plain = await sent();
    expect(Object.keys(plain.headers).filter((name) => name.startsWith('x-'))).toEqual([]);
  });
});

describe('what cannot be signed or written is a mistake of the caller', () => {
  test.each([
    ['an id with a dot', 'must not contain a dot', { messageId: 'msg.1' }],
    ['a secret that is no base64', 'Base64', { secrets: ['whsec_not base64!'] as const }],
    ['an empty secret', "can't be empty", { secrets: ['whsec_'] as const }],
    ['an event type with a line break', 'invalid', { eventType: 'a\r\nhost: inside', familyHeaders: true }],
    ['an id with a line break', 'invalid', { messageId: 'a\r\nhost: inside' }],
  ])('%s', async (_, message, more) => {
    const { url, connections } = await receiver((_request, response) => response.end());
    await expect(openSender().send(attemptAt(url, more))).rejects.toThrow(message);
    expect(connections()).toBe(0);
  });
});
