import { DAY, HORIZON_DAYS, MINUTE } from '@reslot/core';
import { expect } from 'vitest';
import { named, voice, voiceMove, type Refused, type Row } from './rows.ts';
import { iso, JSON_TYPE, pair, type World } from './world.ts';
import { sendBytes } from './wire.ts';

/** What is wrong, or only strange, with the body of a PUT. */

const FIELD = 'scheduled_timestamp';
const bodies = (at: string | undefined, ...given: readonly string[]): Refused[] =>
  given.map((body) => voice(named(body), { body }, 400, 'invalid_request', at));
const values = (...given: readonly string[]): Refused[] =>
  bodies(FIELD, ...given.map((value) => `{"${FIELD}":${value}}`));
const later = (name: string, value: () => number): Refused =>
  voice(name, () => ({ body: `{"${FIELD}":${Math.floor(value() / 1000)}}` }), 400, 'invalid_request', FIELD);

/** Moves a call, and looks at what is answered. */
async function moves(
  world: World,
  call: string,
  start: number,
  status: number,
  reason = '',
): Promise<unknown> {
  const before = await world.told(call);
  const answer = await world.voice('PUT', `/call_${call}/schedule`, { [FIELD]: start / 1000 });
  const { error, data } = JSON.parse(answer.text);
  expect([answer.status, (error ?? '').split(': ')[0]]).toEqual([status, reason]);
  if (status !== 200) expect(await world.told(call)).toBe(before);
  return data;
}

/** The moves of a call in the order of its timeline, from and to. */
async function chain(world: World, call: string) {
  const { text } = await world.ask('GET', `/scheduled-calls/${call}?eventsLimit=200`);
  const { data } = JSON.parse(text);
  const events: { event_type: string; payload: Record<'previous' | 'current', { scheduled_at: string }> }[] =
    data.events;
  const steps = events
    .filter(({ event_type: type }) => type === 'rescheduled')
    .map(({ payload }) => [payload.previous.scheduled_at, payload.current.scheduled_at] as const);
  return { version: Number(data.call.version), last: String(data.call.scheduled_at), steps };
}

function expectWhole({ version, last, steps }: Awaited<ReturnType<typeof chain>>, many: number): void {
  expect([steps.length, version, steps.at(-1)?.[1]]).toEqual([many, many + 1, last]);
  for (const [index, [from]] of steps.entries()) if (index > 0) expect(from).toBe(steps[index - 1]?.[1]);
}

