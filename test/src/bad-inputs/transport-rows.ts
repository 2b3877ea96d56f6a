import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Environment } from '../process/program.ts';
import { asking } from '../process/told.ts';
import { both, video, videoMove, voice, voiceMove, type Row } from './rows.ts';
import { sendBytes, type Sent } from './wire.ts';
import { bearer, iso, JSON_TYPE, openWorld, pair, type World } from './world.ts';

/** What is wrong with a request before its content counts, in both families. */

const MAX = 64 * 1024;
const KEY = '0f7c7c3e-2a43-4cf6-9a3c-0c4d8a0d5d2f';

const move = (at: number) => JSON.stringify({ scheduledAtUtc: iso(at) });
const padded = (bytes: number) => (world: World) => ({ body: move(world.morning()).padEnd(bytes) });
const secondsPadded = (bytes: number) => (world: World) => ({
  body: JSON.stringify({ scheduled_timestamp: world.morning() / 1000 }).padEnd(bytes),
});
const head = (world: World, more: string) =>
  `PATCH /api/v1/video/${world.appId}/scheduled-calls/${world.call} HTTP/1.1\r\nHost: x\r\n` +
  `Authorization: Bearer ${world.key.token}\r\nContent-Type: application/json\r\n${more}`;

async function answersBytes(world: World, text: string, status: number, code: string, drip?: string) {
  const before = await world.told(world.call);
  const answer = await sendBytes(world.server.url, text, drip);
  const [start = '', body = ''] = answer.split('\r\n\r\n');
  expect([start.split('\r\n')[0]?.slice(9, 12), JSON.parse(body).error.code]).toEqual([String(status), code]);
  expect(start.toLowerCase()).toContain('connection: close');
  expect(await world.told(world.call)).toBe(before);
}

/** The answers to the same request for two calls, with an id that is the same too. */
async function alike(world: World, one: string, other: string): Promise<void> {
  const add = [['X-Request-Id', 'same']] as const;
  for (const family of ['video', 'voice'] as const) {
    const answers = await Promise.all(
      [one, other].map(async (id) => {
        const shape = family === 'video' ? videoMove : voiceMove;
        const sent = shape(world, { add });
        const { status, text } = await world.send({ ...sent, path: sent.path.replace(world.call, id) });
        return [status, text.replaceAll(id, 'ID')];
      }),
    );
    expect(answers[0]?.[0]).toBe(404);
    expect(answers[0]).toEqual(answers[1]);
  }
}

const keyed = (key: string) => [['Idempotency-Key', key]] as const;

