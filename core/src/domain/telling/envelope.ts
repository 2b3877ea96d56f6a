import type { Actor, CallEvent, EventType } from '../events.ts';
import { toIso } from '../iso.ts';
import {
  INTERNAL,
  MESSAGE_TYPES,
  tellOverridden,
  tellPart,
  tellReminder,
  type MessageType,
  type ToldPart,
  type ToldReminder,
} from './telling.ts';

/** How an event is told outside: as a CloudEvent 1.0, in its JSON format. */
export interface Envelope {
  readonly specversion: '1.0';
  /** Names the event in all of the installation; the same for every copy. Up to 780 of `A-Z a-z 0-9 - _ % :`. */
  readonly id: string;
  readonly source: string;
  readonly type: MessageType;
  /** When it happened. */
  readonly time: string;
  /** The call. */
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  readonly data: EnvelopeData;
}

export interface EnvelopeData {
  readonly app_id: string;
  readonly call_id: string;
  /** Numbers the events of the call, from 1, without gaps. */
  readonly sequence: number;
  /** The version of the call after it. One change may make several events; a reminder that fires makes no version. */
  readonly call_version: number;
  readonly event: EventType;
  /** Empty for `created`. */
  readonly previous: ToldPart;
  readonly current: ToldPart;
  /** The fields that are different now, in alphabetical order; what was not there counts as null. */
  readonly changed: readonly string[];
  /** Those of `changed` whose values are kept back: they are null in `previous` and `current`, whatever they are. */
  readonly withheld: readonly string[];
  readonly reason: string | null;
  readonly actor: Actor;
  /** The interface that the change came through. */
  readonly interface: string;
  /** What became of the pending reminders. */
  readonly reminders: readonly ToldReminder[];
  /** The rules that were passed over. */
  readonly overridden: readonly string[];
}

/** As a part of a URI, of a message id or of a subject: one id, one text, in which no dot and no colon stands. */
export const encodedId = (id: string): string =>
  encodeURIComponent(id).replace(/[.!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * `installation` begins the source of every event: the URI that the installation is known by, without a slash at its end,
 * or nothing.
 */
export function envelopeOf(event: CallEvent, installation: string): Envelope {
  const [app, call] = [encodedId(event.appId), encodedId(event.callId)];
  return {
    specversion: '1.0',
    id: `${app}:${call}:${event.seq}`,
    source: `${installation}/apps/${app}/calls/${call}`,
    type: MESSAGE_TYPES[event.type],
    time: toIso(event.at),
    subject: event.callId,
    datacontenttype: 'application/json',
    data: dataOf(event),
  };
}

function dataOf(event: CallEvent): EnvelopeData {
  const previous = event.type === 'created' ? {} : tellPart(event.from);
  const current = tellPart(event.to);
  const changed = changesBetween(previous, current);
  return {
    app_id: event.appId,
    call_id: event.callId,
    sequence: event.seq,
    call_version: event.version,
    event: event.type,
    previous: withoutInternals(previous),
    current: withoutInternals(current),
    changed,
    withheld: changed.filter((name) => INTERNAL.has(name)),
    reason: event.reason,
    actor: { type: event.actor.type, id: event.actor.id },
    interface: event.source,
    reminders: 'reminders' in event ? event.reminders.map(tellReminder) : [],
    overridden: tellOverridden(event.overridden ?? []),
  };
}

function changesBetween(previous: ToldPart, current: ToldPart): string[] {
  const names = new Set([...Object.keys(previous), ...Object.keys(current)]);
  return [...names]
    .filter((name) => canonical(previous[name] ?? null) !== canonical(current[name] ?? null))
    .toSorted();
}

const withoutInternals = (part: ToldPart): ToldPart =>
  Object.fromEntries(Object.entries(part).map(([name, value]) => [name, INTERNAL.has(name) ? null : value]));

/**
 * The envelope as JSON, always the same for the same event, whatever the order its fields were read in: keys are sorted
 * and there is no white space (RFC 8785). Half characters, which JSON may not carry (RFC 7493, 2.1), are replaced.
 */
export const bodyOf = (envelope: Envelope): string => canonical(envelope);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return part.toWellFormed();
    return isObject(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  });

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
