import {
  DAY,
  DEFAULT_POLICY,
  HORIZON_DAYS,
  MINUTE,
  type ActorPolicy,
  type Availability,
  type Policy,
  type SaveAgent,
  type SaveAvailability,
  type SavePolicy,
} from '@reslot/core';
import fc from 'fast-check';

/** What an app says of its agents and of itself, at random, about a few hours of a Saturday in May. */

/** What is saved, by its kind. */
export type Setting =
  | { readonly type: 'agent'; readonly save: SaveAgent }
  | { readonly type: 'availability'; readonly save: SaveAvailability }
  | { readonly type: 'policy'; readonly save: SavePolicy };

/** A Friday. */
export const START = Date.UTC(2026, 4, 1);
export const APPS = ['app', 'other'];
export const AGENTS = ['ana', 'ben', 'idle'];
export const ZONES = ['UTC', 'America/New_York', 'Asia/Kathmandu'];

/** `usual` twice as often as the others together. */
export const mostly = <Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );

/** `app` has most of what happens, so that it meets. */
export const appId = mostly('app', 'other');

const quarter = (number: number): string =>
  `${String(Math.floor(number / 4)).padStart(2, '0')}:${String((number % 4) * 15).padStart(2, '0')}`;

/** Of Friday or Saturday, which one it is depending on the zone; most of it from the evening to the morning. */
const window = fc
  .tuple(fc.constantFrom(5, 6, 6), fc.nat({ max: 95 }), fc.nat({ max: 60 }), fc.constantFrom(...ZONES))
  .map(([weekday, start, length, timezone]) => ({
    weekday,
    start: quarter(start),
    end: quarter(Math.min(start + 1 + length, 96)),
    timezone,
  }));

const span = (longest: number) =>
  fc
    .tuple(fc.integer({ min: -90, max: 330 }), fc.integer({ min: 1, max: longest }))
    .map(([from, length]) => ({
      from: START + DAY + from * MINUTE,
      to: START + DAY + (from + length) * MINUTE,
    }));

export const availability: fc.Arbitrary<Availability> = fc.record({
  windows: fc.array(window, { maxLength: 4 }),
  exceptions: fc.array(
    fc
      .tuple(
        span(240),
        fc.constantFrom('blocked' as const, 'available_extra' as const, 'available_extra' as const),
      )
      .map(([time, kind]) => ({ kind, ...time })),
    { maxLength: 3 },
  ),
  doNotDisturb: fc.array(span(60), { maxLength: 1 }),
});

const actorPolicy: fc.Arbitrary<ActorPolicy> = fc.record({
  allowed: mostly(true, true, false),
  minNoticeToOldMinutes: mostly(0, 30, 600),
  minNoticeToNewMinutes: mostly(0, 30, 600),
  horizonDays: mostly(HORIZON_DAYS, 1, 2),
  maxMoves: mostly<number | null>(null, 0, 1, 2),
  maxTotalShiftMinutes: mostly<number | null>(null, 60, 180),
  reasonRequired: mostly(false, true),
  graceAfterStartMinutes: mostly<number | null>(null, 0, 30),
});

export const dailyCap = fc.record({
  calls: fc.constantFrom(0, 1, 1, 2, 3),
  timezone: fc.constantFrom(...ZONES),
});

const actor = fc.oneof(fc.constant(DEFAULT_POLICY.actors.api), actorPolicy);
export const policy: fc.Arbitrary<Policy> = fc.record({
  actors: fc.record({ guest: actor, agent: actor, admin: actor, api: actor }),
  dailyCap: fc.option(dailyCap),
  versionRequired: mostly(false, true),
  undoWindowMinutes: mostly(60, 0, 10, 1_000),
});

const agentId = fc.constantFrom(...AGENTS);

export const setting: fc.Arbitrary<Setting> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ appId, agentId: fc.constantFrom('ana', 'ben', 'nobody'), availability })
      .map((save) => ({ type: 'availability' as const, save })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ appId, policy }).map((save) => ({ type: 'policy' as const, save })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ appId, id: agentId, name: fc.constantFrom('Ana', 'Ben'), active: mostly(true, false) })
      .map((agent) => ({ type: 'agent' as const, save: { agent } })),
  },
);