export const VOICE: readonly Row[] = [
  {
    row: 65,
    input: 'no `scheduled_timestamp`; a field that is unknown',
    refused: [...bodies(FIELD, '{}'), ...bodies('reason', `{"${FIELD}":4000000000,"reason":"x"}`)],
  },
  {
    row: 66,
    input: 'digits as a text',
    refused: values('"1748460000"', '" 1748460000 "', '"0x684"', '""', '"1748460000n"'),
  },
  {
    row: 67,
    input: 'milliseconds, microseconds, nanoseconds',
    refused: values('1748460000000', '1748460000000000', '1748460000000000000'),
    runs: {
      'and says so': async (world) => {
        const { text } = await world.send(voiceMove(world, { body: `{"${FIELD}":1748460000000}` }));
        expect(JSON.parse(text).error).toContain('looks_like_milliseconds');
      },
    },
  },
  { row: 68, input: 'a fraction', refused: values('1748460000.5', '0.1') },
  {
    row: 69,
    input: '`null`, `true`, `false`, a list, an object',
    refused: values('null', 'true', 'false', '[1748460000]', '{}'),
  },
  { row: 70, input: '-1, 0, -0, 1', refused: values('-1', '0', '-0', '1') },
  {
    row: 71,
    input: 'numbers beyond what is safe, or beyond the calendar',
    refused: values('1e309', '-1e309', '9007199254740993', '8.64e12', '253402300800'),
  },
  {
    row: 72,
    input: 'a second ago, now, beyond the horizon',
    refused: [
      later('a second ago', () => Date.now() - 1000),
      later('now', () => Date.now()),
      later('beyond', () => Date.now() + HORIZON_DAYS * DAY + MINUTE),
    ],
  },
  { row: 73, input: 'a time in ISO 8601', refused: values('"2027-05-02T16:00:00Z"') },
  {
    row: 74,
    input: '8 MB of digits',
    answer: '413 `payload_too_large`, before they have come',
    runs: {
      '': async (world) => {
        const { apiKey, apiSecret } = world.key;
        const answer = await sendBytes(
          world.server.url,
          `PUT /api/calls/call_${world.call}/schedule HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
            `X-API-KEY: ${apiKey}\r\nX-API-SECRET: ${apiSecret}\r\nContent-Type: application/json\r\n` +
            `Content-Length: ${8 * 1024 * 1024}\r\n\r\n{"${FIELD}":${'1'.repeat(1000)}`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      },
    },
  },
  {
    row: 75,
    input: 'a call that is over, or has begun',
    answer: '409 `conflict`: `final_state`, `already_started`',
    runs: {
      '': async (world) => {
        for (const [steps, reason] of [
          [['start'], 'already_started'],
          [['start', 'complete'], 'final_state'],
          [['no-show'], 'final_state'],
        ] as const) {
          const call = await world.book();
          for (const step of steps) await world.ask('POST', `/scheduled-calls/${call}/${step}`);
          await moves(world, call, world.morning(), 409, reason);
        }
      },
    },
  },
  {
    row: 76,
    input: 'the time that it has',
    answer: '200, previous and new are the same, without an event',
    runs: {
      '': async (world) => {
        const start = world.morning();
        const call = await world.book({ scheduledAtUtc: iso(start) });
        expect(await moves(world, call, start, 200)).toMatchObject({
          previous_scheduled_timestamp: start / 1000,
          new_scheduled_timestamp: start / 1000,
          call: { events: [] },
        });
        expect((await chain(world, call)).version).toBe(1);
      },
    },
  },
  {
    row: 77,
    input: 'a time that is taken',
    answer: '409 `conflict`: `slot_taken`',
    runs: {
      '': async (world) => {
        const start = world.morning();
        await world.book({ scheduledAtUtc: iso(start) });
        await moves(world, await world.book(), start, 409, 'slot_taken');
      },
    },
  },
  {
    row: 78,
    input: '`scheduledTimestamp`',
    refused: bodies(undefined, '{"scheduledTimestamp":4000000000}'),
  },
  {
    row: 79,
    input: 'the key of one app, the call of another',
    refused: [
      voice('', (world) => ({ path: `/api/calls/call_${world.otherCall}/schedule` }), 404, 'not_found'),
      voice('other way', (world) => ({ headers: [JSON_TYPE, ...pair(world.otherKey)] }), 404, 'not_found'),
    ],
  },
  {
    row: 80,
    input: 'one call to 100 times, at once',
    answer: '100 times 200; each move begins where the one before ended',
    runs: {
      '': async (world) => {
        const call = await world.book();
        const times = Array.from({ length: 100 }, () => world.morning());
        const answers = await Promise.all(
          times.map((time) => world.voice('PUT', `/call_${call}/schedule`, { [FIELD]: time / 1000 })),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        expectWhole(await chain(world, call), 100);
      },
    },
  },
  {
    row: 81,
    input: 'one call by both families, at once',
    answer: '200; all in one chain of versions',
    runs: {
      '': async (world) => {
        const call = await world.book();
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, index) => {
            const time = world.morning();
            return index % 2 === 0
              ? world.voice('PUT', `/call_${call}/schedule`, { [FIELD]: time / 1000 })
              : world.ask('PATCH', `/scheduled-calls/${call}`, { scheduledAtUtc: iso(time) });
          }),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        expectWhole(await chain(world, call), 40);
      },
    },
  },
];
