import { fields, type ReminderOutcome } from '@reslot/core';
import { createTransport } from 'nodemailer';
import { mailboxOf } from './addresses.ts';
import { failureOf } from './answers.ts';
import { messageOf, type Letter, type Sender } from './message.ts';
import { smtpServerOf, smtpUrl } from './urls.ts';

export interface MailerOptions {
  /** As `smtpUrl` takes it. With a user, TLS is insisted on; without, STARTTLS is used where it is offered. */
  readonly url: string;
  /** The name as the core's `agentName` takes it; an address that `mailboxOf` knows. Its domain is that of message ids. */
  readonly from: Sender;
  /** Connections to the server at a time, kept open for the next mail. */
  readonly connections?: number | undefined;
  /** Milliseconds for all of an attempt, the wait for a connection included. */
  readonly timeoutMs?: number | undefined;
  /** Certificate authorities to trust in place of the usual ones, as PEM. */
  readonly ca?: string | undefined;
}

export interface Mailer {
  /** One attempt, to one recipient. */
  post(letter: Letter): Promise<ReminderOutcome>;
  close(): void;
}

const NO_ADDRESS = 'the address is not one that mail can be sent to';

/** Hands mails to a server, over SMTP. Throws a `TypeError` for options that are none. */
export function createMailer(options: MailerOptions): Mailer {
  const { url, connections = 4, timeoutMs = 30_000, ca } = options;
  const sender = mailboxOf(options.from.email);
  const wrong =
    smtpUrl(url) ??
    fields.agentName(options.from.name) ??
    (sender === undefined ? 'the sender must have an e-mail address in ASCII' : undefined);
  if (wrong !== undefined || sender === undefined) throw new TypeError(wrong);

  const from: Sender = { name: options.from.name, email: sender };
  const { auth, ...server } = smtpServerOf(url);
  const transport = createTransport({
    pool: true,
    ...server,
    ...(auth && { auth }),
    // A password does not go over the wire in the clear, and nobody on the way can have it otherwise.
    requireTLS: auth !== undefined && !server.secure,
    ...(ca !== undefined && { tls: { ca } }),
    maxConnections: connections,
    // Once, and only where nothing of the mail was sent: the server may have closed a connection that was kept open.
    maxRequeues: 1,
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What is given up is gone, and does not count beside its successor.
    socketCloseTimeout: 0,
  });

  return {
    async post(letter) {
      const email = mailboxOf(letter.to.email);
      if (email === undefined) return { kind: 'refused', message: NO_ADDRESS };
      const message = messageOf({ ...letter, to: { name: letter.to.name, email } }, from);
      try {
        // The library's own bounds start anew at every byte.
        await transport.sendMail({ ...message, signal: AbortSignal.timeout(timeoutMs) });
        return { kind: 'sent' };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => transport.close(),
  };
}
