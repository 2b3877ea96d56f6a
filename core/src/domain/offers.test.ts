import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALWAYS, closedTo, openingOf, type Availability } from './availability.ts';
import { issuesOfLength, openStarts, type Search } from './offers.ts';
import { obstacle, slotOf, spanOf, type Occupied } from './slots.ts';
import { MINUTE, type Instant } from './time.ts';

/** A Monday. */
const MONDAY = Date.UTC(2026, 4, 4);
const at = (hour: number, minute = 0): Instant => MONDAY + (hour * 60 + minute) * MINUTE;
const quarters = (from: Instant, to: Instant): Instant[] =>
  Array.from({ length: (to - from) / (15 * MINUTE) }, (_, index) => from + index * 15 * MINUTE);
const HALF_AN_HOUR = { durationMinutes: 30, bufferBeforeMinutes: 0, bufferAfterMinutes: 0 };

const searchOf = (over: Partial<Search> & { availability?: Availability }): Search => ({
  agent: {
    appId: 'app',
    id: 'ana',
    name: 'Ana',
    active: true,
    availability: over.availability ?? ALWAYS,
    turn: 0,
    email: null,
  },
  occupied: [],
  length: HALF_AN_HOUR,
  callId: 'call',
  ...over,
});
const kept = (from: Instant, to: Instant, callId = 'other'): Occupied => ({
  agentId: 'ana',
  callId,
  from,
  to,
});
const nine = { weekday: 1, start: '09:00', end: '11:00', timezone: 'UTC' };

const startsOf = (over: Parameters<typeof searchOf>[0], starts: Instant[]): Instant[] =>
  openStarts(searchOf(over), starts).map(({ from }) => from);

describe('open starts', () => {
  test('are places for the call without its buffers', () => {
    const length = { durationMinutes: 45, bufferBeforeMinutes: 5, bufferAfterMinutes: 10 };
    expect(openStarts(searchOf({ length }), [at(9)])).toEqual([
      { agentId: 'ana', from: at(9), to: at(9, 45) },
    ]);
  });

  test('lie within working hours', () => {
    const availability = { ...ALWAYS, windows: [nine] };
    const open = quarters(at(9), at(10, 45));
    expect(startsOf({ availability }, quarters(at(0), at(48)))).toEqual(open);
  });

  test('leave other calls and their buffers alone, and mind the own ones', () => {
    const occupied = [kept(at(9), at(10))];
    const starts = quarters(at(8), at(11));
    expect(startsOf({ occupied }, starts)).toEqual([
      at(8),
      at(8, 15),
      at(8, 30),
      ...quarters(at(10), at(11)),
    ]);
    const length = { ...HALF_AN_HOUR, bufferBeforeMinutes: 15, bufferAfterMinutes: 20 };
    expect(startsOf({ occupied, length }, starts)).toEqual([at(8), ...quarters(at(10, 15), at(11))]);
  });

  test('may lie on the own time of the call', () => {
    expect(startsOf({ occupied: [kept(at(9), at(10), 'call')] }, [at(9)])).toEqual([at(9)]);
  });

  test('outside of the hours are given where these do not count; time off and calls do', () => {
    const exceptions = [{ kind: 'blocked' as const, from: at(12), to: at(13) }];
    const availability = { windows: [nine], exceptions, doNotDisturb: [{ from: at(13), to: at(14) }] };
    const occupied = [kept(at(14), at(15))];
    const starts = quarters(at(11), at(16));
    expect(startsOf({ availability, occupied, respectHours: false }, starts)).toEqual([
      ...quarters(at(11), at(11, 45)),
      ...quarters(at(15), at(16)),
    ]);
    expect(startsOf({ availability, occupied, respectHours: true }, starts)).toEqual([]);
  });
});

const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];
/** Around the change of the clocks in Europe and, a week later, in America. */
const AUTUMN = Date.UTC(2026, 9, 24);
const instant = fc.nat({ max: 12 * 24 * 12 }).map((steps) => AUTUMN + steps * 5 * MINUTE);
const span = (longest: number) =>
  fc
    .tuple(instant, fc.integer({ min: 1, max: longest }))
    .map(([from, minutes]) => ({ from, to: from + minutes * MINUTE }));
const time = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
const availability: fc.Arbitrary<Availability> = fc.record({
  windows: fc.array(
    fc
      .tuple(
        fc.nat({ max: 6 }),
        fc.nat({ max: 40 }),
        fc.integer({ min: 41, max: 96 }),
        fc.constantFrom(...ZONES),
      )
      .map(([weekday, start, end, timezone]) => ({ weekday, start: time(start), end: time(end), timezone })),
    { maxLength: 12 },
  ),
  exceptions: fc.array(
    fc
      .tuple(span(2_000), fc.constantFrom('blocked' as const, 'available_extra' as const))
      .map(([of, kind]) => ({ ...of, kind })),
    { maxLength: 6 },
  ),
  doNotDisturb: fc.array(span(600), { maxLength: 3 }),
});
const search = fc.record({
  availability,
  occupied: fc.array(
    span(1_500).map(({ from, to }) => kept(from, to)),
    { maxLength: 12 },
  ),
  length: fc.record({
    durationMinutes: fc.constantFrom(5, 30, 480, 1440),
    bufferBeforeMinutes: fc.constantFrom(0, 15, 240),
    bufferAfterMinutes: fc.constantFrom(0, 15, 240),
  }),
  respectHours: fc.boolean(),
});
/** A search on a grid, or one that jumps. */
const starts = fc.oneof(
  fc
    .tuple(instant, fc.integer({ min: 7, max: 1_500 }), fc.nat({ max: 60 }))
    .map(([from, step, count]) => Array.from({ length: count }, (_, index) => from + index * step * MINUTE)),
  fc.array(instant, { maxLength: 30 }).map((some) => some.toSorted((a, b) => a - b)),
);

test('a search of weeks finds what judging each start alone finds', () => {
  let found = 0;
  fc.assert(
    fc.property(search, starts, (over, candidates) => {
      const alone = candidates.filter((startsAt) => {
        const place = { ...over.length, agentId: 'ana', startsAt };
        const slot = slotOf(place);
        const call = spanOf(place);
        const opening = openingOf(over.availability, call.from, call.to);
        const closed = closedTo(over.respectHours ? opening : { ...opening, hours: null }, call);
        return slot && !closed && !obstacle(slot, over.occupied, 'call');
      });
      expect(startsOf(over, candidates)).toEqual(alone);
      found += alone.length;
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(500);
});

test('who names a call gives no length, and who names none may', () => {
  const lengths = [{ durationMinutes: 5 }, { bufferBeforeMinutes: 0 }, { bufferAfterMinutes: 0 }];
  for (const length of lengths) {
    expect(issuesOfLength(length)).toEqual([]);
    expect(issuesOfLength({ ...length, callId: 'call' })).toEqual([
      { path: 'callId', message: 'a call is as long as it is: give no duration and no buffers with it' },
    ]);
  }
  expect(issuesOfLength({ callId: 'call' })).toEqual([]);
});