export const TRANSPORT: readonly Row[] = [
  {
    row: 1,
    input: 'no credential',
    refused: both('', { headers: [JSON_TYPE] }, 401, 'unauthorized'),
    runs: {
      'says which scheme': async (world) => {
        const { headers } = await world.send(videoMove(world, { headers: [JSON_TYPE] }));
        expect(headers['www-authenticate']).toMatch(/^Bearer /);
      },
    },
  },
  {
    row: 2,
    input: '`Authorization: Basic`, an empty `Bearer`, two of them',
    refused: [['Basic dXNlcjpwYXNz'], ['Bearer'], ['Bearer '], ['Bearer x']]
      .map(([value = '']) =>
        video(value, { headers: [JSON_TYPE, ['Authorization', value]] }, 401, 'unauthorized'),
      )
      .concat(
        video(
          'twice',
          (world) => ({ headers: [JSON_TYPE, bearer(world.key), bearer(world.key)] }),
          401,
          'unauthorized',
        ),
      ),
  },
  {
    row: 3,
    input: 'a token or a key that is unknown, revoked or over',
    refused: (['revoked', 'expired'] as const).flatMap((which) => [
      video(which, (world) => ({ headers: [JSON_TYPE, bearer(world[which])] }), 401, 'unauthorized'),
      voice(which, (world) => ({ headers: [JSON_TYPE, ...pair(world[which])] }), 401, 'unauthorized'),
    ]),
    runs: {
      'in the same bytes as none': async (world) => {
        const id = ['X-Request-Id', 'same'] as const;
        const none = await world.send(videoMove(world, { headers: [JSON_TYPE, id] }));
        const unknown = { ...world.key, token: `key_${'0'.repeat(24)}.${'A'.repeat(43)}` };
        for (const key of [world.revoked, world.expired, unknown]) {
          const { text } = await world.send(videoMove(world, { headers: [JSON_TYPE, id, bearer(key)] }));
          expect(text).toBe(none.text);
        }
      },
    },
  },
  {
    row: 4,
    input: 'a key with a wrong secret, with that of another key, one of the two alone',
    refused: [
      ['wrong', (world: World) => pair({ ...world.key, apiSecret: 'A'.repeat(43) })],
      ['of another', (world: World) => pair({ ...world.key, apiSecret: world.otherKey.apiSecret })],
      ['no secret', (world: World) => pair(world.key).slice(0, 1)],
      ['no key', (world: World) => pair(world.key).slice(1)],
    ].map(([name, of]) =>
      voice(
        String(name),
        (world) => ({ headers: [JSON_TYPE, ...(typeof of === 'function' ? of(world) : [])] }),
        401,
        'unauthorized',
      ),
    ),
  },
  {
    row: 5,
    input: 'a credential for reading only',
    refused: [
      video('', (world) => ({ headers: [JSON_TYPE, bearer(world.reader)] }), 403, 'forbidden'),
      voice('', (world) => ({ headers: [JSON_TYPE, ...pair(world.reader)] }), 403, 'forbidden'),
    ],
  },
  {
    row: 6,
    input: 'the path of another app',
    refused: [
      video(
        '',
        (world) => ({ path: `/api/v1/video/${world.otherAppId}/scheduled-calls/${world.otherCall}` }),
        403,
        'forbidden',
      ),
    ],
  },
  {
    row: 7,
    input: 'the id of a call of another app',
    answer: '404 `not_found`, in the same bytes as row 8',
    runs: { '': (world) => alike(world, world.otherCall, randomUUID()) },
  },
  {
    row: 8,
    input: 'a UUID that is no call',
    refused: [
      video(
        '',
        (world) => ({ path: `/api/v1/video/${world.appId}/scheduled-calls/${randomUUID()}` }),
        404,
        'not_found',
      ),
      voice('', { path: `/api/calls/call_${randomUUID()}/schedule` }, 404, 'not_found'),
    ],
  },
  {
    row: 9,
    input:
      'an id that is no UUID: `%00`, `..%2f..%2fetc`, half a character, a space at its end, `0`, full-width digits',
    refused: ['%00', '..%2f..%2fetc', '%E0%A4%A', 'UUID%20', '0', '%EF%BC%91%EF%BC%92'].map((id) =>
      video(
        id,
        (world) => ({
          path: `/api/v1/video/${world.appId}/scheduled-calls/${id.replace('UUID', world.call)}`,
        }),
        400,
        'invalid_request',
        'id',
      ),
    ),
  },
  {
    row: 10,
    input: "a callId such as `' OR 1=1--`, of 300 characters, `call_` alone",
    refused: ["call_'%20OR%201=1--", `call_${'a'.repeat(300)}`, 'call_', 'call_UUID%20', 'UUID'].map((id) =>
      voice(
        id,
        (world) => ({ path: `/api/calls/${id.replace('UUID', world.call)}/schedule` }),
        400,
        'invalid_request',
        'callId',
      ),
    ),
  },
  {
    row: 11,
    input: 'another method on the path of the move',
    refused: ['POST', 'PUT', 'OPTIONS', 'TRACE']
      .map((method) => video(method, { method }, 405, 'method_not_allowed'))
      .concat(
        ['POST', 'PATCH', 'DELETE'].map((method) => voice(method, { method }, 405, 'method_not_allowed')),
      ),
  },
  {
    row: 12,
    input: '`Content-Type` of another kind, or none',
    refused: [
      ['text/plain'],
      ['multipart/form-data; boundary=x'],
      ['application/x-www-form-urlencoded'],
      [],
    ].flatMap((types) => {
      const headers = types.map((type) => ['Content-Type', type] as const);
      return [
        video(
          types.join() || 'none',
          (world) => ({ headers: [bearer(world.key), ...headers] }),
          415,
          'unsupported_media_type',
        ),
        voice(
          types.join() || 'none',
          (world) => ({ headers: [...pair(world.key), ...headers] }),
          415,
          'unsupported_media_type',
        ),
      ];
    }),
  },
  {
    row: 13,
    input: '`application/json; charset=utf-16`',
    refused: [
      video(
        '',
        (world) => ({
          headers: [bearer(world.key), ['Content-Type', 'application/json; charset=utf-16']],
        }),
        415,
        'unsupported_media_type',
      ),
      voice(
        '',
        (world) => ({
          headers: [...pair(world.key), ['Content-Type', 'application/json; charset=utf-16']],
        }),
        415,
        'unsupported_media_type',
      ),
    ],
  },
  {
    row: 14,
    input: '`Content-Encoding: gzip`',
    refused: both('', { add: [['Content-Encoding', 'gzip']] }, 415, 'unsupported_media_type'),
  },
  { row: 15, input: 'an empty body', refused: both('', { body: '' }, 400, 'invalid_request') },
  {
    row: 16,
    input: '`{`, `{}}`, `NaN`, a comment, a comma too many',
    refused: [
      '{',
      '{}}',
      '{"reason":NaN}',
      '{}//',
      '/**/{}',
      '{"reason":"x",}',
      "{'reason':1}",
      '\u{feff}{}x',
    ].flatMap((body) => both(body, { body }, 400, 'invalid_request')),
  },
  {
    row: 17,
    input: '`null`, a list, a text, a number for a body',
    refused: ['null', '[]', '[{}]', '"x"', '1', 'true'].flatMap((body) =>
      both(body, { body }, 400, 'invalid_request'),
    ),
  },
  {
    row: 18,
    input: 'bytes that are not UTF-8, half a surrogate pair',
    refused: [
      ...both('bytes', { body: Buffer.from('{"reason":"\xff"}', 'latin1') }, 400, 'invalid_request'),
      ...both('overlong', { body: Buffer.from('{"reason":"\xc0\xaf"}', 'latin1') }, 400, 'invalid_request'),
      ...both('half a name', { body: '{"\\ud800":1}' }, 400, 'invalid_request'),
      ...['guestName', 'reason', 'guestIntakeNotes', 'guestEmail', 'assignedAgentId', 'guestTimezone'].map(
        (field) => video(field, { body: `{"${field}":"a\\ud800"}` }, 400, 'invalid_request'),
      ),
    ],
  },
  {
    row: 19,
    input: 'one byte more than 64 KiB, with its length',
    refused: [
      video('', padded(MAX + 1), 413, 'payload_too_large'),
      voice('', secondsPadded(MAX + 1), 413, 'payload_too_large'),
    ],
    runs: {
      'and 64 KiB are taken': async (world) => {
        expect((await world.send(videoMove(world, padded(MAX)(world)))).status).toBe(200);
      },
    },
  },
  {
    row: 20,
    input: 'the same in chunks',
    refused: [
      video('', (world) => ({ ...padded(MAX + 1)(world), chunked: true }), 413, 'payload_too_large'),
      voice('', (world) => ({ ...secondsPadded(MAX + 1)(world), chunked: true }), 413, 'payload_too_large'),
    ],
  },
  {
    row: 21,
    input: '`Content-Length: abc`, two different ones, one beside `Transfer-Encoding`',
    answer: '400 `invalid_request`, and the connection is closed',
    runs: Object.fromEntries(
      [
        'Content-Length: abc',
        'Content-Length: 1\r\nContent-Length: 2',
        'Content-Length: 2\r\nTransfer-Encoding: chunked',
        'Content-Length: -1',
      ].map((framing) => [
        JSON.stringify(framing),
        (world: World) => answersBytes(world, head(world, `${framing}\r\n\r\n{}`), 400, 'invalid_request'),
      ]),
    ),
  },
  {
    row: 22,
    input: 'a head or a URL of 20 kB',
    answer: '431 `headers_too_large`',
    runs: {
      head: (world) =>
        answersBytes(world, head(world, `X: ${'x'.repeat(20_000)}\r\n\r\n`), 431, 'headers_too_large'),
      URL: (world) =>
        answersBytes(
          world,
          `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
          431,
          'headers_too_large',
        ),
    },
  },
  {
    row: 23,
    input: '30,000 lists in each other, 10,000 fields',
    refused: [
      ...both('lists', { body: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }, 400, 'invalid_request'),
      ...both(
        'lists in a field',
        { body: `{"reason":${'['.repeat(30_000)}${']'.repeat(30_000)}}` },
        400,
        'invalid_request',
      ),
      ...both('objects', { body: `${'{"":'.repeat(12_000)}1${'}'.repeat(12_000)}` }, 400, 'invalid_request'),
      ...both(
        'fields',
        {
          body: JSON.stringify(
            Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`${index}`, 1])),
          ),
        },
        400,
        'invalid_request',
      ),
    ],
    why: '10,000 fields have more than 64 KiB, which is 413; 6,000 are 400.',
  },
  {
    row: 24,
    input: 'a body that comes a byte a second',
    answer: '408 `request_timeout` after 10 seconds; others are served meanwhile',
    runs: {
      '': async (world) => {
        const slow = answersBytes(
          world,
          head(world, 'Content-Length: 60\r\n\r\n'),
          408,
          'request_timeout',
          '{'.padEnd(60),
        );
        expect((await world.ask('GET', `/scheduled-calls/${world.call}`)).status).toBe(200);
        await slow;
      },
    },
  },
  {
    row: 25,
    input: '`__proto__`, `constructor`, `prototype` as a field',
    refused: [
      '{"__proto__":{"status":"cancelled"}}',
      '{"guestName":"Changed","__proto__":{"status":"cancelled"}}',
      '{"guestName":"Changed","constructor":{"prototype":{"status":"cancelled"}}}',
      '{"guestName":"Changed","prototype":1}',
      '{"guestName":"Changed","toString":1}',
      '{"assignment":{"agentId":"ben","__proto__":{}}}',
      '{"scheduled_timestamp":1,"__proto__":{}}',
    ].flatMap((body) => both(body, { body }, 400, 'invalid_request')),
  },
  {
    row: 26,
    input: '`Idempotency-Key` empty, of 256 characters, with a line break or beyond ASCII, given twice',
    refused: ['', '""', 'k'.repeat(256), 'clé', 'a,b']
      .flatMap((key) => both(key.slice(0, 9), { add: keyed(key) }, 400, 'invalid_request'))
      .concat(both('twice', { add: [...keyed('a'), ...keyed('a')] }, 400, 'invalid_request')),
    runs: {
      'a line break': (world) =>
        answersBytes(
          world,
          head(world, 'Idempotency-Key: a\r\nb\r\nContent-Length: 2\r\n\r\n{}'),
          400,
          'invalid_request',
        ),
      'a lone CR': (world) =>
        answersBytes(
          world,
          head(world, 'Idempotency-Key: a\rb\r\nContent-Length: 2\r\n\r\n{}'),
          400,
          'invalid_request',
        ),
    },
  },
  {
    row: 27,
    input: 'the same key with another body',
    answer: '422 `idempotency_key_reused`',
    runs: { '': (world) => usedFor(world, (call) => [`/scheduled-calls/${call}`, { guestName: 'Other' }]) },
  },
  {
    row: 28,
    input: 'the same key, 20 requests at once',
    answer: 'one 200; the others 409 `idempotency_in_flight`, or the same 200; one change',
    runs: {
      '': async (world) => {
        const call = await world.book();
        const body = { scheduledAtUtc: iso(world.morning()) };
        const answers = await Promise.all(
          Array.from({ length: 20 }, () =>
            world.ask('PATCH', `/scheduled-calls/${call}`, body, keyed(`${KEY}-${call}`)),
          ),
        );
        const done = answers.filter(({ status }) => status === 200);
        const texts = new Set(done.map(({ text }) => text));
        const first = done.filter(({ headers }) => headers['idempotency-replayed'] === undefined);
        expect([texts.size, first.length]).toEqual([1, 1]);
        const others = answers.filter(({ status }) => status !== 200);
        for (const { status, text } of others) {
          expect([status, JSON.parse(text).error.details.reason]).toEqual([409, 'idempotency_in_flight']);
        }
        expect(JSON.parse(await world.told(call)).data.call.version).toBe(2);
      },
    },
  },
  {
    row: 29,
    input: 'the same key for another call, or another operation',
    answer: '422 `idempotency_key_reused`',
    runs: {
      call: (world) => usedFor(world, () => [`/scheduled-calls/${world.call}`, { guestName: 'Changed' }]),
      operation: (world) => usedFor(world, (call) => [`/scheduled-calls/${call}/undo`, undefined]),
    },
  },
  {
    row: 30,
    input: 'a key that another app has used',
    answer: '200, as if it were new',
    runs: {
      '': async (world) => {
        const call = await world.book();
        const theirs = videoMove(world, {
          path: `/api/v1/video/${world.otherAppId}/scheduled-calls/${world.otherCall}`,
          headers: [bearer(world.otherKey), JSON_TYPE, ...keyed(call)],
        });
        expect((await world.send(theirs)).status).toBe(200);
        const { status, headers } = await world.ask(
          'PATCH',
          `/scheduled-calls/${call}`,
          { guestName: 'Changed' },
          keyed(call),
        );
        expect([status, headers['idempotency-replayed']]).toEqual([200, undefined]);
      },
    },
  },
  {
    row: 31,
    input: '200 requests in a second, over the limit',
    answer: '429 `rate_limit_exceeded`, with `Retry-After`',
    runs: { '': (world) => flood(world, { RATE_LIMIT: '100' }) },
  },
  {
    row: 32,
    input: 'the same, each with another `X-Forwarded-For`',
    answer: '429 `rate_limit_exceeded`',
    runs: {
      '': (world) =>
        flood(world, { RATE_LIMIT: '1000', RATE_LIMIT_ADDRESS: '100' }, (index) => [
          ['X-Forwarded-For', `198.51.100.${index}`],
        ]),
    },
  },
  {
    row: 33,
    input: '`If-Match` with an old version',
    refused: both('', { add: [['If-Match', '"v999"']] }, 412, 'precondition_failed'),
  },
  {
    row: 34,
    input: 'any request while the database is away',
    answer: '503 `unavailable`',
    proofs: [
      ['test/src/http/refusals.test.ts', 'an outage is 503, says when to come back, and is reported'],
      ['test/src/bad-inputs/database-away.test.ts', 'a change and a question'],
    ],
  },
];

/** Moves the call of a server that lets 100 requests through, 200 times at once, half of them in each family. */
async function flood(
  { engine }: World,
  limits: Environment,
  headersOf: (index: number) => Sent['headers'] = () => [],
): Promise<void> {
  const world = await openWorld(engine, limits);
  try {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        world.send((index % 2 === 0 ? videoMove : voiceMove)(world, { add: headersOf(index) })),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    for (const { headers, text } of refused) {
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(text).toMatch(/"code":"rate_limit_exceeded"|"message":"Too many requests"/);
    }
    const done = answers.filter(({ status }) => status === 200).length;
    expect([done + refused.length, done > 80, done <= 100]).toEqual([200, true, true]);
    const versions = await asking(world.database, (db) =>
      db('reslot_calls').where({ app_id: world.appId, id: world.call }).select('version'),
    );
    expect(versions.map(({ version }) => Number(version))).toEqual([1 + done]);
  } finally {
    await world.close();
  }
}

/** Uses a key for a change of a new call, and then for something else. */
async function usedFor(
  world: World,
  other: (call: string) => [path: string, body: object | undefined],
): Promise<void> {
  const call = await world.book();
  const key = keyed(`used-${call}`);
  expect((await world.ask('PATCH', `/scheduled-calls/${call}`, { guestName: 'Changed' }, key)).status).toBe(
    200,
  );
  const before = await Promise.all([world.told(call), world.told(world.call)]);
  const [path, body] = other(call);
  const { status, text } = await world.ask(body ? 'PATCH' : 'POST', path, body, key);
  expect([status, JSON.parse(text).error.code]).toEqual([422, 'idempotency_key_reused']);
  expect(await Promise.all([world.told(call), world.told(world.call)])).toEqual(before);
}
