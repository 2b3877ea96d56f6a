import type { Agent } from '../../domain/agents.ts';
import { isMovable, type Call } from '../../domain/call.ts';
import {
  bringsIn,
  isForCalendars,
  leaverOf,
  mayBeForCalendars,
  mayLeaveBy,
  type Leaver,
  type Participant,
} from '../../domain/telling/calendars.ts';
import type { CallEvent, EventType } from '../../domain/events.ts';
import type { Instant } from '../../domain/time.ts';
import type { Attempted } from '../../domain/telling/deliveries.ts';
import type { System } from './attempt.ts';
import type { GuestLinks } from '../guest-links.ts';
import type { InvitationChannel, InvitationNotice } from './invitation-channel.ts';
import type { Host, Invitations } from './invitations.ts';
import type { ScheduleQueries } from '../queries.ts';
import { attemptedByChannel } from './systems.ts';

/** Every change that calendars show, by a channel to those who have the call in theirs, or have had it. */

export interface InvitingPorts {
  readonly channel: InvitationChannel;
  readonly invitations: Invitations;
  readonly queries: Pick<ScheduleQueries, 'call' | 'agent' | 'timeline'>;
  /** Whose links guests are sent; without it, none. They have to hold wherever they are opened. */
  readonly guestLinks?: Pick<GuestLinks, 'urlFor'> | undefined;
}

/** The call as it stands when an event is told of, and its agent. */
interface Told {
  readonly event: CallEvent;
  readonly call: Call;
  readonly agent: Agent | undefined;
}

type Needless = Extract<Attempted, { kind: 'needless' }>;
type Letter = Pick<InvitationNotice, 'to' | 'counterpart' | 'news' | 'timezone' | 'invitation' | 'guestLink'>;

/** Later events of a call that are looked through for one that tells more. */
const MOST_LATER = 250;

/** Each recipient is a destination, so that an address which fails holds up no other, and nobody is told again because of another. */
export const inviting = (ports: InvitingPorts): readonly System[] => [
  destination(ports, '@invitations-guest', mayBeForCalendars, (told) => toParticipant(ports, 'guest', told)),
  destination(ports, '@invitations-agent', mayBeForCalendars, (told) => toParticipant(ports, 'agent', told)),
  destination(ports, '@invitations-former', mayLeaveBy, (told) => toLeaver(ports, told)),
];

const destination = (
  { channel, queries }: InvitingPorts,
  name: System['name'],
  wants: (type: EventType) => boolean,
  letterOf: (told: Told) => Promise<Letter | Needless>,
): System => ({
  name,
  wants: ({ type }) => wants(type),
  async deliver({ id, event }, at) {
    const call = await queries.call(event.appId, event.callId);
    if (!call || !isAhead(call, at)) return needless('the call has begun');
    const agent = call.agentId === null ? undefined : await queries.agent(call.appId, call.agentId);
    const letter = await letterOf({ event, call, agent });
    if ('kind' in letter) return letter;
    const { id: callId, startsAt, durationMinutes } = call;
    return attemptedByChannel(
      await channel.notify({
        ...letter,
        messageId: `${id}:${name}`,
        call: { id: callId, startsAt, durationMinutes },
        at,
      }),
    );
  },
});

/** Nobody is told of what is over, however long the event has waited. */
const isAhead = ({ status, startsAt }: Call, at: Instant): boolean =>
  at < startsAt && (isMovable(status) || status === 'cancelled');

/** A later event tells the same recipient of a newer state. */
async function isSuperseded({ queries }: InvitingPorts, { call, event }: Told): Promise<boolean> {
  const later = await queries.timeline(call, event.seq, MOST_LATER);
  return later.some(isForCalendars);
}

async function toParticipant(ports: InvitingPorts, who: Participant, told: Told): Promise<Letter | Needless> {
  const { event, call, agent } = told;
  if (!isForCalendars(event)) return needless('not for calendars');
  if (await isSuperseded(ports, told)) return needless('superseded');
  const [recipient, counterpart] = who === 'guest' ? [guestOf(call), agent] : [agent, guestOf(call)];
  const to = addressed(recipient);
  if (!to) return needless('no address');
  // Whoever has it acts as the guest: the agent's copy goes without.
  const guestLink = who === 'guest' ? await ports.guestLinks?.urlFor(call) : undefined;
  return {
    to,
    counterpart,
    guestLink,
    news: call.status === 'cancelled' ? 'cancelled' : bringsIn(event, who) ? 'invited' : 'changed',
    timezone: (who === 'guest' ? call.guestTimezone : null) ?? call.appTimezone,
    invitation: ports.invitations.current(call, agent, guestLink),
  };
}

async function toLeaver(ports: InvitingPorts, told: Told): Promise<Letter | Needless> {
  const leaver = leaverOf(told.event);
  if (!leaver) return needless('nobody has left');
  return leaver.kind === 'agent'
    ? toFormerAgent(ports, leaver.id, told)
    : toFormerAddress(ports, leaver, told);
}

async function toFormerAgent(
  { invitations, queries }: InvitingPorts,
  id: string,
  { call, agent }: Told,
): Promise<Letter | Needless> {
  const former = await queries.agent(call.appId, id);
  const to = addressed(former);
  if (!to) return needless('no address');
  if (isSameMailbox(to.email, agent?.email)) return needless('takes part');
  return {
    to,
    counterpart: guestOf(call),
    news: 'withdrawn',
    timezone: call.appTimezone,
    invitation: invitations.withdrawal(call, former),
  };
}

/** The old address may be a stranger's: what it was sent is taken back. */
async function toFormerAddress(
  { invitations }: InvitingPorts,
  { email, name }: Extract<Leaver, { kind: 'guest' }>,
  { call, agent }: Told,
): Promise<Letter | Needless> {
  if (isSameMailbox(email, call.guestEmail)) return needless('takes part');
  const former = { ...call, guestEmail: email, guestName: name ?? call.guestName };
  return {
    to: { name: former.guestName, email },
    counterpart: agent,
    news: 'withdrawn',
    timezone: call.appTimezone,
    invitation: invitations.withdrawal(former, agent),
  };
}

const needless = (told: string): Needless => ({ kind: 'needless', told });

const guestOf = ({ guestName: name, guestEmail: email }: Call): Host => ({ name, email });

const addressed = (host: Host | undefined): InvitationNotice['to'] | undefined =>
  host?.email == null ? undefined : { name: host.name, email: host.email };

/** Few mail servers tell capitals apart, and to take back what was just given is worse than to leave it. */
const isSameMailbox = (one: string, other: string | null | undefined): boolean =>
  one.toLowerCase() === other?.toLowerCase();
