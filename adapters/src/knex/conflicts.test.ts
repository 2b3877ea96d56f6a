import { Outage } from '@reslot/core';
import { expect, test } from 'vitest';
import { isConflict, StaleError } from './conflicts.ts';

const coded = (code: string) => Object.assign(new Error('statement with values'), { code });

test.each([
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
])('%s is a conflict, also as the cause of an outage', (code) => {
  expect(isConflict(coded(code))).toBe(true);
  expect(isConflict(new Outage('database', { cause: coded(code) }))).toBe(true);
});

test('a stale calendar is a conflict', () => {
  expect(isConflict(new StaleError())).toBe(true);
});

test.each([
  coded('ECONNREFUSED'),
  coded('SQLITE_BUSY'),
  coded('SQLITE_CONSTRAINT_NOTNULL'),
  new TypeError('ER_DUP_ENTRY'),
  new Outage('database'),
  undefined,
  'ER_DUP_ENTRY',
])('%s is none', (error) => {
  expect(isConflict(error)).toBe(false);
});
