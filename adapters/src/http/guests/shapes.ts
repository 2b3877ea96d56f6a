import {
  GUEST_PURPOSES,
  STATUSES,
  type Host,
  type OfferedTimes,
  type Offer,
  type OpenedLink,
} from '@reslot/core';
import { z } from '@hono/zod-openapi';
import { toIso } from '../requests/time.ts';

/** What a guest may see: the call as an invitation has it, and time that is free. Nothing else of the app, nor of its agents. */

const instant = z.string().openapi({ format: 'date-time' });

export const shown = z.object({
  data: z.object({
    call: z
      .object({
        id: z.string().openapi({ format: 'uuid' }),
        status: z.enum(STATUSES),
        scheduled_at: instant,
        duration_minutes: z.int(),
        timezone: z.string().openapi({ description: 'Where the guest is, else where the booking was made.' }),
        guest_name: z.string(),
        agent_name: z.string().nullable(),
      })
      .openapi('GuestCall'),
    link: z
      .object({
        purposes: z.array(z.enum(GUEST_PURPOSES)),
        actions: z.array(z.enum(['reschedule', 'cancel'])).openapi({ description: 'What can be done now.' }),
        readOnly: z
          .enum(['superseded', 'started', 'over'])
          .nullable()
          .openapi({ description: 'Why nothing can be done any more. `superseded`: the call has changed.' }),
        expiresAtUtc: instant,
      })
      .openapi('GuestLinkState'),
  }),
});

/** A link that was opened, and who takes its call. */
export interface Seen {
  readonly opened: OpenedLink;
  readonly agent: Host | undefined;
}

export const zoneOf = ({ opened: { call } }: Seen): string => call.guestTimezone ?? call.appTimezone;

export const shape = (seen: Seen): z.infer<typeof shown> => {
  const { call, link, actions, readOnly } = seen.opened;
  return {
    data: {
      call: {
        id: call.id,
        status: call.status,
        scheduled_at: toIso(call.startsAt),
        duration_minutes: call.durationMinutes,
        timezone: zoneOf(seen),
        guest_name: call.guestName,
        agent_name: seen.agent?.name ?? null,
      },
      link: {
        purposes: [...link.purposes],
        actions: [...actions],
        readOnly,
        expiresAtUtc: toIso(link.expiresAt),
      },
    },
  };
};

export const offered = z.object({
  data: z.object({
    fromUtc: instant,
    toUtc: instant,
    slots: z.array(z.object({ startUtc: instant, endUtc: instant }).openapi('GuestSlot')),
  }),
});

/** Without the agent: it is the one who has the call. */
export const timeShape = ({ from, to }: Offer) => ({ startUtc: toIso(from), endUtc: toIso(to) });

export const timesShape = ({ from, to, slots }: OfferedTimes): z.infer<typeof offered> => ({
  data: { fromUtc: toIso(from), toUtc: toIso(to), slots: slots.map(timeShape) },
});
