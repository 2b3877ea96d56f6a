import { fields, MOST_IN_SERIES, wallTimeOf, type Instant } from '@reslot/core';
import { RRuleTemporal } from 'rrule-temporal';
import { toIso } from './time.ts';

/** Recurrence rules (RFC 5545, 3.3.10) as a request writes them: `FREQ=WEEKLY;COUNT=8`. */

/** What the value of a part may be. */
interface Part {
  readonly mayBe: (value: string) => boolean;
  /** The same for people: `COUNT must be …`. */
  readonly said: string;
}

const matching = (pattern: RegExp, said: string): Part => ({ mayBe: (value) => pattern.test(value), said });
/** A list of whole numbers from 1 to `max`, or counted from the end. */
function numbers(max: number): Part {
  const one = (text: string) => /^-?[1-9]\d{0,2}$/.test(text) && Math.abs(Number(text)) <= max;
  return {
    mayBe: (value) => value.split(',').every(one),
    said: `a list of 1 to ${max}, or of -1 to -${max}, which count from the end`,
  };
}
const count = (max: number): Part => ({
  mayBe: (value) => /^[1-9]\d{0,4}$/.test(value) && Number(value) <= max,
  said: `a whole number from 1 to ${max}`,
});

/** What each part may be. The library would read past what it does not know. */
const PARTS: Record<string, Part> = {
  FREQ: matching(/^(DAILY|WEEKLY|MONTHLY|YEARLY)$/, 'DAILY, WEEKLY, MONTHLY or YEARLY'),
  INTERVAL: count(1000),
  COUNT: count(MOST_IN_SERIES),
  UNTIL: matching(/^\d{8}T\d{6}Z$/, 'a time in UTC such as 20261231T230000Z'),
  BYDAY: matching(
    /^([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)){0,20}$/,
    'a list of up to 21 of MO, TU, WE, TH, FR, SA and SU, with a number before it if wanted, such as 2MO or -1FR',
  ),
  BYMONTHDAY: numbers(31),
  BYYEARDAY: numbers(366),
  BYWEEKNO: numbers(53),
  BYMONTH: matching(/^([1-9]|1[0-2])(,([1-9]|1[0-2])){0,11}$/, 'a list of up to 12 of 1 to 12'),
  BYSETPOS: numbers(366),
  WKST: matching(/^(MO|TU|WE|TH|FR|SA|SU)$/, 'one of MO, TU, WE, TH, FR, SA and SU'),
};

const FORM = `must be parts in capitals such as FREQ=WEEKLY;COUNT=8, without RRULE: before them, of ${Object.keys(PARTS).join(', ')}`;

const MOST_CHARACTERS = 500;
/** How many periods are looked through for calls: some three years. A year can take as long as its days. */
const MOST_PERIODS: Record<string, number> = { DAILY: 1100, WEEKLY: 160, MONTHLY: 40, YEARLY: 4 };
/** Dates that are looked at in them. */
const MOST_DATES = 5000;

/** What is wrong with the text of a rule, or undefined. */
export function wrongIn(rule: string): string | undefined {
  if (rule.length > MOST_CHARACTERS) return `must not be longer than ${MOST_CHARACTERS} characters`;
  const seen = new Set<string>();
  for (const part of rule.split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=(.*)$/.exec(part) ?? [];
    const known = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!known) return FORM;
    if (seen.has(name)) return `must have ${name} once`;
    if (!known.mayBe(value)) return `${name} must be ${known.said}`;
    seen.add(name);
  }
  if (!seen.has('FREQ')) return 'must have FREQ';
  return seen.has('COUNT') || seen.has('UNTIL') ? undefined : 'must end: give COUNT or UNTIL';
}

/**
 * When each call of a series begins whose first begins at `first`: at the same time of the day on the clocks of the
 * zone. Dates on which clocks skip that time have no call. A text says what is wrong with the rule.
 */
export function startsOf(rule: string, first: Instant, timezone: string): readonly Instant[] | string {
  const wrong = wrongIn(rule) ?? fields.reckonedZone(timezone);
  if (wrong !== undefined) return wrong;
  const starts = expanded(rule, first, timezone, MOST_IN_SERIES + 1);
  if (typeof starts === 'string') return starts;
  if (starts.length > MOST_IN_SERIES) return `gives more than ${MOST_IN_SERIES} calls`;
  return starts[0] === first
    ? starts
    : 'does not begin with the call: its start is not the first that the rule gives';
}

/** As `startsOf`, for one rule and many beginnings, of which it remembers what it has found; undefined where it gives none. */
export function expansionOf(
  rule: string,
  timezone: string,
): (first: Instant) => readonly Instant[] | undefined {
  const known = new Map<Instant, readonly Instant[] | undefined>();
  const others = new Set<string>();
  const find = (first: Instant): readonly Instant[] | undefined => {
    const day = wallTimeOf(first, timezone).slice(0, 'YYYY-MM-DD'.length);
    if (others.has(day)) return undefined;
    const begins = expanded(rule, first, timezone, 1);
    if (begins[0] !== first) {
      // But for its UNTIL, which leaves nothing, a rule says nothing of the time of the day.
      if (begins.length > 0) others.add(day);
      return undefined;
    }
    const starts = startsOf(rule, first, timezone);
    return typeof starts === 'string' ? undefined : starts;
  };
  return (first) => {
    const starts = known.has(first) ? known.get(first) : find(first);
    known.set(first, starts);
    return starts;
  };
}

/** The first calls, so many at most. */
function expanded(rule: string, first: Instant, timezone: string, most: number): readonly Instant[] | string {
  try {
    const recurrence = new RRuleTemporal({
      rruleString: rule,
      dtstart: { timeZoneId: timezone, toString: () => `${toIso(first)}[${timezone}]` },
      maxIterations: MOST_PERIODS[frequencyOf(rule)] ?? 1,
      maxCandidateEvaluations: MOST_DATES,
      strict: true,
    });
    return recurrence.all((_, index) => index < most).map((at) => at.epochMilliseconds);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be read';
    return /exceeded/.test(message)
      ? 'reaches too far: a series may take some three years'
      : `gives no calls: ${message}`;
  }
}

const frequencyOf = (rule: string): string => /(?:^|;)FREQ=([A-Z]+)/.exec(rule)?.[1] ?? '';
