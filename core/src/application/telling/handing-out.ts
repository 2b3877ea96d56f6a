import type { AppId } from '../../domain/call.ts';
import { wants, type Endpoint } from '../../domain/telling/endpoints.ts';
import type { RelayPorts, System } from './attempt.ts';
import type { NewDelivery, WaitingEvent } from './outbox.ts';

export interface HandedOut {
  readonly events: number;
  readonly deliveries: number;
}

/** Hands events out: a delivery for each destination that wants one. */
export interface HandingOut {
  /** All that waits, up to some pages. */
  all(): Promise<HandedOut>;
  /**
   * After commits of `appIds`: what somebody wants, with what shares its place. Events that nobody wants wait for the next `all`, to be taken out together,
   * as long as they do not fill a page. Nothing is read where nobody listens, as far as is known since the last `all`.
   */
  news(appIds: ReadonlySet<AppId>): Promise<HandedOut>;
}

/** Pages that are handed out at once. */
const MOST_PAGES = 8;

/** `most` events are a page; the last place of it may have some more. */
export function createHandingOut(
  { outbox, systems }: Pick<RelayPorts, 'outbox' | 'systems'>,
  most: number,
): HandingOut {
  /** Apps without endpoints. Others may have one by now. */
  const unheard = new Set<AppId>();

  async function page(leaveFew: boolean): Promise<HandedOut> {
    const { events, endpoints } = await outbox.waiting(most);
    const heard = new Set(endpoints.map(({ appId }) => appId));
    for (const { appId } of events) {
      if (heard.has(appId)) unheard.delete(appId);
      else unheard.add(appId);
    }
    const all = events.map((event) => ({ event, deliveries: deliveriesOf(event, endpoints, systems) }));
    const wanted = new Set(
      all.flatMap(({ event, deliveries }) => (deliveries.length > 0 ? event.place : [])),
    );
    const out = leaveFew && events.length < most ? all.filter(({ event }) => wanted.has(event.place)) : all;
    const deliveries = out.flatMap((one) => one.deliveries);
    if (out.length > 0) {
      await outbox.handOut(
        out.map(({ event }) => event),
        deliveries,
      );
    }
    return { events: out.length, deliveries: deliveries.length };
  }

  /** While they are full. */
  async function pages(leaveFew: boolean): Promise<HandedOut> {
    let [events, deliveries] = [0, 0];
    for (let many = 0; many < MOST_PAGES; many += 1) {
      const done = await page(leaveFew);
      events += done.events;
      deliveries += done.deliveries;
      if (done.events < most) break;
    }
    return { events, deliveries };
  }

  return {
    all() {
      unheard.clear();
      return pages(false);
    },
    async news(appIds) {
      const isAwaited = systems.length > 0 || [...appIds].some((appId) => !unheard.has(appId));
      return isAwaited ? pages(true) : { events: 0, deliveries: 0 };
    },
  };
}

function deliveriesOf(
  event: WaitingEvent,
  endpoints: readonly Endpoint[],
  systems: readonly System[],
): NewDelivery[] {
  const { appId, callId, seq, type } = event;
  const destinations = [
    ...endpoints.filter((endpoint) => endpoint.appId === appId && wants(endpoint, type)).map(({ id }) => id),
    ...systems.filter((system) => system.wants(event)).map(({ name }) => name),
  ];
  return destinations.map((destination) => ({ appId, destination, callId, seq, type }));
}
