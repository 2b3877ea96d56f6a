import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CalendarSlots } from './calendar-slots.ts';
import { LONGEST_SLOT, type Occupied } from './slots.ts';
import { DAY, overlaps } from './time.ts';

const LAST = 10 * DAY;
const callId = fc.integer({ min: 0, max: 300 }).map((id) => `c${id}`);
const slot: fc.Arbitrary<Occupied> = fc
  .record({
    callId,
    from: fc.integer({ min: -LAST, max: LAST }),
    length: fc.oneof(fc.integer({ min: 1, max: LONGEST_SLOT }), fc.constant(LONGEST_SLOT)),
  })
  .map(({ callId: id, from, length }) => ({ callId: id, agentId: 'ana', from, to: from + length }));
const step = fc.oneof({ weight: 3, arbitrary: slot }, { weight: 1, arbitrary: callId });
const spans = fc
  .tuple(fc.integer({ min: -LAST, max: LAST }), fc.integer({ min: 1, max: 3 * DAY }))
  .map(([from, length]) => ({ from, to: from + length }));

describe('the slots of a calendar', () => {
  test('that overlap a span are found, whatever was kept and dropped before', () => {
    fc.assert(
      fc.property(
        fc.array(slot, { minLength: 120, maxLength: 150 }),
        fc.array(fc.tuple(step, spans), { minLength: 30, maxLength: 40 }),
        (first, then) => {
          const known = new Map(first.map((one) => [one.callId, one]));
          const loaded = new CalendarSlots();
          for (const one of first) loaded.keep(one);
          const calendar = new CalendarSlots(loaded);
          for (const [kept, span] of then) {
            const near = new Map([...calendar.near(span)].map((one) => [one.callId, one]));
            for (const one of near.values()) expect(known.get(one.callId)).toBe(one);
            const there = [...known.values()].filter((one) => overlaps(one, span));
            for (const one of there) expect(near.has(one.callId)).toBe(true);
            if (typeof kept === 'string') {
              calendar.drop(kept);
              known.delete(kept);
            } else {
              calendar.keep(kept);
              known.set(kept.callId, kept);
            }
          }
          expect(new Map(calendar.all())).toEqual(known);
          expect(loaded.all().size).toBe(new Set(first.map(({ callId: id }) => id)).size);
        },
      ),
      // It takes minutes to make an example of so many smaller.
      { endOnFailure: true },
    );
  });

  test('are not all looked through where they are many', () => {
    const calendar = new CalendarSlots();
    for (let hour = 0; hour < 1_000; hour += 1) {
      const from = hour * 60 * 60_000;
      calendar.keep({ callId: `c${hour}`, agentId: 'ana', from, to: from + 1 });
    }
    expect([...calendar.near({ from: 20 * DAY, to: 20 * DAY + 1 })].length).toBeLessThan(100);
  });
});
