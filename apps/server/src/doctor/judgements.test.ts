import type { DatabaseSettings } from '@reslot/adapters/knex';
import { DAY, MINUTE } from '@reslot/core';
import { expect, test } from 'vitest';
import type { Finding } from './check.ts';
import { clocks, judgeClocks } from './clocks.ts';
import { judgeDurability } from './database.ts';
import { judgeOutbox } from './outbox.ts';

const faults = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ state, name, todo }) => (state === 'ok' && todo === null ? [] : [`${state} ${name}`]));

const MYSQL: DatabaseSettings = {
  kind: 'mysql',
  version: '9.7.0',
  flushLogAtCommit: '1',
  binaryLog: true,
  syncBinaryLog: '1',
  doublewrite: 'ON',
  sqlMode: ['STRICT_TRANS_TABLES', 'STRICT_ALL_TABLES', 'TRADITIONAL'],
  isolation: 'READ-COMMITTED',
  maxPacket: 16_777_216,
};

test.each<[Partial<Extract<DatabaseSettings, { kind: 'mysql' }>>, string[]]>([
  [{}, []],
  [{ binaryLog: false, syncBinaryLog: '0' }, []],
  [{ doublewrite: 'DETECT_AND_RECOVER' }, []],
  [{ flushLogAtCommit: '0' }, ['problem durability']],
  [{ flushLogAtCommit: '2' }, ['problem durability']],
  // The database has not said it.
  [{ flushLogAtCommit: '' }, ['problem durability']],
  [{ syncBinaryLog: '0' }, ['problem binary log']],
  [{ syncBinaryLog: '100' }, ['problem binary log']],
  [{ doublewrite: 'OFF' }, ['warning doublewrite']],
  [{ doublewrite: 'DETECT_ONLY' }, ['warning doublewrite']],
  [{ sqlMode: ['STRICT_ALL_TABLES', 'NO_BACKSLASH_ESCAPES'] }, ['problem session']],
  [{ sqlMode: [''] }, ['problem session']],
  [{ isolation: 'REPEATABLE-READ' }, ['problem session']],
  [{ maxPacket: 16_777_215 }, ['warning packet']],
  [{ maxPacket: Number.NaN }, ['warning packet']],
])('a server with %j', (settings, expected) => {
  expect(faults(judgeDurability({ ...MYSQL, ...settings }))).toEqual(expected);
});

test.each([
  ['wal', 2, []],
  ['wal', 3, []],
  ['wal', 1, ['problem durability']],
  ['delete', 2, ['problem durability']],
  ['memory', 2, ['problem durability']],
])('a file with journal_mode %s and synchronous %d', (journalMode, synchronous, expected) => {
  expect(faults(judgeDurability({ kind: 'sqlite', version: '3', journalMode, synchronous }))).toEqual(
    expected,
  );
});

const T = 1_000_000;

test.each([
  ['the same time', [[0, 0, 0]], 'ok', ' the time of '],
  ['as far as the trip may explain', [[0, 8_000, 9_000]], 'ok', ' the time of '],
  ['a little', [[0, 1_009, 10]], 'ok', ' 999 ms ahead'],
  ['a second ahead', [[0, 1_010, 10]], 'warning', ' 1000 ms ahead'],
  ['a second behind', [[0, -1_000, 10]], 'warning', ' 1000 ms behind'],
  ['five seconds ahead', [[0, 5_010, 10]], 'problem', ' 5000 ms ahead'],
  ['five seconds behind', [[0, -5_000, 10]], 'problem', ' 5000 ms behind'],
  [
    'the trip that proves most counts',
    [
      [0, 6_000, 5_500],
      [0, 6_000, 10],
      [0, 6_000, 900],
    ],
    'problem',
    ' 5990 ms ahead',
  ],
])('clocks: %s', (_, trips, state, text) => {
  const samples = trips.map(([before = 0, database = 0, after = 0]) => ({
    before: T + before,
    database: T + database,
    after: T + after,
  }));
  const finding = judgeClocks(samples);
  expect([finding.state, finding.found]).toEqual([state, expect.stringContaining(text)]);
});

test('clocks are asked around the trip', async () => {
  let ours = T;
  const clock = { now: () => (ours += 100) };
  const [good] = await clocks(clock, { now: async () => ours + 50 });
  const [bad] = await clocks(clock, { now: async () => ours - 5_000 });
  expect([good?.state, bad?.state]).toEqual(['ok', 'problem']);
});

const now = 100 * DAY;
test.each([
  [{ events: 0, oldest: null, deliveries: 3, dead: 0 }, []],
  [{ events: 9, oldest: now - 5 * MINUTE + 1, deliveries: 0, dead: 0 }, []],
  [{ events: 9, oldest: now - 5 * MINUTE, deliveries: 0, dead: 0 }, ['problem outbox']],
  [{ events: 0, oldest: null, deliveries: 0, dead: 1 }, ['warning deliveries']],
])('an outbox with %j', (health, expected) => {
  expect(faults(judgeOutbox(health, now))).toEqual(expected);
});
