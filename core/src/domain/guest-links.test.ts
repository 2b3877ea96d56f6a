import { describe, expect, test } from 'vitest';
import type { Status } from './call.ts';
import {
  actionsOf,
  isLive,
  issuesOfWish,
  LINK_SECONDS,
  linkTo,
  readOnlyBecause,
  type GuestLink,
  type GuestPurpose,
} from './guest-links.ts';
import { neverMoved } from './moves.ts';
import { DEFAULT_POLICY, type ActorPolicy } from './policy.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const call = {
  appId: 'app',
  id: 'call',
  status: 'scheduled' as Status,
  version: 3,
  agentId: 'ana' as string | null,
  startsAt: NOW + HOUR,
  moves: neverMoved(NOW + HOUR),
};
const link: GuestLink = {
  appId: 'app',
  callId: 'call',
  version: 3,
  purposes: ['view', 'reschedule', 'cancel'],
  expiresAt: NOW + HOUR,
};

describe('what can be done by a link', () => {
  test.each<[Status, number, ReturnType<typeof readOnlyBecause>]>([
    ['scheduled', 3, null],
    ['pending_confirmation', 3, null],
    ['confirmed', 3, null],
    ['scheduled', 2, 'superseded'],
    ['scheduled', 4, 'superseded'],
    ['started', 3, 'started'],
    ['started', 4, 'started'],
    ['cancelled', 4, 'over'],
    ['completed', 3, 'over'],
    ['no_show', 3, 'over'],
  ])('of a %s call at version %i, made for version 3: %s', (status, version, why) => {
    const now = { ...call, status, version };
    expect(readOnlyBecause(link, now)).toBe(why);
    expect(actionsOf(link, now, DEFAULT_POLICY, NOW)).toEqual(why === null ? ['reschedule', 'cancel'] : []);
  });

  test.each<[GuestPurpose[], string[]]>([
    [['view'], []],
    [['cancel'], ['cancel']],
    [['view', 'reschedule'], ['reschedule']],
  ])('is what it was made for: %j', (purposes, actions) => {
    expect(actionsOf({ ...link, purposes }, call, DEFAULT_POLICY, NOW)).toEqual(actions);
  });

  test.each<[string, Partial<ActorPolicy>, string[]]>([
    ['allows no move', { allowed: false }, ['cancel']],
    ['wants notice that there is', { minNoticeToOldMinutes: 60 }, ['reschedule', 'cancel']],
    ['wants notice that is over', { minNoticeToOldMinutes: 61 }, ['cancel']],
    ['allows one move more', { maxMoves: 2 }, ['reschedule', 'cancel']],
    ['allows no move more', { maxMoves: 1 }, ['cancel']],
    ['wants a reason', { reasonRequired: true }, ['reschedule', 'cancel']],
    ['wants notice of the new start', { minNoticeToNewMinutes: 61 }, ['reschedule', 'cancel']],
    ['has a horizon', { horizonDays: 1 }, ['reschedule', 'cancel']],
    ['bounds the way', { maxTotalShiftMinutes: 0 }, ['reschedule', 'cancel']],
  ])('is what a policy leaves to guests that %s', (_, rules, actions) => {
    const { actors } = DEFAULT_POLICY;
    const policy = { ...DEFAULT_POLICY, actors: { ...actors, guest: { ...actors.guest, ...rules } } };
    const once = { ...call, moves: { ...call.moves, count: 1 } };
    expect(actionsOf(link, once, policy, NOW)).toEqual(actions);
  });

  test('ends at its end', () => {
    expect([isLive(link, NOW + HOUR - 1), isLive(link, NOW + HOUR)]).toEqual([true, false]);
  });
});

describe('a new link', () => {
  const made = (over: object, expiresInSeconds?: number) =>
    linkTo({ ...call, ...over }, { purposes: ['reschedule'], expiresInSeconds }, NOW);

  test('is for the call as it is, until it should begin, in whole seconds', () => {
    expect(made({ startsAt: NOW + HOUR + 999 })).toEqual({ ...link, purposes: ['reschedule'] });
  });

  test.each([
    [60, NOW + 60_000],
    [3600, NOW + HOUR],
    [7200, NOW + HOUR],
  ])('of %i seconds ends then, or when the call should begin', (seconds, expiresAt) => {
    expect(made({}, seconds)).toMatchObject({ expiresAt });
  });

  test.each<[object, object]>([
    [{ status: 'cancelled' }, { kind: 'final_state', status: 'cancelled' }],
    [{ status: 'completed' }, { kind: 'final_state', status: 'completed' }],
    [{ status: 'started' }, { kind: 'already_started' }],
    [{ startsAt: NOW }, { kind: 'already_started' }],
    [{ startsAt: NOW + 999 }, { kind: 'already_started' }],
    [{ agentId: null }, { kind: 'no_agent' }],
  ])('of a call that is %j is refused', (over, refusal) => {
    expect(made(over)).toEqual(refusal);
  });

  test('of a call that nobody has may be for anything but choosing', () => {
    const purposes: GuestPurpose[] = ['view', 'cancel'];
    expect(linkTo({ ...call, agentId: null }, { purposes }, NOW)).toMatchObject({ purposes });
  });
});

test.each<[GuestPurpose[], number | undefined, string[]]>([
  [['view', 'cancel'], undefined, []],
  [['view'], LINK_SECONDS.min, []],
  [[], undefined, ['purposes']],
  [['view', 'view'], undefined, ['purposes']],
  [['view'], LINK_SECONDS.min - 1, ['expiresInSeconds']],
  [['view'], LINK_SECONDS.max + 1, ['expiresInSeconds']],
  [['view'], 60.5, ['expiresInSeconds']],
])('a wish for %j, for %s seconds, has issues with %j', (purposes, expiresInSeconds, paths) => {
  expect(issuesOfWish({ purposes, expiresInSeconds }).map(({ path }) => path)).toEqual(paths);
});
