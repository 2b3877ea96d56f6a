import type { DueReminder, Host, Instant, InvitationNotice, News } from '@reslot/core';

/** What a mail says, in plain English. */
export interface Words {
  /** One line. */
  readonly subject: string;
  /** Lines end with LF. */
  readonly text: string;
}

/** Pure: the same reminder gives the same words. Names keep to their line whatever is in them. */
export const wordsOfReminder = ({
  call,
  agent,
  guestLink,
}: Pick<DueReminder, 'call' | 'agent' | 'guestLink'>): Words =>
  wordsOf({
    ...call,
    guestLink,
    name: call.guestName,
    counterpart: agent,
    timezone: call.guestTimezone ?? call.appTimezone,
    title: 'Reminder',
    opening: (theCall) => `this is a reminder of ${theCall}.`,
    closing: 'The attached file has it for your calendar.',
  });

const OF_NEWS: Readonly<Record<News, Pick<Content, 'title' | 'opening' | 'closing'>>> = {
  invited: {
    title: 'Invitation',
    opening: (theCall) => `this is the invitation to ${theCall}.`,
    closing: 'The attached file has it for your calendar.',
  },
  changed: {
    title: 'Changed',
    opening: (theCall) => `${theCall} has changed. This is how it is now.`,
    closing: 'The attached file changes it in your calendar.',
  },
  cancelled: {
    title: 'Cancelled',
    opening: (theCall) => `${theCall} was cancelled.`,
    closing: 'The attached file takes it out of your calendar.',
  },
  withdrawn: {
    title: 'Not yours any more',
    opening: (theCall) => `${theCall} will be without you.`,
    closing: 'The attached file takes it out of your calendar.',
  },
};

/** As above, of a notice. */
export const wordsOfNotice = ({
  to,
  counterpart,
  news,
  call,
  timezone,
  guestLink,
}: Pick<InvitationNotice, 'to' | 'counterpart' | 'news' | 'call' | 'timezone' | 'guestLink'>): Words =>
  wordsOf({ ...call, name: to.name, counterpart, timezone, guestLink, ...OF_NEWS[news] });

interface Content extends Pick<InvitationNotice['call'], 'id' | 'startsAt' | 'durationMinutes'> {
  /** Whom it is for. */
  readonly name: string;
  readonly counterpart: Pick<Host, 'name'> | undefined;
  readonly timezone: string;
  readonly guestLink?: string | undefined;
  /** The first word of the subject. */
  readonly title: string;
  readonly opening: (theCall: string) => string;
  readonly closing: string;
}

function wordsOf({
  name,
  counterpart,
  timezone,
  guestLink,
  title,
  opening,
  closing,
  ...call
}: Content): Words {
  const time = timeIn(timezone, call.startsAt);
  const callWith = counterpart ? `your call with ${oneLine(counterpart.name)}` : 'your call';
  const lines = [
    `Hello ${oneLine(name)},`,
    '',
    opening(callWith),
    '',
    `When: ${time}`,
    `Length: ${call.durationMinutes} min`,
    `Reference: ${call.id}`,
    ...(guestLink === undefined ? [] : [`Your own link to see, change or cancel it: ${guestLink}`]),
    '',
    closing,
  ];
  return { subject: `${title}: ${callWith}, ${time}`, text: `${lines.join('\n')}\n` };
}

/** Text without anything that ends a line. */
export const oneLine = (text: string): string =>
  text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');

/** `Saturday, 2 May 2026, 18:00 (Europe/Paris, GMT+02:00)`: the offset tells the two hours apart that a clock shows twice. */
function timeIn(timeZone: string, instant: Instant): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const { weekday, day, month, year, hour, minute, timeZoneName } = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, value]),
  );
  return `${weekday}, ${day} ${month} ${year}, ${hour}:${minute} (${timeZone}, ${timeZoneName})`;
}
