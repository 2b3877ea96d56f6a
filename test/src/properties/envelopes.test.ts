import { bodyOf, envelopeOf, fields, type CallEvent } from '@reslot/core';
import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Any characters at all, halves among them. */
const text = fc
  .array(fc.nat({ max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
const id = fc.stringMatching(/^[A-Za-z0-9._:@+-]{1,12}$/).filter((value) => fields.id(value) === undefined);
const instant = fc.integer({ min: 0, max: 253_402_300_799_999 });
const guest = fc.record({ guestName: text, guestPhone: fc.option(text), guestEmail: fc.option(text) });
const reminders = fc.array(
  fc.record({
    kind: fc.constantFrom('24h', '1h', '15m', 'custom_90'),
    from: fc.option(instant),
    to: fc.option(instant),
    reason: fc.constantFrom('call_over', null),
  }),
  { maxLength: 3 },
);
const SECRET = 'a secret';

const change = fc.oneof(
  fc.record({ type: fc.constant('guest_updated'), from: guest, to: guest, reminders }),
  fc.record({
    type: fc.constant('intake_notes_updated'),
    from: fc.record({ intakeNotes: text.map((notes) => `${SECRET} ${notes}`) }),
    to: fc.record({ intakeNotes: fc.constantFrom(SECRET, null) }),
  }),
  fc.record({
    type: fc.constant('cancelled'),
    from: fc.record({
      status: fc.constant('confirmed'),
      cancelledAt: fc.constant(null),
      cancellationReason: fc.constant(null),
    }),
    to: fc.record({ status: fc.constant('cancelled'), cancelledAt: instant, cancellationReason: text }),
    reminders,
  }),
);

const event = fc
  .tuple(
    change,
    fc.record({
      appId: id,
      callId: id,
      seq: fc.integer({ min: 1, max: 20 }),
      version: fc.integer({ min: 1, max: 20 }),
      at: instant,
      actor: fc.record({ type: fc.constantFrom('guest', 'api'), id }),
      source: fc.constant('test'),
      reason: fc.option(text),
    }),
  )
  .map(([body, header]): CallEvent => ({ ...header, ...body }));

/** As somebody may hand it back: every object with its keys the other way round. */
const turned = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => [key, turned(part)]);
  return Object.fromEntries(entries.toReversed());
};

const isWhole = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  return typeof value !== 'object' || value === null || Object.entries(value).flat().every(isWhole);
};

describe('whatever happens', () => {
  test('a body is JSON without half characters, and tells no notes', () => {
    fc.assert(
      fc.property(event, (one) => {
        const body = bodyOf(envelopeOf(one, ''));
        expect(body.isWellFormed()).toBe(true);
        expect(isWhole(JSON.parse(body))).toBe(true);
        expect(body).not.toContain(SECRET);
      }),
    );
  });

  test('a body is a CloudEvent, as its own library reads them', () => {
    fc.assert(
      fc.property(event, fc.constantFrom('', 'https://calls.example.com/eu'), (one, installation) => {
        const read = new CloudEvent<unknown>(JSON.parse(bodyOf(envelopeOf(one, installation))));
        expect(read.validate()).toBe(true);
        expect(read).toMatchObject(JSON.parse(bodyOf(envelopeOf(one, installation))));
      }),
    );
  });

  test('a body is the same for every copy of its event', () => {
    fc.assert(
      fc.property(event, (one) => {
        const copy: CallEvent = JSON.parse(JSON.stringify(turned(one)));
        expect(Object.keys(copy)).not.toEqual(Object.keys(one));
        expect(bodyOf(envelopeOf(copy, ''))).toBe(bodyOf(envelopeOf(one, '')));
      }),
    );
  });

  test('an id has no dot, and is that of one event alone', () => {
    /** Few and alike, so that they meet. */
    const part = fc.stringMatching(/^[a.:]{1,3}$/).filter((value) => fields.id(value) === undefined);
    const key = fc.tuple(part, part, fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(event, key, key, (one, a, b) => {
        const [idOfA, idOfB] = [a, b].map(
          ([appId, callId, seq]) => envelopeOf({ ...one, appId, callId, seq }, '').id,
        );
        expect(idOfA).toMatch(/^[\w%:-]+$/);
        expect(idOfA === idOfB).toBe(String(a) === String(b));
      }),
      { numRuns: 1000 },
    );
  });
});
