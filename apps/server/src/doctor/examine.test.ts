import { expect, test } from 'vitest';
import { ok, problem, warning, type Check } from './check.ts';
import { examine } from './examine.ts';
import { reportOf, stateOf } from './print.ts';

const hangs = (): Promise<never> => new Promise(() => {});
const throws = (): Promise<never> => Promise.reject(new Error('with a secret'));

const run = (checks: readonly Check[]) => examine(checks, () => 'it failed', 20);

test('each check is made, whatever becomes of the others, and none is waited for without end', async () => {
  const findings = await run([
    { name: 'a', look: hangs },
    { name: 'b', look: throws },
    { name: 'c', look: () => [ok('c1', 'good'), warning('c2', 'bad', 'mend')] },
  ]);
  expect(findings.map(({ name, state, found }) => [name, state, found])).toEqual([
    ['a', 'problem', 'no answer within 0.02 seconds'],
    ['b', 'problem', 'it failed'],
    ['c1', 'ok', 'good'],
    ['c2', 'warning', 'bad'],
  ]);
});

test('what needs something that has a problem is not looked at, nor what needs that', async () => {
  const findings = await run([
    { name: 'a', look: () => [problem('a', 'away', 'start it')] },
    { name: 'b', needs: 'a', look: throws },
    { name: 'c', needs: 'b', look: throws },
    { name: 'd', needs: 'not there', look: () => [ok('d', 'good')] },
  ]);
  expect(findings.map(({ state, found }) => [state, found])).toEqual([
    ['problem', 'away'],
    ['warning', 'not looked at until a is mended'],
    ['warning', 'not looked at until b is mended'],
    ['ok', 'good'],
  ]);
});

test('a warning keeps nothing from being looked at', async () => {
  const findings = await run([
    { name: 'a', look: () => [warning('a', 'slow', 'wait')] },
    { name: 'b', needs: 'a', look: () => [ok('b', 'good')] },
  ]);
  expect(findings.map(({ state }) => state)).toEqual(['warning', 'ok']);
});

test('the worst state is that of all', () => {
  const [fine, odd, bad] = [ok('a', ''), warning('b', '', ''), problem('c', '', '')];
  expect([[], [fine], [fine, odd], [odd, bad, fine]].map(stateOf)).toEqual([
    'ok',
    'ok',
    'warning',
    'problem',
  ]);
});

test('people get a line for each finding, and what to do below it', () => {
  expect(reportOf([ok('one', 'good'), problem('three', 'bad', 'Mend it.')]).text).toBe(
    [
      'ok       one    good',
      'problem  three  bad',
      '                -> Mend it.',
      'problem: 1, warning: 0, ok: 1',
    ].join('\n'),
  );
});
