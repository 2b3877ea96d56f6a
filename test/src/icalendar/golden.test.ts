import { readFileSync } from 'node:fs';
import { fixedClock } from '@reslot/adapters/clock';
import { createInvitations } from '@reslot/adapters/icalendar';
import { uuidIds } from '@reslot/adapters/ids';
import { memoryStore } from '@reslot/adapters/memory';
import { createScheduler, MINUTE, type Call, type CallRequest, type Host } from '@reslot/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { read, type Read } from './parsed.ts';

const NOW = Date.UTC(2026, 3, 1, 9);
const START = Date.UTC(2026, 4, 2, 16);
const CALL = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const ANA: Host = { name: 'Ana "Nan" Müller', email: 'ana@example.com' };
const BEN: Host = { name: 'Ben', email: null };
const header = { appId: 'app', callId: CALL, actor: { type: 'admin', id: 'me' }, source: 'test' } as const;

const { current, withdrawal } = createInvitations({
  organiser: { name: 'Calls', email: 'calls@example.com' },
});

/** The bytes of a file that was looked at once. */
const golden = (name: string): string => readFileSync(new URL(`golden/${name}.ics`, import.meta.url), 'utf8');

const valuesOf = (texts: string[], name: string): string[] =>
  texts.map((text) => (read(text).event[name] ?? read(text).calendar[name])?.value ?? '');

