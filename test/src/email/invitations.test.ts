import type { InvitationNotice, News } from '@reslot/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostile } from '../hostile.ts';
import {
  AT,
  callOf,
  channelTo,
  FROM,
  HEADERS,
  INVITATIONS,
  LINK,
  LINK_LINE,
  mailServer,
  onlyOne,
} from './receivers.ts';

const ANA = { name: 'Ana Ruiz', email: 'ana@example.com' };
const WHEN = 'Monday, 5 May 2031, 06:00 (America/Argentina/Buenos_Aires, GMT-03:00)';

const noticeOf = (over: Partial<InvitationNotice> = {}): InvitationNotice => ({
  messageId: 'app:call:1:guest',
  to: { name: 'Zoë', email: 'zoe@example.com' },
  counterpart: ANA,
  news: 'invited',
  call: callOf(),
  timezone: 'America/Argentina/Buenos_Aires',
  invitation: INVITATIONS.current(callOf(), ANA),
  at: AT,
  ...over,
});

describe('an invitation by e-mail', () => {
  test('is a calendar object beside a text, and a file', async () => {
    const server = await mailServer();
    const notice = noticeOf();
    expect(await channelTo(server.url).notify(notice)).toEqual({ kind: 'sent' });
    const { from, to, mail, raw } = onlyOne(server);
    expect([from, to]).toEqual([FROM.email, ['zoe@example.com']]);
    expect([...mail.headers.keys()].toSorted()).toEqual(HEADERS);
    expect(mail.replyTo?.value).toEqual([{ name: 'Ana Ruiz', address: 'ana@example.com' }]);
    expect(mail.subject).toBe(`Invitation: your call with Ana Ruiz, ${WHEN}`);
    expect(mail.text).toContain('this is the invitation to your call with Ana Ruiz.\n');
    // RFC 6047, 2.4: the method of the part is that of the object.
    expect(raw.toString()).toMatch(
      /multipart\/alternative;[\s\S]*text\/plain;[\s\S]*Content-Type: text\/calendar; charset=utf-8; method=REQUEST\r\n/,
    );
    expect(mail.attachments.map(({ contentType, filename }) => [contentType, filename])).toEqual([
      ['text/calendar', undefined],
      ['application/ics', 'invite.ics'],
    ]);
    for (const { content } of mail.attachments) expect(content.toString()).toBe(notice.invitation.text);
  });

  test.each<[News, string]>([
    ['changed', 'your call with Ana Ruiz has changed. This is how it is now.'],
    ['cancelled', 'your call with Ana Ruiz was cancelled.'],
    ['withdrawn', 'your call with Ana Ruiz will be without you.'],
  ])('that it is %s is said in words, too', async (news, words) => {
    const server = await mailServer();
    await channelTo(server.url).notify(noticeOf({ news }));
    expect(onlyOne(server).mail.text).toContain(`\n${words}\n`);
  });

  test('to the guest says the link of its own, in one line', async () => {
    const server = await mailServer();
    await channelTo(server.url).notify(noticeOf({ guestLink: LINK }));
    expect(onlyOne(server).mail.text?.split('\n').slice(6, 8)).toEqual([
      'Reference: 0190a1b2-c3d4',
      LINK_LINE,
    ]);
  });

  test.each(['zoë@example.com', 'z@example.com\r\nRCPT TO:<y@example.com>'])(
    'to %j is refused before anybody is asked',
    async (email) => {
      const server = await mailServer();
      expect(await channelTo(server.url).notify(noticeOf({ to: { name: 'Z', email } }))).toEqual({
        kind: 'refused',
        message: 'the address is not one that mail can be sent to',
      });
      expect(server.connections()).toBe(0);
    },
  );

  test('whatever the names and addresses are, has no header, no recipient and no line more', async () => {
    const server = await mailServer();
    const channel = channelTo(server.url);
    await fc.assert(
      fc.asyncProperty(hostile(40), hostile(40), hostile(40), async (guestName, name, email) => {
        const host = { name, email };
        const invitation = INVITATIONS.current(callOf({ guestName }), host);
        const to = { name: guestName, email: 'zoe@example.com' };
        const notice = noticeOf({ to, counterpart: host, invitation, guestLink: LINK });
        expect(await channel.notify(notice)).toEqual({ kind: 'sent' });
        const last = server.received.at(-1);
        expect(last?.to).toEqual(['zoe@example.com']);
        expect(
          [...(last?.mail.headers.keys() ?? [])].filter((header) => header !== 'reply-to').toSorted(),
        ).toEqual(HEADERS.filter((header) => header !== 'reply-to'));
        const lines = last?.mail.text?.split('\n') ?? [];
        expect([lines.length, lines[7]]).toEqual([11, LINK_LINE]);
        expect(last?.mail.attachments.map(({ content }) => content.toString())).toEqual([
          invitation.text,
          invitation.text,
        ]);
      }),
      { numRuns: 150 },
    );
  });
});
