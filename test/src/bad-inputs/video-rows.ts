// The table is run within tests.
/* oxlint-disable vitest/no-standalone-expect */
import { fields, HORIZON_DAYS, DAY, MINUTE } from '@reslot/core';
import { expect } from 'vitest';
import { read } from '../icalendar/parsed.ts';
import { badField, video, videoMove, voiceMove, type Row } from './rows.ts';
import { iso, type World } from './world.ts';

/** What is wrong, or only strange, with the body of a PATCH. */

const YEAR = new Date().getUTCFullYear() + 1;
const DATE = `${YEAR}-05-02`;

/** Texts that `Date` reads, wrongly or by a rule of its own, and some that it does not. */
const NO_TIMES = [
  `${DATE}T16:00:00`,
  DATE,
  `${YEAR}-02-30T10:00:00Z`,
  `${YEAR}-04-31T10:00:00Z`,
  `${YEAR}-13-01T10:00:00Z`,
  `${YEAR}-00-10T10:00:00Z`,
  `${YEAR}-05-00T10:00:00Z`,
  `${DATE}T24:00:00Z`,
  `${DATE}T23:59:60Z`,
  `${DATE}T23:60:00Z`,
  `${DATE}T25:00:00Z`,
  '+010000-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  `${DATE}T16:00:00.123456Z`,
  `${DATE}T16:00:00.0000000000Z`,
  `${DATE}T16:00:00.Z`,
  `${DATE}T16:00:00+02:00`,
  `${DATE}T16:00:00+0200`,
  `${DATE}T16:00:00-00:00`,
  `${DATE}t16:00:00z`,
  `${DATE}T16:00:00z`,
  `${DATE} 16:00:00Z`,
  `${DATE}T16:00Z`,
  'foo 1',
  `May 2 ${YEAR} 16:00`,
  `05/02/${YEAR}`,
  `${DATE}T16:00:00,5Z`,
  `${YEAR}-W18-6T16:00:00Z`,
  `${YEAR}-122T16:00:00Z`,
  `${YEAR}0502T160000Z`,
  `${DATE}T16:00:00Z[Europe/Paris]`,
  ` ${DATE}T16:00:00Z`,
  `${DATE}T16:00:00Z\n`,
  `${DATE}T16:00:00\u{ff3a}`,
  '１９９９-05-02T16:00:00Z',
];

const misplaced = (
  row: number,
  input: string,
  status: number,
  words: string,
  run: (world: World) => Promise<void>,
): Row => ({
  row,
  input,
  answer: `${status} ${words}`,
  runs: { '': run },
});

/** Moves a call, and looks at what is answered. */
async function moves(
  world: World,
  call: string,
  body: object,
  status: number,
  reason?: string,
  events?: number,
) {
  const before = await world.told(call);
  const answer = await world.ask('PATCH', `/scheduled-calls/${call}`, body);
  const { error, data } = JSON.parse(answer.text);
  expect([answer.status, error?.details.reason]).toEqual([status, reason]);
  if (status !== 200) expect(await world.told(call)).toBe(before);
  if (events !== undefined) expect(data.events).toHaveLength(events);
  return data;
}

const at = (instant: number) => ({ scheduledAtUtc: iso(instant) });

/** Two calls of an agent, half an hour each, the second so long after the first. */
async function neighbours(
  world: World,
  apart: number,
): Promise<{ first: string; second: string; start: number }> {
  const start = world.morning();
  const first = await world.book(at(start));
  return { first, second: await world.book(at(start + apart)), start };
}

interface History {
  readonly version: number;
  readonly scheduled_at: string;
  readonly events: readonly { payload: { current: { scheduled_at: string } } }[];
}

/** A call with its timeline. */
async function history(world: World, call: string): Promise<History> {
  const shown = await world.ask('GET', `/scheduled-calls/${call}?eventsLimit=200`);
  const { data } = JSON.parse(shown.text);
  return { ...data.call, events: data.events };
}

const STRANGE = [
  '😀 👨‍👩‍👧‍👦',
  'שלום \u200fעולם',
  'مرحبا',
  "O'Brien; DROP TABLE x",
  '<script>alert(1)</script>',
  ',;\\"^n %0D%0A',
  'e\u0301',
];

