import type { Call } from '../domain/call.ts';
import {
  actionsOf,
  immovableBecause,
  readOnlyBecause,
  type GuestAction,
  type GuestLink,
  type NoLink,
  type ReadOnly,
} from '../domain/guest-links.ts';
import type { Offer } from '../domain/offers.ts';
import type { Breach, Policy } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';

/** What can come of what is asked of a guest's link, and by it. */

export interface SignedLink {
  readonly id: string;
  readonly link: GuestLink;
}

/** A link that was made. */
export interface IssuedLink {
  readonly kind: 'link_issued';
  readonly url: string;
  readonly link: GuestLink;
}

/** A link that holds, its call as it is now, and what can be done to it by the link. */
export interface OpenedLink extends SignedLink {
  readonly kind: 'link_opened';
  readonly call: Call;
  readonly actions: readonly GuestAction[];
  /** Why nothing can be done any more; null as long as it can, and of a link that only shows. */
  readonly readOnly: ReadOnly | null;
  /** What of the policy forbids every move that the link is made for; null when nothing does. */
  readonly immovable: Breach | null;
  /** Of the app, as it was when the link was opened. */
  readonly policy: Policy;
}

export interface OfferedTimes {
  readonly kind: 'times_offered';
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
  /** By start. Each is accepted if it is asked for at once. */
  readonly slots: readonly Offer[];
}

/** Forged, expired, or of a call that is not there: which of these is nobody's business. */
export interface LinkInvalid {
  readonly kind: 'link_invalid';
}

/** The link was not made for that. */
export interface LinkPowerless {
  readonly kind: 'link_powerless';
  readonly action: GuestAction;
}

/** Every way in which a link does not do what is asked of it. Nothing was changed. */
export type GuestLinkRefusal = LinkInvalid | LinkPowerless | NoLink;

/** What a link can do to the call as it is. */
export function openedOn({ id, link }: SignedLink, call: Call, policy: Policy, now: Instant): OpenedLink {
  const readOnly = readOnlyBecause(link, call);
  const isToMove = readOnly === null && link.purposes.includes('reschedule');
  return {
    kind: 'link_opened',
    id,
    link,
    call,
    actions: actionsOf(link, call, policy, now),
    readOnly,
    immovable: (isToMove && immovableBecause(call, policy, now)) || null,
    policy,
  };
}
