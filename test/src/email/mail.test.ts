import { describe, expect, test } from 'vitest';
import {
  AT,
  callOf,
  channelTo,
  FROM,
  HEADERS,
  INVITATIONS,
  mailServer,
  onlyOne,
  reminderOf,
  scripted,
} from './receivers.ts';

describe('a reminder by e-mail', () => {
  test('says who, when and where to, and brings the invitation', async () => {
    const server = await mailServer();
    const reminder = reminderOf();
    expect(await channelTo(server.url).send(reminder)).toEqual({ kind: 'sent' });
    const { from, to, mail } = onlyOne(server);
    expect([from, to]).toEqual(['reminders@book.example.com', ['zoe@example.com']]);
    expect([...mail.headers.keys()].toSorted()).toEqual(HEADERS);
    expect(mail.from?.value).toEqual([{ name: 'Calls', address: FROM.email }]);
    expect([mail.to].flat().flatMap((one) => one?.value ?? [])).toEqual([
      { name: reminder.call.guestName, address: 'zoe@example.com' },
    ]);
    expect(mail.replyTo?.value).toEqual([{ name: 'Ana Ruiz', address: 'ana@example.com' }]);
    expect(mail.messageId).toMatch(/^<[0-9a-f]{64}@book\.example\.com>$/);
    expect(mail.date?.getTime()).toBe(AT);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text).toContain(
      'When: Monday, 5 May 2031, 06:00 (America/Argentina/Buenos_Aires, GMT-03:00)\n',
    );
    expect(mail.html).toBe(false);

    const [calendar, ...others] = mail.attachments;
    const { method, text } = INVITATIONS.current(reminder.call, reminder.agent);
    expect(others).toEqual([]);
    expect(calendar?.headers.get('content-type')).toEqual({
      value: 'text/calendar',
      params: { charset: 'utf-8', method, name: 'invite.ics' },
    });
    expect(calendar?.headers.get('content-transfer-encoding')).toBe('base64');
    expect(calendar?.contentDisposition).toBe('attachment');
    expect(calendar?.content.toString()).toBe(text);
  });

  test('keeps emoji and text from right to left, wherever it stands', async () => {
    const server = await mailServer();
    const name = '😀 שלום 👨‍👩‍👧‍👦 مرحبا Zoë '.repeat(8).trimEnd();
    const reminder = reminderOf({ call: callOf({ guestName: name }), agent: { name, email: 'a@b.example' } });
    expect(await channelTo(server.url).send(reminder)).toEqual({ kind: 'sent' });
    const { mail, raw } = onlyOne(server);
    expect(mail.subject).toBe(
      `Reminder: your call with ${name}, Monday, 5 May 2031, 06:00 (America/Argentina/Buenos_Aires, GMT-03:00)`,
    );
    expect(mail.text).toContain(`Hello ${name},\n`);
    expect(mail.replyTo?.value).toEqual([{ name, address: 'a@b.example' }]);
    // RFC 5322, 2.1.1, and ASCII alone.
    for (const line of raw.toString('latin1').split('\r\n')) expect(line).toMatch(/^[\t\x20-\x7e]{0,998}$/);
  });

  test('leaves a long line whole, and does not say that it may be filled or begins with a quote', async () => {
    const server = await mailServer();
    const guestName = `> ${'a b '.repeat(49)}c`;
    await channelTo(server.url).send(reminderOf({ call: callOf({ guestName }) }));
    const { mail, raw } = onlyOne(server);
    expect(mail.text).toContain(`Hello ${guestName},\n`);
    expect(raw.toString()).not.toContain('flowed');
  });

  test.each([
    ['a call without an agent', undefined],
    ['an agent without an e-mail', { name: 'Ben', email: null }],
    ['an agent whose e-mail needs more than ASCII', { name: 'Ben', email: 'bén@example.com' }],
  ])('of %s has nobody else to answer to', async (_, agent) => {
    const server = await mailServer();
    expect(await channelTo(server.url).send(reminderOf({ agent }))).toEqual({ kind: 'sent' });
    const { mail } = onlyOne(server);
    expect(mail.replyTo).toBeUndefined();
    expect([...mail.headers.keys()].toSorted()).toEqual(HEADERS.filter((name) => name !== 'reply-to'));
  });

  test('has the same id at every attempt, and another of another reminder', async () => {
    const server = await mailServer();
    const channel = channelTo(server.url);
    for (const messageId of ['a', 'a', 'b']) await channel.send(reminderOf({ messageId }));
    const [first, again, other] = server.received.map(({ mail }) => mail.messageId);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test.each(['a b', 'a@b', 'a>\r\nBcc: x@y.example', 'a.b', 'x'.repeat(800)])(
    'has an id for %j',
    async (messageId) => {
      const server = await mailServer();
      await channelTo(server.url).send(reminderOf({ messageId }));
      expect(onlyOne(server).mail.messageId).toMatch(/^<[0-9a-f]{64}@book\.example\.com>$/);
    },
  );

  test('goes to a domain in another script by its name in ASCII', async () => {
    const { url, heard } = await scripted({});
    const call = callOf({ guestEmail: "o'zoe+a/b@пример.example" });
    expect(await channelTo(url).send(reminderOf({ call }))).toEqual({ kind: 'sent' });
    expect(heard.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<reminders@book.example.com>',
      "RCPT TO:<o'zoe+a/b@xn--e1afmkfd.example>",
    ]);
  });
});

describe('a guest whom no mail can reach', () => {
  test('has no address', async () => {
    const server = await mailServer();
    const call = callOf({ guestEmail: null });
    expect(await channelTo(server.url).send(reminderOf({ call }))).toEqual({ kind: 'unaddressed' });
    expect(server.connections()).toBe(0);
  });

  test.each([
    'zoë@example.com',
    '=?utf-8?Q?zoe?=@example.com',
    'z@1.2.3.4',
    'z@1.2.3',
    'z@-a.example',
    `z@${'a'.repeat(64)}.example`,
    `z@${'ёж.'.repeat(60)}example`,
    'z@例え.0x10',
    'z@example.com, y@example.com',
    'z@example.com,y@example.com',
    'z@example.com\r\nRCPT TO:<y@example.com>',
    '<z@example.com>',
    '"z y"@example.com',
  ])('has one that is none in an envelope: %j', async (guestEmail) => {
    for (const hideSMTPUTF8 of [true, false]) {
      const server = await mailServer({ hideSMTPUTF8 });
      expect(await channelTo(server.url).send(reminderOf({ call: callOf({ guestEmail }) }))).toEqual({
        kind: 'refused',
        message: 'the address is not one that mail can be sent to',
      });
      expect(server.connections()).toBe(0);
    }
  });
});

describe('mistakes of whoever calls it', () => {
  test.each([
    [{ from: { name: 'A', email: 'ä@example.com' } }, /sender/],
    [{ from: { name: 'A\r\nB', email: 'a@example.com' } }, /control characters/],
    [{ url: 'http://127.0.0.1' }, /URL/],
  ])('options such as %j', (options, message) => {
    expect(() => channelTo('smtp://127.0.0.1', options)).toThrow(message);
  });
});
