import { createEmailChannel } from '@reslot/adapters/email';
import { createLogChannel } from '@reslot/adapters/log';
import { brokerOf, createNatsPublisher } from '@reslot/adapters/nats';
import {
  inviting,
  publishing,
  reminding,
  type GuestLinks,
  type Invitations,
  type ScheduleQueries,
  type System,
} from '@reslot/core';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';

/** The destinations for every app that the settings name. */
export interface Systems {
  readonly systems: readonly System[];
  close(): Promise<void>;
}

export function openSystems(
  { mail, remindersLogged, natsUrl }: Pick<Config, 'mail' | 'remindersLogged' | 'natsUrl'>,
  queries: ScheduleQueries,
  invitations: Invitations,
  guestLinks: GuestLinks | undefined,
  log: Logger,
): Systems {
  const channel = mail && createEmailChannel({ url: mail.url, from: mail.from, invitations });
  const notes = createLogChannel((line) => log.info(line, 'reminder'));
  const publisher = natsUrl === undefined ? undefined : createNatsPublisher(brokerOf(natsUrl));
  return {
    systems: [
      ...(channel ? [reminding({ channel, queries, guestLinks })] : []),
      ...(channel && mail?.invites ? inviting({ channel, invitations, queries, guestLinks }) : []),
      ...(remindersLogged ? [reminding({ channel: notes, queries }, '@reminders-log')] : []),
      ...(publisher ? [publishing(publisher)] : []),
    ],
    async close() {
      channel?.close();
      await publisher?.close();
    },
  };
}
