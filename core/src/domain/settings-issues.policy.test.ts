import { describe, expect, test } from 'vitest';
import type { SavePolicy } from './settings.ts';
import { ACTOR_TYPES } from './events.ts';
import { DEFAULT_POLICY, HORIZON_DAYS } from './policy.ts';
import { issuesOfPolicy } from './settings-issues.ts';

/** What programs send that no compiler has seen. */
const ODD: unknown[] = [
  undefined,
  null,
  'x',
  5,
  NaN,
  true,
  [],
  [null],
  {},
  [[]],
  Symbol('x'),
  5n,
  Object.create(null),
];

/** The paths of the issues of something of any type. */
const ofPolicy = (wanted: object): string[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  issuesOfPolicy(wanted as SavePolicy).map(({ path }) => path);

describe('a policy', () => {
  const cap = (dailyCap: unknown) => ofPolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, dailyCap } });
  const of = (over: object) => ofPolicy({ appId: 'app', policy: { ...DEFAULT_POLICY, ...over } });
  const guest = (over: object) =>
    of({ actors: { ...DEFAULT_POLICY.actors, guest: { ...DEFAULT_POLICY.actors.guest, ...over } } });
  const MOST_MINUTES = HORIZON_DAYS * 24 * 60;

  test('is sound, at its bounds too', () => {
    expect(of({})).toEqual([]);
    expect([cap({ calls: 0, timezone: 'UTC' }), cap({ calls: 1_440, timezone: 'Asia/Tokyo' })]).toEqual([
      [],
      [],
    ]);
    expect([of({ undoWindowMinutes: 0 }), of({ undoWindowMinutes: MOST_MINUTES })]).toEqual([[], []]);
    const least = { minNoticeToOldMinutes: 0, minNoticeToNewMinutes: 0, horizonDays: 1, maxMoves: 0 };
    expect(guest({ ...least, maxTotalShiftMinutes: 0, graceAfterStartMinutes: 0 })).toEqual([]);
    expect(guest({ maxMoves: null, maxTotalShiftMinutes: null, graceAfterStartMinutes: null })).toEqual([]);
  });

  test.each<[string, unknown[]]>([
    ['allowed', ['yes', null, undefined]],
    ['minNoticeToOldMinutes', [-1, 1.5, MOST_MINUTES + 1, '5', null]],
    ['minNoticeToNewMinutes', [-1, 1.5, MOST_MINUTES + 1, null]],
    ['horizonDays', [0, HORIZON_DAYS + 1, null]],
    ['maxMoves', [-1, 1.5, 1_000_001, undefined]],
    ['maxTotalShiftMinutes', [-1, MOST_MINUTES + 1, undefined]],
    ['reasonRequired', [1, null]],
    ['graceAfterStartMinutes', [-1, MOST_MINUTES + 1, undefined]],
  ])('has an issue at %s of an actor', (field, values) => {
    for (const value of values) expect(guest({ [field]: value })).toEqual([`actors.guest.${field}`]);
  });

  test('says what every kind of actor may do', () => {
    for (const actor of ACTOR_TYPES) {
      const actors = { ...DEFAULT_POLICY.actors, [actor]: { ...DEFAULT_POLICY.actors[actor], allowed: 1 } };
      expect(of({ actors })).toEqual([`actors.${actor}.allowed`]);
    }
  });

  test.each<[string, () => string[]]>([
    ['appId', () => ofPolicy({ appId: 5, policy: DEFAULT_POLICY })],
    ['versionRequired', () => of({ versionRequired: 'no' })],
    ['undoWindowMinutes', () => of({ undoWindowMinutes: MOST_MINUTES + 1 })],
    ['dailyCap.calls', () => cap({ calls: 1_441, timezone: 'UTC' })],
    ['dailyCap.calls', () => cap({ calls: null, timezone: 'UTC' })],
    ['dailyCap.timezone', () => cap({ calls: 1, timezone: 'Mars/One' })],
    ['dailyCap.timezone', () => cap({ calls: 1, timezone: 'BST' })],
  ])('has an issue at %s', (path, found) => {
    expect(found()).toEqual([path]);
  });

  test.each(ODD)('that is %o has issues, and so has one with it as a part', (odd) => {
    expect(ofPolicy({ appId: 'app', policy: odd })).not.toEqual([]);
    expect(of({ actors: odd })).not.toEqual([]);
    expect(of({ actors: { ...DEFAULT_POLICY.actors, api: odd } })).not.toEqual([]);
    if (odd !== null) expect(cap(odd)).not.toEqual([]);
    if (typeof odd === 'object' && odd !== null) return;
    expect(ofPolicy({ appId: 'app', policy: odd })).toEqual(['policy']);
    expect(of({ actors: odd })).toEqual(['actors']);
    expect(of({ actors: { ...DEFAULT_POLICY.actors, api: odd } })).toEqual(['actors.api']);
    if (odd !== null) expect(cap(odd)).toEqual(['dailyCap']);
  });
});
