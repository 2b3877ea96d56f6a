import { domainToUnicode } from 'node:url';
import { mailboxOf } from '@reslot/adapters/email';
import { fields } from '@reslot/core';
import fc from 'fast-check';
import { simpleParser, type AddressObject } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { emails, hostile, names } from '../hostile.ts';
import {
  callOf,
  channelTo,
  FROM,
  INVITATIONS,
  LINK,
  LINK_LINE,
  mailServer,
  reminderOf,
} from './receivers.ts';

const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
];

const calls = fc.record({ guestName: names(fields.guestName), guestEmail: emails }).map(callOf);
const agents = fc.option(fc.record({ name: names(fields.agentName), email: fc.option(emails) }), {
  nil: undefined,
});

const addressesIn = (header: AddressObject | AddressObject[] | undefined): (string | undefined)[] =>
  [header ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address));

/** A text as it is when nobody cares how wide its gaps are. */
const words = (text: string | undefined): string => (text ?? '').replaceAll(/\s+/gu, ' ').trim();

/** What looks encoded is kept from being decoded. */
const inHeader = (text: string | undefined): string => words(text?.replaceAll('=?', '= ?'));

const namesIn = (header: AddressObject | AddressObject[] | undefined): string[] =>
  [header ?? []].flat().flatMap(({ value }) => value.map(({ name }) => words(name)));

/** Servers and readers show a domain in its own script. */
const shown = (address: string): string => {
  const [local = '', domain = ''] = address.split('@');
  return `${local}@${domainToUnicode(domain)}`;
};

describe('whatever the fields may be', () => {
  test('another program reads one mail to one guest, with these headers and no others', async () => {
    const server = await mailServer();
    const channel = channelTo(server.url);
    let sent = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(calls, agents, async (call, agent) => {
        const outcome = await channel.send(reminderOf({ call, agent }));
        const to = mailboxOf(call.guestEmail ?? '');
        if (to === undefined) {
          refused += 1;
          expect(outcome.kind).toBe('refused');
          return;
        }
        sent += 1;
        expect(outcome).toEqual({ kind: 'sent' });
        expect(server.received).toHaveLength(sent);
        const last = server.received.at(-1);
        expect([last?.from, last?.to]).toEqual([FROM.email, [shown(to)]]);
        expect(last?.smtpUtf8).toBe(false);
        const mail = await simpleParser(last?.raw ?? '');
        const replyTo = agent?.email == null ? undefined : mailboxOf(agent.email);
        expect([...mail.headers.keys()].toSorted()).toEqual(
          replyTo === undefined ? HEADERS : [...HEADERS, 'reply-to'].toSorted(),
        );
        expect(mail.headerLines).toHaveLength(mail.headers.size);
        expect(addressesIn(mail.to)).toEqual([shown(to)]);
        expect(namesIn(mail.to)).toEqual([inHeader(call.guestName)]);
        expect(namesIn(mail.replyTo)).toEqual(replyTo === undefined ? [] : [inHeader(agent?.name)]);
        expect(addressesIn(mail.from)).toEqual([FROM.email]);
        expect(addressesIn(mail.replyTo)).toEqual(replyTo === undefined ? [] : [shown(replyTo)]);
        expect(mail.messageId).toMatch(/^<[0-9a-f]{64}@book\.example\.com>$/);
        const callWith = agent ? `your call with ${agent.name}` : 'your call';
        expect(words(mail.subject)).toBe(
          inHeader(
            `Reminder: ${callWith}, Monday, 5 May 2031, 06:00 (America/Argentina/Buenos_Aires, GMT-03:00)`,
          ),
        );
        expect(mail.text?.split('\n').slice(0, 4)).toEqual([
          `Hello ${call.guestName},`,
          '',
          `this is a reminder of ${callWith}.`,
          '',
        ]);
        expect(mail.text?.split('\n')).toHaveLength(10);
        expect(mail.attachments.map(({ content }) => content.toString())).toEqual([
          INVITATIONS.current(call, agent).text,
        ]);
      }),
      { numRuns: 400 },
    );
    expect(sent).toBeGreaterThan(40);
    expect(refused).toBeGreaterThan(50);
  });

  test('even text that no rule has seen gives no header, no recipient and no line more', async () => {
    const server = await mailServer();
    const channel = channelTo(server.url);
    await fc.assert(
      fc.asyncProperty(hostile(40), hostile(40), hostile(40), async (guestName, name, email) => {
        const agent = { name, email };
        const call = callOf({ guestName });
        expect(await channel.send(reminderOf({ call, agent, guestLink: LINK }))).toEqual({ kind: 'sent' });
        const last = server.received.at(-1);
        expect(last?.to).toEqual(['zoe@example.com']);
        expect([...(last?.mail.headers.keys() ?? [])].toSorted()).toEqual(HEADERS);
        expect(addressesIn(last?.mail.to)).toEqual(['zoe@example.com']);
        const lines = last?.mail.text?.split('\n') ?? [];
        expect([lines.length, lines[7]]).toEqual([11, LINK_LINE]);
      }),
      { numRuns: 300 },
    );
  });
});
