import { overlaps, type Instant, type Span } from './time.ts';
import { hoursIn, merged, type WorkingWindow } from './working-hours.ts';

export const EXCEPTION_KINDS = ['blocked', 'available_extra'] as const;

/** Time that is not as the working hours say. */
export interface Exception extends Span {
  readonly kind: (typeof EXCEPTION_KINDS)[number];
}

/** When an agent takes calls. */
export interface Availability {
  /** None: at any hour. */
  readonly windows: readonly WorkingWindow[];
  /** `blocked` time is off, whatever else says that it is not. */
  readonly exceptions: readonly Exception[];
  readonly doNotDisturb: readonly Span[];
}

export const ALWAYS: Availability = { windows: [], exceptions: [], doNotDisturb: [] };

/** What an agent's availability means for a stretch of time. */
export interface Opening {
  /** Merged, by start; null when calls are taken at any hour. */
  readonly hours: readonly Span[] | null;
  readonly off: readonly Span[];
  readonly doNotDisturb: readonly Span[];
}

/** What keeps an agent from a call that nobody else's call keeps it from. */
export type Closed =
  | { readonly kind: 'outside_hours' }
  | { readonly kind: 'time_off'; readonly taken: Span }
  | { readonly kind: 'do_not_disturb'; readonly taken: Span };

/** The part of `availability` that matters to calls between `from` and `to`. */
export function openingOf(availability: Availability, from: Instant, to: Instant): Opening {
  const { windows, exceptions, doNotDisturb } = availability;
  const near = exceptions.filter((exception) => overlaps(exception, { from, to }));
  const extra = near.filter(({ kind }) => kind === 'available_extra');
  return {
    hours: windows.length === 0 ? null : merged([...hoursIn(windows, from, to), ...extra]),
    off: near.filter(({ kind }) => kind === 'blocked'),
    doNotDisturb: doNotDisturb.filter((span) => overlaps(span, { from, to })),
  };
}

/** Why the agent takes no call at that time, `call` being its time without buffers; undefined when it does. */
export function closedTo(opening: Opening, call: Span): Closed | undefined {
  const off = opening.off.find((span) => overlaps(span, call));
  if (off) return { kind: 'time_off', taken: { from: off.from, to: off.to } };
  const quiet = opening.doNotDisturb.find((span) => overlaps(span, call));
  if (quiet) return { kind: 'do_not_disturb', taken: { from: quiet.from, to: quiet.to } };
  const open =
    opening.hours === null || opening.hours.some(({ from, to }) => from <= call.from && call.to <= to);
  return open ? undefined : { kind: 'outside_hours' };
}
