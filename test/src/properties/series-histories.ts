import {
  DAY,
  MINUTE,
  SERIES_SCOPES,
  type Edits,
  type SeriesCommand,
  type SeriesRequest,
  type SeriesScope,
} from '@reslot/core';
import fc from 'fast-check';
import { mostly } from './settings.ts';
import { instantOf } from './series-clocks.ts';

/** Series of calls around the days on which clocks change, and what is asked of them and of their calls. */

/** Days on which clocks go forward. */
const FORWARD = [
  ['Europe/Paris', '2026-03-29'],
  ['America/New_York', '2026-03-08'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['America/Santiago', '2026-09-06'],
] as const;
/** Back, and of two zones that never change theirs. */
const OTHERS = [
  ['Europe/Paris', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['America/Santiago', '2026-04-05'],
  ['UTC', '2026-05-02'],
  ['Asia/Kathmandu', '2026-05-02'],
] as const;

type Edited = Pick<Edits, 'guestName' | 'agentId' | 'assignment'>;
/** A change of the call that stands at this place among all, its time by so many minutes. */
export type Asked =
  | { readonly type: 'reschedule'; readonly by: number; readonly edits: Edited }
  | { readonly type: 'cancel' };

export type SeriesStep = { readonly after: number; readonly of: number } & (
  | {
      readonly kind: 'scoped';
      readonly asked: Asked;
      readonly scope: SeriesScope;
      readonly versions: SeriesCommand['versions'];
    }
  | { readonly kind: 'single'; readonly asked: Asked | { readonly type: 'undo' | 'confirm' | 'start' } }
  /** A call of no series. */
  | { readonly kind: 'booking'; readonly by: number; readonly agentId: string }
);

export interface SeriesHistory {
  readonly zone: string;
  /** The first instant: some days before the clocks change. */
  readonly start: number;
  readonly series: readonly Omit<SeriesRequest['booking'], 'appId'>[];
  readonly starts: readonly (readonly number[])[];
  readonly steps: readonly SeriesStep[];
}

export const told = { type: 'create', actor: { type: 'api', id: 'me' }, source: 'property' } as const;

const by = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(-90, -60, -30, 0, 15, 30, 30, 60, 60, 90, 120) },
  { weight: 1, arbitrary: fc.constantFrom(-1440, 1440, 1380, 1500, 10_080) },
  { weight: 1, arbitrary: fc.integer({ min: -3_000, max: 6_000 }) },
);
const edits: fc.Arbitrary<Edited> = fc.record(
  { guestName: fc.constantFrom('G', 'H'), agentId: mostly('ana', 'ben', 'ben', 'idle') },
  { requiredKeys: [] },
);
const open: fc.Arbitrary<Edited> = fc.record({
  assignment: fc.constantFrom('any' as const, 'prefer_keep' as const),
});

const reschedule = (edited: fc.Arbitrary<Edited>) =>
  fc.record({ type: fc.constant('reschedule' as const), by, edits: edited });

const when = {
  after: fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: 60 }) },
    { weight: 1, arbitrary: fc.nat({ max: 3_000 }) },
  ),
  of: fc.nat({ max: 30 }),
};
const cancel = fc.constant({ type: 'cancel' as const });

const stepsWith = (edited: fc.Arbitrary<Edited>): fc.Arbitrary<SeriesStep> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        ...when,
        kind: fc.constant('scoped' as const),
        asked: fc.oneof({ weight: 9, arbitrary: reschedule(edited) }, { weight: 1, arbitrary: cancel }),
        scope: fc.constantFrom(...SERIES_SCOPES),
        versions: mostly<SeriesCommand['versions']>(undefined, 'any', [1], [1, 2, 3], [99]),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        ...when,
        kind: fc.constant('single' as const),
        asked: fc.oneof(
          { weight: 6, arbitrary: reschedule(edits) },
          { weight: 3, arbitrary: fc.constant({ type: 'undo' as const }) },
          { weight: 1, arbitrary: cancel },
          {
            weight: 2,
            arbitrary: fc.record({ type: fc.constantFrom('confirm' as const, 'start' as const) }),
          },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        ...when,
        kind: fc.constant('booking' as const),
        by,
        agentId: fc.constantFrom('ana', 'ben'),
      }),
    },
  );

/** Of a few nights in which clocks change: when a series begins on the clock, and how far its calls are apart. */
const rhythm = fc.record({
  day: fc.integer({ min: -2, max: 0 }),
  quarter: fc.integer({ min: -2, max: 13 }),
  every: fc.constantFrom(1, 1, 1, 2, 7),
  count: fc.integer({ min: 1, max: 5 }),
  durationMinutes: fc.constantFrom(15, 30, 60),
  agentId: fc.constantFrom('ana', 'ben', null),
});

const historyOf = (edited: fc.Arbitrary<Edited>): fc.Arbitrary<SeriesHistory> =>
  fc
    .record({
      change: fc.constantFrom(...FORWARD, ...FORWARD, ...OTHERS),
      rhythms: fc.array(rhythm, { minLength: 1, maxLength: 2 }),
      steps: fc.array(stepsWith(edited), { minLength: 1, maxLength: 16, size: 'max' }),
    })
    .map(({ change: [zone, date], rhythms, steps }) => ({
      zone,
      start: Date.parse(date) - 4 * DAY,
      series: rhythms.map(({ durationMinutes, agentId }) => ({
        ...told,
        guestName: 'G',
        appTimezone: zone,
        durationMinutes,
        agentId,
      })),
      starts: rhythms.map(({ day, quarter, every, count }) =>
        Array.from({ length: count }, (_, index) =>
          instantOf(Date.parse(date) + (day + index * every) * DAY + quarter * 15 * MINUTE, zone),
        ),
      ),
      steps,
    }));

/** What a model can foretell: every change names its agent, or keeps it. */
export const seriesHistory = historyOf(edits);
/** As above, and changes that leave the agent open. */
export const openSeriesHistory = historyOf(
  fc.oneof({ weight: 4, arbitrary: edits }, { arbitrary: open, weight: 1 }),
);
