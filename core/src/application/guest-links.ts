import type { AppId, CallId } from '../domain/call.ts';
import type { Accepted } from '../domain/decide.ts';
import type { Actor } from '../domain/events.ts';
import {
  isLive,
  issuesOfWish,
  linkTo,
  type GuestAction,
  type GuestLink,
  type LinkWish,
  type NoLink,
} from '../domain/guest-links.ts';
import { DEFAULT_POLICY } from '../domain/policy.ts';
import type { Rejection } from '../domain/rejections.ts';
import { DAY, MINUTE, type Instant } from '../domain/time.ts';
import {
  openedOn,
  type IssuedLink,
  type LinkInvalid,
  type LinkPowerless,
  type OfferedTimes,
  type OpenedLink,
  type SignedLink,
} from './guest-link-outcomes.ts';
import type { Clock } from './ports.ts';
import type { CallSummary, ScheduleQueries } from './queries.ts';
import type { Refusal, Scheduler } from './scheduler.ts';

/** Links by which a guest may look at one call, choose another time for it, or cancel it (decision 30). */

/** Writes links so that nobody else can: the port behind which the signing is. */
export interface GuestLinkTokens {
  /** Text for a URL as it is. The same link gives the same text. */
  write(link: GuestLink): Promise<string>;
  /** The link, and a name for it that gives no power; undefined for whatever was not written here. Does not look at the time. */
  read(token: string): Promise<SignedLink | undefined>;
}

export interface GuestLinks {
  /** A link to the call as it is. */
  issue(
    wish: LinkWish & { readonly appId: AppId; readonly callId: CallId },
  ): Promise<IssuedLink | NoLink | Extract<Rejection, { kind: 'invalid' | 'call_not_found' }>>;
  /**
   * The address by which a guest can do all that there is to be done to the call as it is; undefined when there is nothing.
   * For what goes to the guest alone.
   */
  urlFor(call: CallSummary): Promise<string | undefined>;
  open(token: string): Promise<OpenedLink | LinkInvalid>;
  /** Where the call could go, on the quarters of an hour, with the agent who has it. */
  times(opened: OpenedLink, from?: Instant, to?: Instant): Promise<OfferedTimes | Refusal | LinkPowerless>;
  /** Moves the call, or cancels it, if the link was made for that, and for the version that the call is at. */
  reschedule(
    opened: OpenedLink,
    to: { readonly startsAt: Instant; readonly reason?: string | undefined },
  ): Promise<Accepted | Refusal | LinkPowerless>;
  cancel(opened: OpenedLink, reason?: string): Promise<Accepted | Refusal | LinkPowerless>;
}

/** What the events of a guest's change name as the interface that wrote them. */
const SOURCE = 'guest_link';
const STEP_MINUTES = 15;
/** What is offered at once, when nothing is said. */
const SPAN = 3 * DAY;

export interface GuestLinksPorts {
  readonly scheduler: Scheduler;
  readonly queries: Pick<ScheduleQueries, 'call' | 'policy'>;
  readonly clock: Clock;
  readonly tokens: GuestLinkTokens;
  /** What a token is put after: `https://calls.example.com/g/`. */
  readonly base: string;
}

export function createGuestLinks({ scheduler, queries, clock, tokens, base }: GuestLinksPorts): GuestLinks {
  const urlOf = async (link: GuestLink): Promise<string> => `${base}${await tokens.write(link)}`;

  return {
    async issue({ appId, callId, ...wish }) {
      const found = issuesOfWish(wish);
      if (found.length > 0) return { kind: 'invalid', issues: found };
      const call = await queries.call(appId, callId);
      if (!call) return { kind: 'call_not_found', appId, callId };
      const link = linkTo(call, wish, clock.now());
      return 'kind' in link ? link : { kind: 'link_issued', url: await urlOf(link), link };
    },

    async urlFor(call) {
      const purposes =
        call.agentId === null ? ['cancel' as const] : ['reschedule' as const, 'cancel' as const];
      const link = linkTo(call, { purposes }, clock.now());
      return 'kind' in link ? undefined : urlOf(link);
    },

    async open(token) {
      const signed = await tokens.read(token);
      const now = clock.now();
      if (!signed || !isLive(signed.link, now)) return { kind: 'link_invalid' };
      const { appId, callId } = signed.link;
      const [call, policy] = await Promise.all([queries.call(appId, callId), queries.policy(appId)]);
      return call ? openedOn(signed, call, policy ?? DEFAULT_POLICY, now) : { kind: 'link_invalid' };
    },

    async times(opened, from, to) {
      if (!isFor(opened, 'reschedule')) return powerless('reschedule');
      const { call } = opened;
      const refusal = refusalOf(opened) ?? opened.immovable;
      if (refusal) return refusal;
      const earliest = nextStep(clock.now());
      const start = from ?? Math.max(earliest, nextStep(call.startsAt - DAY));
      const end = to ?? start + SPAN;
      const found = await scheduler.openSlots({
        ...told(opened),
        agentId: call.agentId ?? undefined,
        from: start,
        to: end,
        stepMinutes: STEP_MINUTES,
      });
      if (found.kind !== 'open_slots') return found;
      // Where it is already, it need not be moved to.
      const slots = found.slots.filter(({ from: at }) => at !== call.startsAt);
      return { kind: 'times_offered', from: start, to: end, slots };
    },

    async reschedule(opened, { startsAt, reason }) {
      if (!isFor(opened, 'reschedule')) return powerless('reschedule');
      return scheduler.execute({ type: 'reschedule', ...told(opened), reason, edits: { startsAt } });
    },

    async cancel(opened, reason) {
      if (!isFor(opened, 'cancel')) return powerless('cancel');
      return scheduler.execute({ type: 'cancel', ...told(opened), reason });
    },
  };
}

const isFor = ({ link }: OpenedLink, action: GuestAction): boolean => link.purposes.includes(action);

const powerless = (action: GuestAction): LinkPowerless => ({ kind: 'link_powerless', action });

/** What a command tells of itself that comes by a link: it is a guest's, and for the version of the link alone. */
function told({ id, link }: OpenedLink) {
  const actor: Actor = { type: 'guest', id };
  const { appId, callId, version } = link;
  return { appId, callId, actor, source: SOURCE, versions: [version] };
}

const nextStep = (instant: Instant): Instant => {
  const step = STEP_MINUTES * MINUTE;
  return Math.ceil(instant / step) * step;
};

/** What `decide` would say of the link itself. */
function refusalOf({ readOnly, call }: OpenedLink): Rejection | undefined {
  if (readOnly === 'over') return { kind: 'final_state', status: call.status };
  if (readOnly === 'started') return { kind: 'already_started' };
  return readOnly === 'superseded' ? { kind: 'stale_version', version: call.version } : undefined;
}
