import type { InvitationChannel, Invitations, ReminderChannel } from '@reslot/core';
import { createMailer, type MailerOptions } from './mailer.ts';
import { asFile, asInvitation } from './message.ts';
import { wordsOfNotice, wordsOfReminder } from './text.ts';

export interface EmailOptions extends MailerOptions {
  /** Those that reminders bring. */
  readonly invitations: Invitations;
}

export interface EmailChannel extends ReminderChannel, InvitationChannel {
  /** Gives up the connections. To be called when nothing is under way any more. */
  close(): void;
}

/** Sends reminders and invitations by e-mail, over SMTP. Throws a `TypeError` for options that are none. */
export function createEmailChannel({ invitations, ...options }: EmailOptions): EmailChannel {
  const mailer = createMailer(options);
  return {
    async send(reminder) {
      const { call, agent, guestLink, at, messageId } = reminder;
      if (call.guestEmail === null) return { kind: 'unaddressed' };
      return mailer.post({
        messageId,
        at,
        to: { name: call.guestName, email: call.guestEmail },
        answersTo: agent,
        words: wordsOfReminder(reminder),
        calendar: asFile(invitations.current(call, agent, guestLink)),
      });
    },
    notify: (notice) =>
      mailer.post({
        messageId: notice.messageId,
        at: notice.at,
        to: notice.to,
        answersTo: notice.counterpart,
        words: wordsOfNotice(notice),
        calendar: asInvitation(notice.invitation),
      }),
    close: () => mailer.close(),
  };
}
