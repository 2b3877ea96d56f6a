import { hash } from 'node:crypto';
import type { Host, Instant, Invitation } from '@reslot/core';
import type { SendMailOptions } from 'nodemailer';
import { mailboxOf } from './addresses.ts';
import { oneLine, type Words } from './text.ts';

/** Who mails come from, and go to. */
export interface Sender {
  readonly name: string;
  readonly email: string;
}

/** The parts of a mail that calendars read. */
type CalendarParts = Pick<SendMailOptions, 'alternatives' | 'attachments'>;

export interface Letter {
  /** The same at every attempt. */
  readonly messageId: string;
  readonly at: Instant;
  readonly to: Sender;
  /** Nobody without an address. */
  readonly answersTo: Host | undefined;
  readonly words: Words;
  readonly calendar: CalendarParts;
}

/**
 * A mail as the library is to be told of it; the addresses of `to` and `from` are as an envelope takes them. Names and addresses go apart
 * from each other, so that it parses none.
 */
export function messageOf(
  { messageId, at, to, answersTo, words, calendar }: Letter,
  from: Sender,
): SendMailOptions {
  const replyTo = answersTo?.email == null ? undefined : mailboxOf(answersTo.email);
  return {
    envelope: { from: from.email, to: [to.email] },
    from: { name: inHeader(from.name), address: from.email },
    to: { name: inHeader(to.name), address: to.email },
    ...(answersTo &&
      replyTo !== undefined && { replyTo: { name: inHeader(answersTo.name), address: replyTo } }),
    subject: inHeader(words.subject),
    text: words.text,
    date: new Date(at),
    // Whatever characters it has, and however long it is.
    messageId: `<${hash('sha256', messageId)}@${from.email.slice(from.email.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...calendar,
  };
}

/** Base64, so that nothing on the way changes line ends. */
const part = (contentType: string, { text: content }: Invitation) => ({
  contentType,
  contentTransferEncoding: 'base64' as const,
  content,
});

const calendarType = ({ method }: Invitation): string => `text/calendar; charset=utf-8; method=${method}`;

/** A file beside a text that is to be read. */
export const asFile = (invitation: Invitation): CalendarParts => ({
  attachments: [{ filename: 'invite.ics', ...part(calendarType(invitation), invitation) }],
});

/** What the mail is (RFC 6047, 2.4), for readers that have a calendar; and a file for the others. */
export const asInvitation = (invitation: Invitation): CalendarParts => ({
  alternatives: [part(calendarType(invitation), invitation)],
  attachments: [{ filename: 'invite.ics', ...part('application/ics', invitation) }],
});

/** The library leaves ASCII as it is, and a reader would decode what looks encoded (RFC 2047, 2): into other lines, too. */
const inHeader = (text: string): string => oneLine(text).replaceAll('=?', '= ?');
