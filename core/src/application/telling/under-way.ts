import type { AppId } from '../../domain/call.ts';
import { isSystem, type Delivery, type Shares } from '../../domain/telling/deliveries.ts';
import type { RelayLimits } from './relay.ts';

type Limits = Pick<RelayLimits, 'toEndpoints' | 'perDestination' | 'perApp'>;

/** How many attempts of a relay are under way: to each destination, to the endpoints of each app, to all endpoints. */
export function createUnderWay({ toEndpoints, perDestination, perApp }: Limits) {
  const underWay = new Map<string, number>();
  const underWayOf = new Map<AppId, number>();

  const all = (): number => [...underWayOf.values()].reduce((sum, many) => sum + many, 0);

  return {
    change(delivery: Delivery, by: 1 | -1): void {
      count(underWay, delivery.destination, by);
      if (!isSystem(delivery)) count(underWayOf, delivery.appId, by);
    },
    /** Whether nothing more may go the way of this delivery. */
    isAtItsShare: (delivery: Delivery): boolean =>
      (underWay.get(delivery.destination) ?? 0) >= perDestination ||
      (!isSystem(delivery) && ((underWayOf.get(delivery.appId) ?? 0) >= perApp || all() >= toEndpoints)),
    shares: (): Omit<Shares, 'most'> => ({
      mostToEndpoints: toEndpoints - all(),
      perDestination,
      underWay,
      perApp,
      underWayOf,
    }),
  };
}

function count(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const left = (counts.get(name) ?? 0) + by;
  if (left > 0) counts.set(name, left);
  else counts.delete(name);
}
