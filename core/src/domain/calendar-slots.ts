import type { CallId } from './call.ts';
import { LONGEST_SLOT, type Occupied } from './slots.ts';
import { DAY, type Span } from './time.ts';

/** So many are looked through sooner than they are put into an order. */
const FEW = 64;

/** The slots that calls keep in one calendar, one of each call. */
export class CalendarSlots {
  readonly #byCall: Map<CallId, Occupied>;
  /** The same by the day on which they begin, once they are many and some of them are asked for. */
  #byDay: Map<number, Map<CallId, Occupied>> | undefined;

  constructor(known?: CalendarSlots) {
    this.#byCall = new Map(known?.all());
  }

  all(): ReadonlyMap<CallId, Occupied> {
    return this.#byCall;
  }

  /** Those that overlap the span, and maybe others. */
  near({ from, to }: Span): Iterable<Occupied> {
    if (this.#byCall.size <= FEW) return this.#byCall.values();
    const days = (this.#byDay ??= byDayOf(this.#byCall.values()));
    const found: Occupied[] = [];
    for (let day = dayOf(from - LONGEST_SLOT); day <= dayOf(to); day += 1) {
      for (const slot of days.get(day)?.values() ?? []) found.push(slot);
    }
    return found;
  }

  keep(slot: Occupied): void {
    if (this.#byDay) {
      this.drop(slot.callId);
      put(slot, this.#byDay);
    }
    this.#byCall.set(slot.callId, slot);
  }

  drop(callId: CallId): void {
    const slot = this.#byCall.get(callId);
    if (!slot) return;
    this.#byCall.delete(callId);
    this.#byDay?.get(dayOf(slot.from))?.delete(callId);
  }
}

const dayOf = (at: number): number => Math.floor(at / DAY);

function byDayOf(slots: Iterable<Occupied>): Map<number, Map<CallId, Occupied>> {
  const days = new Map<number, Map<CallId, Occupied>>();
  for (const slot of slots) put(slot, days);
  return days;
}

function put(slot: Occupied, days: Map<number, Map<CallId, Occupied>>): void {
  const day = dayOf(slot.from);
  const known = days.get(day);
  if (known) known.set(slot.callId, slot);
  else days.set(day, new Map([[slot.callId, slot]]));
}
