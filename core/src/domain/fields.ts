import { Temporal } from 'temporal-polyfill';

/**
 * What a value of each field may be. A rule returns what is wrong with a value, or undefined.
 * Lengths count Unicode code points.
 */
export type FieldRule = (value: unknown) => string | undefined;

export const LIMITS = {
  guestName: 200,
  guestEmail: 254,
  guestTimezone: 64,
  intakeNotes: 10_000,
  reason: 500,
  agentName: 200,
  durationMinutes: { min: 1, max: 1440 },
  bufferMinutes: { min: 0, max: 240 },
} as const;

/** Ids go into keys and URLs: printable ASCII without a separator, and no step in a path. */
const ID = /^(?!\.{1,2}$)[A-Za-z0-9._:@+-]{1,128}$/;
/** Line breaks, other controls, and the characters that reorder the text around them. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** As above, but for a text of several lines. */
const UNPRINTABLE_IN_LINES = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/u;

/** Spaces of every kind, and what takes no space at all. */
const INVISIBLE = /^[\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

const longerThan = (value: string, max: number): boolean =>
  value.length > max && Array.from(value).length > max;

const text = (rule: (value: string) => string | undefined): FieldRule => {
  return (value) => (typeof value === 'string' ? rule(value) : 'must be text');
};

function prose(max: number, unprintable: RegExp, mayBeBlank: boolean): FieldRule {
  return text((value) => {
    if (!mayBeBlank && INVISIBLE.test(value)) return 'must not be blank';
    if (longerThan(value, max)) return `must not be longer than ${max} characters`;
    if (!value.isWellFormed()) return 'must be well-formed Unicode';
    if (unprintable.test(value)) return 'must not contain control characters';
    return undefined;
  });
}

export function whole({ min, max }: { min: number; max: number }): FieldRule {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

export const oneOf =
  (words: readonly string[]): FieldRule =>
  (value) =>
    words.some((word) => word === value) ? undefined : `must be one of ${words.join(', ')}`;

/** A list of up to `max` values of one kind. */
export const listOf =
  (rule: FieldRule, max: number): FieldRule =>
  (value) => {
    if (!Array.isArray(value) || value.length > max) return `must be a list of at most ${max}`;
    return value.map(rule).find((message) => message !== undefined);
  };

/** At least one of the words, each at most once. */
export const setOf =
  (words: readonly string[]): FieldRule =>
  (value) => {
    const wrong = listOf(oneOf(words), words.length)(value);
    if (wrong !== undefined || !Array.isArray(value)) return wrong;
    if (value.length === 0) return `must name one of ${words.join(', ')}`;
    return new Set(value).size < value.length ? 'must name each once' : undefined;
  };

export const flag: FieldRule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

export const id = text((value) =>
  ID.test(value) ? undefined : 'must be 1 to 128 of the characters A-Z a-z 0-9 . _ : @ + -',
);
/** In either case (RFC 9562, section 4). */
export const uuid = text((value) =>
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value) ? undefined : 'must be a UUID',
);
/** One line that says something. */
export const line = (max: number): FieldRule => prose(max, UNPRINTABLE, false);
export const guestName = line(LIMITS.guestName);
export const agentName = line(LIMITS.agentName);
export const reason = prose(LIMITS.reason, UNPRINTABLE, true);
export const intakeNotes = prose(LIMITS.intakeNotes, UNPRINTABLE_IN_LINES, true);
export const durationMinutes = whole(LIMITS.durationMinutes);
export const bufferMinutes = whole(LIMITS.bufferMinutes);

/** An international or national number: digits and their usual punctuation, 7 to 15 digits (E.164). */
export const guestPhone = text((value) => {
  const digits = value.replace(/[^0-9]/g, '').length;
  return /^\+?[0-9 ().-]{3,32}$/.test(value) && digits >= 7 && digits <= 15
    ? undefined
    : 'must be a phone number of 7 to 15 digits';
});

/**
 * One `@`, a domain of several labels, nothing that a mail header would stumble over and nothing that is not seen. Quoted
 * local parts and addresses in brackets are not taken. Length: RFC 5321, 4.5.3.1.3.
 */
const EMAIL =
  /^(?!\.)(?!.*\.\.)[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}@<>,;:"\\()[\]]+(?<!\.)@(?:[\p{L}\p{N}\p{M}-]+\.)+[\p{L}\p{N}\p{M}-]+$/u;

export const guestEmail = text((value) =>
  value.length <= LIMITS.guestEmail && value.isWellFormed() && EMAIL.test(value)
    ? undefined
    : 'must be an e-mail address',
);
export const agentEmail = guestEmail;

/** A time of the day on the clock, to the minute. */
export const localTime = text((value) =>
  /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? undefined : 'must be a time such as 09:00',
);

/** A date and a time on the clock, as Temporal writes it. */
export const wallTime = text((value) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$/.test(value) && isOnClocks(value)
    ? undefined
    : 'must be a local date and time such as 2026-05-04T10:00:00',
);

function isOnClocks(value: string): boolean {
  try {
    return Temporal.PlainDateTime.from(value).toString() === value;
  } catch {
    return false;
  }
}

/** A name that the runtime's time zone data knows. Offsets such as `+02:00` are no zones. */
export const timezone = text((value) => {
  const wellFormed =
    value.length <= LIMITS.guestTimezone && /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(value);
  return wellFormed && isKnownZone(value) ? undefined : 'must be an IANA time zone such as Europe/Paris';
});

function isKnownZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** As above, and one to reckon with: Temporal knows fewer old names than Intl. */
export const reckonedZone = text(
  (value) => timezone(value) ?? (isReckoned(value) ? undefined : 'must be an IANA time zone of today'),
);

function isReckoned(name: string): boolean {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name) !== undefined;
  } catch {
    return false;
  }
}

/** A safe range for JavaScript dates and for the databases: the years 1970 to 9999. */
export const instant: FieldRule = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 253_402_300_800_000
    ? undefined
    : 'must be whole milliseconds since 1970, before the year 10000';