export const VIDEO: readonly Row[] = [
  {
    row: 35,
    input: '`{}`; `reason` alone',
    refused: ['{}', '{"reason":"x"}'].map((body) => video(body, { body }, 400, 'invalid_request', '')),
  },
  {
    row: 36,
    input: 'a field that is unknown, of the answer, or of another spelling',
    refused: ['status', 'version', 'id', 'scheduled_at', 'durationMs', 'app_id', 'ScheduledAtUtc'].map(
      (field) =>
        video(
          field,
          { body: JSON.stringify({ guestName: 'Changed', [field]: 1 }) },
          400,
          'invalid_request',
          field,
        ),
    ),
  },
  {
    row: 37,
    input: `a time in another form than \`2027-05-02T16:00:00Z\`, with a fraction or \`+00:00\` for \`Z\` if wanted, or that there is not (${NO_TIMES.length} texts)`,
    refused: badField('scheduledAtUtc', ...NO_TIMES),
    runs: {
      'and zeros as finer digits, and +00:00, are taken': async (world) => {
        for (const end of ['.000Z', '.000000000Z', '.5Z', '+00:00', '.000+00:00']) {
          const text = iso(world.morning()).replace('.000Z', end);
          expect([
            end,
            (await world.ask('PATCH', `/scheduled-calls/${world.call}`, { scheduledAtUtc: text })).status,
          ]).toEqual([end, 200]);
        }
      },
    },
  },
  {
    row: 38,
    input: '`scheduledAtUtc` that is null, a number, `""`, a list, an object, `true`',
    refused: badField('scheduledAtUtc', null, 1777737600000, '', [`${DATE}T16:00:00Z`], {}, true),
  },
  {
    row: 39,
    input: 'a second ago, 1970, beyond the horizon, the year 9999',
    refused: Object.entries({
      'a second ago': (): string => iso(Date.now() - 1000),
      '1970': (): string => '1970-01-01T00:00:00Z',
      beyond: (): string => iso(Date.now() + HORIZON_DAYS * DAY + MINUTE),
      '9999': (): string => '9999-12-31T23:59:59Z',
    }).map(([name, time]) =>
      video(
        name,
        () => ({ body: JSON.stringify({ scheduledAtUtc: time() }) }),
        400,
        'invalid_request',
        'scheduledAtUtc',
      ),
    ),
  },
  {
    row: 40,
    input:
      '`assignedAgentId` that is null, `""`, no text, of 129 characters, with a control character or a space',
    refused: badField(
      'assignedAgentId',
      null,
      '',
      0,
      {},
      [],
      'a'.repeat(129),
      'ana\u0000',
      'ana ',
      ' ana',
      'a/b',
      '..',
      'änä',
    ),
  },
  {
    row: 41,
    input: 'an agent that there is not; one of another app',
    refused: badField('assignedAgentId', 'nobody', 'theirs'),
    why: 'There is a directory of agents. Both answers are the same.',
    runs: {
      'in the same bytes': async (world) => {
        const texts = ['nobody', 'theirs'].map(async (assignedAgentId) => {
          const sent = videoMove(world, {
            add: [['X-Request-Id', 'same']],
            body: JSON.stringify({ assignedAgentId }),
          });
          return (await world.send(sent)).text;
        });
        expect(await texts[0]).toBe(await texts[1]);
      },
    },
  },
  {
    row: 42,
    input: 'an agent that is not active',
    refused: badField('assignedAgentId', 'old'),
    why: 'As row 41, so that nobody learns who is there: decision 8.',
  },
  {
    row: 43,
    input:
      '`guestName` that is blank, too long, null, with a line break, another control character or one that reorders text',
    refused: badField(
      'guestName',
      '',
      '   ',
      '\u200b\u2060',
      'x'.repeat(201),
      null,
      'a\r\nATTENDEE:x',
      'a\u0000',
      'a\rb',
      'a\nb',
      'a\u0085b',
      'a\u2028b',
      'a\u2029b',
      '\u202egnp.exe',
      'a\u2066b',
      'a\u001b[31m',
      'a\u007f',
    ),
  },
  {
    row: 44,
    input: '`guestName` with emoji, from right to left, with quotes, angle brackets, commas, backslashes',
    answer: '200, kept as it is, and escaped in JSON, iCalendar, mail; the log has no names',
    runs: Object.fromEntries(STRANGE.map((name) => [name, (world: World) => isKept(world, name)])),
    proofs: [
      [
        'test/src/email/hostile.test.ts',
        'another program reads one mail to one guest, with these headers and no others',
      ],
      ['test/src/icalendar/hostile.test.ts', 'whatever'],
    ],
  },
  {
    row: 45,
    input: '`guestPhone` that is `""`, too short, too long, with letters, a line break, no text',
    refused: badField(
      'guestPhone',
      '',
      '123',
      '1'.repeat(40),
      'call me',
      '+33 1 23 45 67 89x',
      '+33123456\r\n',
      '+33123456\n',
      33123456789,
      '１２３４５６７８',
    ),
  },
  {
    row: 46,
    input: '`guestPhone` or `guestEmail` that is null',
    answer: '200, and it is cleared',
    runs: {
      '': async (world) => {
        const call = await world.book({ guestPhone: '+33123456789' });
        const data = await moves(world, call, { guestPhone: null, guestEmail: null }, 200);
        expect([data.call.guest_phone, data.call.guest_email]).toEqual([null, null]);
      },
    },
  },
  {
    row: 47,
    input:
      '`guestEmail` without `@`, with two, a space, of 255 characters, with a line break, without a dotted domain',
    refused: badField(
      'guestEmail',
      'amina',
      'a@b@c.de',
      'a b@c.de',
      `${'a'.repeat(243)}@example.com`,
      'a@c.de\r\nBcc: x@y.z',
      'a@b',
      `${'a'.repeat(29)}!`,
      'a@c..de',
      '.a@c.de',
      '<a@c.de>',
      'a@[127.0.0.1]',
      '"a b"@c.de',
      'a\u202e@c.de',
    ),
    runs: {
      'in no time, whatever is sent': async () => {
        const slow = [
          `${'a'.repeat(29)}!`,
          `${'a.'.repeat(120)}@`,
          `a@${'b.'.repeat(120)}`,
          `a@${'-'.repeat(240)}.`,
        ];
        for (const text of slow) {
          const times = Array.from({ length: 20 }, () => {
            const start = performance.now();
            fields.guestEmail(text);
            return performance.now() - start;
          });
          expect(Math.min(...times)).toBeLessThan(5);
        }
      },
    },
  },
  {
    row: 48,
    input: '`guestTimezone` that is no IANA name, `""`, an offset, a path, with NUL, of 65 characters, null',
    refused: badField(
      'guestTimezone',
      'Mars/Phobos',
      '',
      '+02:00',
      'Z',
      '../../etc/passwd',
      'Europe/Paris\u0000',
      'Europe/Paris ',
      'A'.repeat(65),
      null,
      'Etc/GMT+2[x]',
    ),
  },
  {
    row: 49,
    input: '`guestIntakeNotes` of 10,001 characters, null, a number',
    refused: badField('guestIntakeNotes', 'x'.repeat(10_001), null, 1, 'a\u0000', 'a\u202eb'),
  },
  {
    row: 50,
    input: '`reason` of 501 characters, an object, with a line break',
    refused: ['x'.repeat(501), {}, null, 'a\r\nX-Admin: 1', 'a\u0000'].map((reason) =>
      video(
        JSON.stringify(reason).slice(0, 20),
        { body: JSON.stringify({ guestName: 'Changed', reason }) },
        400,
        'invalid_request',
        'reason',
      ),
    ),
  },
  {
    row: 51,
    input: '5,000 emoji of four bytes as notes',
    answer: '200: lengths count code points',
    runs: {
      '': async (world) => {
        const notes = '😀'.repeat(5000);
        const data = await moves(world, await world.book(), { guestIntakeNotes: notes }, 200);
        expect(data.call.guest_intake_notes).toBe(notes);
      },
      'and 10,001 are 400': (world) =>
        moves(world, world.call, { guestIntakeNotes: '😀'.repeat(10_001) }, 400).then(() => undefined),
    },
  },
  misplaced(
    52,
    'a call that is cancelled, completed, missed',
    409,
    '`conflict`, `final_state`',
    async (world) => {
      for (const ends of [['cancel'], ['start', 'complete'], ['no-show']]) {
        const call = await world.book();
        for (const step of ends) {
          const path = `/scheduled-calls/${call}`;
          const { status } = await (step === 'cancel'
            ? world.ask('DELETE', path)
            : world.ask('POST', `${path}/${step}`));
          expect([step, status]).toEqual([step, 200]);
        }
        await moves(world, call, at(world.morning()), 409, 'final_state');
      }
    },
  ),
  misplaced(53, 'a call that has started', 409, '`conflict`, `already_started`', async (world) => {
    const call = await world.book();
    expect((await world.ask('POST', `/scheduled-calls/${call}/start`)).status).toBe(200);
    await moves(world, call, at(world.morning()), 409, 'already_started');
  }),
  misplaced(
    54,
    'a time that overlaps another call by a millisecond',
    409,
    '`conflict`, `slot_taken`',
    async (world) => {
      const { second, start } = await neighbours(world, 120 * MINUTE);
      await moves(world, second, at(start + 30 * MINUTE - 1), 409, 'slot_taken');
      await moves(world, second, at(start - 30 * MINUTE + 1), 409, 'slot_taken');
    },
  ),
  misplaced(55, 'a time that begins where another call ends', 200, '', async (world) => {
    const { second, start } = await neighbours(world, 120 * MINUTE);
    await moves(world, second, at(start + 30 * MINUTE), 200);
    await moves(world, second, at(start - 30 * MINUTE), 200);
  }),
  misplaced(56, 'the time that it has', 200, 'without an event', async (world) => {
    const start = world.morning();
    await moves(world, await world.book(at(start)), at(start), 200, undefined, 0);
  }),
  {
    row: 57,
    input: 'an agent who is busy then; the agent who has it',
    answer: '409 `conflict`, `slot_taken`; 200 without an event',
    runs: {
      '': async (world) => {
        const start = world.morning();
        const call = await world.book(at(start));
        await world.book({ ...at(start), assignedAgentId: 'ben' });
        await moves(world, call, { assignedAgentId: 'ben' }, 409, 'slot_taken');
        await moves(world, call, { assignedAgentId: 'ana' }, 200, undefined, 0);
      },
    },
  },
  {
    row: 58,
    input: 'outside of the hours; at an edge where the clocks change',
    answer: '409 `conflict`, `outside_hours`; as the hours are then',
    runs: {
      '': async (world) => {
        await world.ask('PUT', '/agents/hours', { name: 'Hours', active: true });
        const windows = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({
          weekday,
          start: '08:00',
          end: '12:00',
          timezone: 'UTC',
        }));
        expect((await world.ask('PUT', '/agents/hours/availability', { windows })).status).toBe(200);
        const start = world.morning();
        const call = await world.book({ ...at(start), assignedAgentId: 'hours' });
        await moves(world, call, at(start + 150 * MINUTE + 1), 409, 'outside_hours');
        await moves(world, call, at(start + 150 * MINUTE), 200);
      },
    },
    proofs: [
      ['test/src/http/hours.test.ts', 'where the clocks change'],
      ['core/src/domain/working-hours.test.ts', 'working hours across a change of the clocks'],
    ],
  },
  misplaced(59, 'a time that overlaps its own', 200, '', async (world) => {
    const start = world.morning();
    await moves(world, await world.book(at(start)), at(start + 10 * MINUTE), 200);
  }),
  {
    row: 60,
    input: '50 calls to one time, at once',
    answer: 'one 200; 49 times 409 `conflict`',
    runs: {
      '': async (world) => {
        const calls = await Promise.all(
          Array.from({ length: 50 }, () => world.book({ assignedAgentId: null })),
        );
        const body = { ...at(world.morning()), assignedAgentId: 'ana' };
        const answers = await Promise.all(
          calls.map((call) => world.ask('PATCH', `/scheduled-calls/${call}`, body)),
        );
        const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
        expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 409)]);
      },
    },
  },
  {
    row: 61,
    input: 'one call to 50 free times, at once',
    answer: '50 times 200, versions 2 to 51; the last event is where the call is',
    runs: {
      '': async (world) => {
        const call = await world.book();
        const times = Array.from({ length: 50 }, () => at(world.morning()));
        const answers = await Promise.all(
          times.map((body) => world.ask('PATCH', `/scheduled-calls/${call}`, body)),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        const { version, scheduled_at: last, events } = await history(world, call);
        expect([version, events.at(-1)?.payload.current.scheduled_at]).toEqual([51, last]);
      },
    },
  },
  {
    row: 62,
    input: 'two calls that change places, each by a PATCH of its own, 25 times at once',
    answer: 'each 200 or 409 `conflict`; never both at one time',
    runs: {
      '': async (world) => {
        const { first, second, start } = await neighbours(world, 60 * MINUTE);
        const [early, late] = [at(start), at(start + 60 * MINUTE)];
        const answers = await Promise.all(
          Array.from({ length: 25 }, () => [
            world.ask('PATCH', `/scheduled-calls/${first}`, late),
            world.ask('PATCH', `/scheduled-calls/${second}`, early),
          ]).flat(),
        );
        for (const { status } of answers) expect([200, 409]).toContain(status);
        const [one, other] = await Promise.all([history(world, first), history(world, second)]);
        expect(one.scheduled_at).not.toBe(other.scheduled_at);
      },
    },
  },
  {
    row: 63,
    input: 'a field that is sound and one that is not',
    refused: [
      video(
        'guest',
        { body: '{"guestName":"Changed","guestPhone":"x"}' },
        400,
        'invalid_request',
        'guestPhone',
      ),
      video(
        'time',
        (world) => ({ body: JSON.stringify({ ...at(world.morning()), assignedAgentId: 'nobody' }) }),
        400,
        'invalid_request',
        'assignedAgentId',
      ),
    ],
  },
  {
    row: 64,
    input: 'a name that stands twice in one object, spelled alike or not',
    refused: [
      '{"guestName":"A","guestName":"B"}',
      '{"guestName":"A","guestName":"A"}',
      '{"guestName":"A","guest\\u004eame":"B"}',
      '{"guestName" : "{\\"}","guestPhone":null,"guestName"\n:"B"}',
    ]
      .map((body) => video(body, { body }, 400, 'invalid_request', 'guestName'))
      .concat(
        video(
          'inside',
          { body: '{"assignment":{"agentId":"ana","agentId":"ben"}}' },
          400,
          'invalid_request',
          'agentId',
        ),
      ),
    runs: {
      'but not twice in different ones, nor as text': async (world) => {
        const call = await world.book();
        const twice = '"guestName":"x","guestName":';
        await moves(world, call, { guestName: twice, guestIntakeNotes: `{${twice}}` }, 200);
        const body = {
          moves: [
            { id: call, assignment: 'keep' },
            { id: world.call, assignment: 'keep' },
          ],
        };
        expect((await world.ask('POST', '/reschedules', body)).status).toBe(200);
      },
    },
  },
];

async function isKept(world: World, guestName: string): Promise<void> {
  const call = await world.book();
  const data = await moves(world, call, { guestName }, 200);
  expect(data.call.guest_name).toBe(guestName);
  expect(JSON.parse(await world.told(call)).data.call.guest_name).toBe(guestName);
  const shown = await world.send({
    ...voiceMove(world),
    method: 'GET',
    path: `/api/calls/call_${call}`,
    body: undefined,
  });
  expect(shown.status).toBe(200);
  const invite = await world.ask('GET', `/scheduled-calls/${call}/invite.ics`);
  const { event } = read(invite.text);
  // Of a parameter, RFC 6868 keeps all but controls; a double quote too.
  expect(event.attendee?.parameters.cn).toBe(guestName);
  expect(world.server.output()).not.toContain(guestName);
}
