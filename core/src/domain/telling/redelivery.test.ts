import { expect, test } from 'vitest';
import { issuesOfRedelivery, type Redelivery } from './redelivery.ts';

test.each<[object, string[]]>([
  [{ callId: 'a' }, []],
  [{ callId: 'a', seq: 1 }, []],
  [{ state: 'dead' }, []],
  [{ from: 5 }, []],
  [{ before: 5 }, []],
  [{ from: 5, before: 6, settledUntil: 0 }, []],
  [{}, ['']],
  [{ callId: undefined }, ['']],
  [{ settledUntil: 5 }, ['']],
  [{ seq: 1 }, ['seq']],
  [{ seq: 1, state: 'dead' }, ['seq']],
  [{ callId: 'a', seq: 0 }, ['seq']],
  [{ callId: 'a/b' }, ['callId']],
  [{ state: 'pending' }, ['state']],
  [{ from: 5, before: 5 }, ['before']],
  [{ from: -1, before: 'x', settledUntil: 0.5 }, ['from', 'before', 'settledUntil']],
])('%j has issues in %j', (wish: Redelivery, paths) => {
  expect(issuesOfRedelivery(wish).map(({ path }) => path)).toEqual(paths);
});