describe('the invitations of a call', () => {
  let clock: ReturnType<typeof fixedClock>;
  let execute: (request: CallRequest) => Promise<Call>;

  beforeEach(async () => {
    clock = fixedClock(NOW);
    const scheduler = createScheduler({ store: memoryStore(), clock, ids: uuidIds });
    for (const [id, agent] of Object.entries({ ana: ANA, ben: BEN }))
      await scheduler.saveAgent({ agent: { ...agent, appId: 'app', id, active: true } });
    execute = async (request) => {
      clock.advance(MINUTE);
      const outcome = await scheduler.execute(request);
      if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
      return outcome.call;
    };
  });

  const book = (over: Partial<Extract<CallRequest, { type: 'create' }>> = {}) =>
    execute({
      ...header,
      type: 'create',
      startsAt: START,
      agentId: 'ana',
      durationMinutes: 45,
      bufferBeforeMinutes: 10,
      bufferAfterMinutes: 10,
      guestName: 'Zoë O’Brien, "Z"; 😀 שלום',
      guestEmail: 'zoe+calls@example.com',
      intakeNotes: 'a secret',
      appTimezone: 'Europe/Paris',
      ...over,
    });
  const move = (edits: { startsAt?: number; agentId?: string }) =>
    execute({ ...header, type: 'reschedule', edits });

  test('five moves count from 1 to 5, with one UID', async () => {
    const texts = [current(await book(), ANA).text];
    for (const days of [1, 2, 3, 4, 5])
      texts.push(current(await move({ startsAt: START + days * 24 * 60 * MINUTE }), ANA).text);
    expect(texts.join('')).toBe(golden('moves'));
    expect(valuesOf(texts, 'sequence')).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(new Set(valuesOf(texts, 'uid'))).toEqual(new Set([`${CALL}@reslot`]));
    expect(valuesOf(texts, 'method')).toEqual(texts.map(() => 'REQUEST'));
    expect(valuesOf(texts, 'dtstart')).toEqual([2, 3, 4, 5, 6, 7].map((day) => `2026-05-0${day}T16:00:00Z`));
    expect(valuesOf(texts, 'dtend')[0]).toBe('2026-05-02T16:45:00Z');
    expect(valuesOf(texts, 'dtstamp').slice(0, 2)).toEqual(['2026-04-01T09:01:00Z', '2026-04-01T09:02:00Z']);
  });

  test('the first one says all that it should, and nothing else', async () => {
    const call = await book();
    const { calendar, event } = read(current(call, ANA).text);
    expect(Object.keys(calendar).toSorted()).toEqual(['method', 'prodid', 'version']);
    expect(event).toMatchObject({
      summary: { value: 'Call: Zoë O’Brien, "Z"; 😀 שלום with Ana "Nan" Müller' },
      status: { value: 'CONFIRMED' },
      organizer: {
        parameters: { cn: 'Ana "Nan" Müller', email: 'ana@example.com' },
        value: 'mailto:ana@example.com',
      },
      attendee: {
        parameters: { cn: 'Zoë O’Brien, "Z"; 😀 שלום', partstat: 'NEEDS-ACTION', rsvp: 'TRUE' },
        value: 'MAILTO:zoe+calls@example.com',
      },
    } satisfies { [Name in keyof Read['event']]?: object });
    expect(current(call, ANA).text).not.toContain('secret');
    expect(current(call, ANA)).toEqual(current({ ...call }, { ...ANA }));
  });

  test('a call that is cancelled', async () => {
    await book();
    const cancelled = await execute({ ...header, type: 'cancel', reason: 'a secret' });
    const { method, text } = current(cancelled, ANA);
    expect(text).toBe(golden('cancelled'));
    expect([method, ...valuesOf([text], 'method')]).toEqual(['CANCEL', 'CANCEL']);
    expect([...valuesOf([text], 'status'), ...valuesOf([text], 'sequence')]).toEqual(['CANCELLED', '1']);
  });

  test('a change of agent takes it out of the calendar of the old one, and asks the new one', async () => {
    await book();
    const moved = await move({ agentId: 'ben' });
    const texts = [withdrawal(moved, ANA).text, current(moved, BEN).text];
    expect(texts.join('')).toBe(golden('agent-changed'));
    expect(valuesOf(texts, 'method')).toEqual(['CANCEL', 'REQUEST']);
    expect(valuesOf(texts, 'status')).toEqual(['CANCELLED', 'CONFIRMED']);
    expect(valuesOf(texts, 'sequence')).toEqual(['1', '1']);
    expect(valuesOf(texts, 'organizer')).toEqual(['mailto:ana@example.com', 'mailto:calls@example.com']);
    expect(read(texts[1] ?? '').event['organizer']?.parameters).toEqual({
      cn: 'Ben',
      email: 'calls@example.com',
    });
  });

  test('nobody to answer, nobody to take it yet: it is published by the house, as tentative', async () => {
    const call = await book({
      agentId: null,
      guestEmail: null,
      guestPhone: '+33 1 23 45 67 89',
      requireConfirmation: true,
    });
    const { method, text } = current(call, undefined);
    expect(text).toBe(golden('published'));
    expect([method, ...valuesOf([text], 'method')]).toEqual(['PUBLISH', 'PUBLISH']);
    const { event } = read(text);
    expect([event['attendee'], event['status']?.value]).toEqual([undefined, 'TENTATIVE']);
    expect(event['organizer']).toEqual({
      parameters: { cn: 'Calls', email: 'calls@example.com' },
      value: 'mailto:calls@example.com',
    });
    const confirmed = await execute({ ...header, type: 'confirm' });
    expect(valuesOf([current(confirmed, undefined).text], 'status')).toEqual(['CONFIRMED']);
  });

  test.each(['start', 'complete', 'no_show'] as const)('after %s it stays where it was', async (type) => {
    await book();
    const { text } = current(await execute({ ...header, type }), ANA);
    expect([...valuesOf([text], 'method'), ...valuesOf([text], 'status')]).toEqual(['REQUEST', 'CONFIRMED']);
  });

  test('calendars are told of another program by its own name', async () => {
    const settings = { organiser: { name: 'Calls', email: 'calls@example.com' } };
    const others = createInvitations({ ...settings, productId: '-//Acme//Calls//FR' });
    expect(valuesOf([others.current(await book(), ANA).text], 'prodid')).toEqual(['-//Acme//Calls//FR']);
  });
});
