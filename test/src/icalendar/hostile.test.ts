import { createInvitations } from '@reslot/adapters/icalendar';
import { fields, MINUTE, type CallSummary } from '@reslot/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleCall } from '../contract/samples.ts';
import { emails, hostile, names } from '../hostile.ts';
import { read } from './parsed.ts';

const ORGANISER = { name: 'Calls', email: 'calls@example.com' };
const { current, withdrawal } = createInvitations({ organiser: ORGANISER });

const calls = fc
  .record({ guestName: names(fields.guestName), guestEmail: fc.option(emails) })
  .map((guest): CallSummary => sampleCall({ appId: 'app', id: 'x', ...guest }));
const agents = fc.record({ name: names(fields.agentName), email: fc.option(emails) });

const EVENT = [
  'description',
  'dtend',
  'dtstamp',
  'dtstart',
  'organizer',
  'sequence',
  'status',
  'summary',
  'uid',
];

function expectSoundLines(text: string): void {
  expect(text.endsWith('\r\n')).toBe(true);
  for (const line of text.slice(0, -2).split('\r\n')) {
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line.isWellFormed()).toBe(true);
  }
}

/** The address that a `mailto:` names, as RFC 6068 reads it. */
function addressIn(value: string | undefined): string {
  const uri = new URL(value ?? '');
  expect([uri.protocol, uri.search, uri.hash]).toEqual(['mailto:', '', '']);
  return decodeURIComponent(uri.pathname);
}

/** About as long as a signed one. */
const LINK = `https://calls.example.com/g/${'eyJhbGciOiJIUzI1NiJ9'.repeat(15)}.a_b-c`;

describe('whatever the fields may be', () => {
  test('a link of the guest is the URL of the event, and all else is as it is without', () => {
    fc.assert(
      fc.property(calls, fc.option(agents, { nil: undefined }), (call, agent) => {
        const { method, text } = current(call, agent, LINK);
        expectSoundLines(text);
        const plain = current(call, agent);
        const { url, ...rest } = read(text).event;
        expect([method, url?.value, rest]).toEqual([plain.method, LINK, read(plain.text).event]);
      }),
    );
  });

  test('another program reads one event with these properties, the names and the addresses', () => {
    let quoted = 0;
    fc.assert(
      fc.property(calls, fc.option(agents, { nil: undefined }), fc.boolean(), (call, agent, isWithdrawn) => {
        const { method, text } = isWithdrawn && agent ? withdrawal(call, agent) : current(call, agent);
        expectSoundLines(text);
        const { calendar, event } = read(text);
        const { guestName, guestEmail } = call;
        expect(Object.keys(calendar).toSorted()).toEqual(['method', 'prodid', 'version']);
        expect(calendar['method']?.value).toBe(method);
        const properties = guestEmail === null ? EVENT : ['attendee', ...EVENT];
        expect(Object.keys(event).toSorted()).toEqual(properties);
        expect(event['summary']).toEqual({
          parameters: {},
          value: agent ? `Call: ${guestName} with ${agent.name}` : `Call: ${guestName}`,
        });
        expect(event['uid']).toEqual({ parameters: {}, value: 'x@reslot' });
        const organiser = {
          ...ORGANISER,
          ...agent,
          ...(agent?.email === null && { email: ORGANISER.email }),
        };
        expect(event['organizer']?.parameters).toEqual({ cn: organiser.name, email: organiser.email });
        expect(addressIn(event['organizer']?.value)).toBe(organiser.email);
        if (guestEmail === null) return;
        expect(event['attendee']?.parameters).toEqual({
          role: 'REQ-PARTICIPANT',
          partstat: 'NEEDS-ACTION',
          rsvp: method === 'REQUEST' ? 'TRUE' : 'FALSE',
          cn: guestName,
          email: guestEmail,
        });
        expect(addressIn(event['attendee']?.value)).toBe(guestEmail);
        if (guestName.includes('"')) quoted += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(quoted).toBeGreaterThan(10);
  });

  test('even text that no rule has seen gives no line and no parameter more', () => {
    fc.assert(
      fc.property(hostile(60), hostile(60), hostile(60), (guestName, guestEmail, name) => {
        const call = sampleCall({ appId: 'app', id: 'x', guestName, guestEmail });
        const { text } = current(call, { name: `A${name}`, email: null });
        expectSoundLines(text);
        const { event } = read(text);
        expect(Object.keys(event).toSorted()).toEqual(['attendee', ...EVENT]);
        expect(Object.keys(event['attendee']?.parameters ?? {}).toSorted()).toEqual([
          'cn',
          'email',
          'partstat',
          'role',
          'rsvp',
        ]);
        expect(addressIn(event['attendee']?.value)).toBe(guestEmail.toWellFormed());
        expect(Object.keys(event['organizer']?.parameters ?? {})).toEqual(['cn', 'email']);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the end is the start and the length, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 253_402_200_000 }),
        fc.integer({ min: 1, max: 1440 }),
        (second, durationMinutes) => {
          const startsAt = second * 1000;
          const { text } = current(sampleCall({ appId: 'a', id: 'x', startsAt, durationMinutes }), undefined);
          const { event } = read(text);
          const [start, end] = ['dtstart', 'dtend'].map((name) => Date.parse(event[name]?.value ?? ''));
          expect([start, end]).toEqual([startsAt, startsAt + durationMinutes * MINUTE]);
        },
      ),
    );
  });
});
