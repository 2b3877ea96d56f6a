import { createInvitations } from '@reslot/adapters/icalendar';
import { jitter, newLease, webhookIds } from '@reslot/adapters/ids';
import { knexEndpoints, knexOutbox } from '@reslot/adapters/knex';
import { createUrlCheck, createWebhookSender } from '@reslot/adapters/webhooks';
import { createRelay, createWebhooks } from '@reslot/core';
import { openSystems } from './configured-systems.ts';
import { logError } from '../log.ts';
import { reachOf } from './reach.ts';
import { relayLimits } from '../running/relaying.ts';
import {
  CONFIG,
  DATABASE,
  ENDPOINTS,
  GUEST_LINKS,
  INVITATIONS,
  LOG,
  METRICS,
  OUTBOX,
  QUERIES,
  RELAY,
  SCHEDULER,
  SENDER,
  SYSTEMS,
  WAKE_UP,
  WEBHOOKS,
  type Provide,
} from '../services.ts';

/** How what happens is told: the outbox, its relay, and whom it is told to. */
export function provideTelling(provide: Provide): void {
  provide(ENDPOINTS, (get) => knexEndpoints(get(DATABASE)));
  provide(OUTBOX, (get) => {
    const outbox = knexOutbox(get(DATABASE));
    return get(METRICS)?.outbox(outbox) ?? outbox;
  });
  provide(INVITATIONS, (get) => createInvitations({ organiser: get(CONFIG).organiser }));
  provide(SENDER, (get) => createWebhookSender(reachOf(get(CONFIG))));
  provide(WEBHOOKS, (get) =>
    createWebhooks({
      endpoints: get(ENDPOINTS),
      outbox: get(OUTBOX),
      sender: get(SENDER),
      wrongWithUrl: createUrlCheck(reachOf(get(CONFIG))),
      ids: webhookIds,
      installation: get(CONFIG).publicUrl ?? '',
    }),
  );
  provide(SYSTEMS, (get) => {
    // A secret that was made up is known to one process, and ends with it: a mail lives longer, and a relay may be another.
    const lasting = get(CONFIG).guestLinkSecrets === undefined ? undefined : get(GUEST_LINKS);
    return openSystems(get(CONFIG), get(QUERIES), get(INVITATIONS), lasting, get(LOG));
  }).onDeactivation(({ close }) => close());
  provide(RELAY, (get) =>
    createRelay(
      {
        outbox: get(OUTBOX),
        endpoints: get(ENDPOINTS),
        sender: get(SENDER),
        scheduler: get(SCHEDULER),
        systems: get(SYSTEMS).systems,
        installation: get(CONFIG).publicUrl ?? '',
        token: newLease,
        jitter,
        report: (error) => logError(get(LOG), error),
        ended: get(WAKE_UP).call,
      },
      relayLimits(get(CONFIG)),
    ),
  );
}
