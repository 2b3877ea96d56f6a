import {
  ACTOR_TYPES,
  DAY,
  MINUTE,
  newAgent,
  OVERRIDES,
  type Agent,
  type CallCommand,
  type ChangeCall,
  type CreateCall,
  type Override,
} from '@reslot/core';
import fc from 'fast-check';
import { AGENTS, appId, APPS, mostly, setting, START, type Setting } from './settings.ts';

/** A small world in which everything meets: few calls, few agents, few hours, no common grid. */
export { AGENTS, APPS, START, type Setting } from './settings.ts';
export const CALLS = ['a', 'b', 'c', 'd', 'e'];

/** What is asked, so many minutes after the step before. */
export type Step = readonly [asked: CallCommand | Setting, minutes: number];

export const isSetting = (asked: CallCommand | Setting): asked is Setting => 'save' in asked;

/** The directory of each app: two agents, one who takes no calls; `nobody` is not in it. */
export const AGENT_RECORDS: Agent[] = APPS.flatMap((app) =>
  AGENTS.map((id) => newAgent({ appId: app, id, name: id, active: id !== 'idle' })),
);

const startsAt = fc.integer({ min: -60, max: 300 }).map((minutes) => START + DAY + minutes * MINUTE);
const told = fc.record({
  appId,
  callId: fc.constantFrom('a', 'a', 'b', 'b', ...CALLS),
  actor: fc.record({ type: fc.constantFrom(...ACTOR_TYPES), id: fc.constant('me') }),
  source: fc.constant('property'),
  reason: fc.option(fc.constant('because')),
});
const agentId = mostly('ana', 'ben', 'ben', 'ben', 'ben', 'idle', 'nobody');
const buffer = fc.constantFrom(0, 0, 5, 15);
/** The right version is low, as no call changes often; the last one is never right. */
const versions = mostly<ChangeCall['versions']>(undefined, 'any', [1], [2, 3], [99]);
const overrides = mostly<Override[] | undefined>(undefined, [], ['policy'], ['availability'], [...OVERRIDES]);

export const creation: fc.Arbitrary<CreateCall> = fc
  .record({
    startsAt,
    agentId: fc.option(agentId, { freq: 8 }),
    durationMinutes: fc.constantFrom(10, 30, 60),
    bufferBeforeMinutes: buffer,
    bufferAfterMinutes: buffer,
    requireConfirmation: fc.boolean(),
    overrides,
  })
  .chain((rest) =>
    told.map((who) => ({ ...who, ...rest, type: 'create' as const, guestName: 'G', appTimezone: 'UTC' })),
  );

const edits = fc.record(
  {
    startsAt,
    agentId,
    guestName: fc.constantFrom('G', 'H'),
    guestPhone: fc.constantFrom(null, '+33123456789'),
    intakeNotes: fc.constantFrom('', 'notes'),
  },
  { requiredKeys: [] },
);

const change: fc.Arbitrary<ChangeCall> = fc
  .record({
    kind: fc.oneof(
      { weight: 6, arbitrary: edits.map((all) => ({ type: 'reschedule' as const, edits: all })) },
      { weight: 2, arbitrary: fc.constant({ type: 'undo' as const }) },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(
            'confirm' as const,
            'confirm' as const,
            'start' as const,
            'complete' as const,
            'no_show' as const,
            'cancel' as const,
          )
          .map((type) => ({ type })),
      },
    ),
    versions,
    overrides,
  })
  .chain(({ kind, ...rest }) =>
    told.map((who): ChangeCall =>
      kind.type === 'reschedule' || kind.type === 'undo'
        ? { ...who, ...kind, ...rest }
        : { ...who, ...kind, versions: rest.versions },
    ),
  );

export const command: fc.Arbitrary<CallCommand> = fc.oneof(
  { weight: 1, arbitrary: creation },
  { weight: 4, arbitrary: change },
);

const minutes = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 10 }) },
  { weight: 3, arbitrary: fc.nat({ max: 90 }) },
  { weight: 1, arbitrary: fc.nat({ max: 1_500 }) },
);
/** A move is often taken back, or tried to be. */
const asking: fc.Arbitrary<Step[]> = fc
  .tuple(command, minutes, mostly(false, true), minutes, overrides)
  .map(([asked, after, isUndone, later, mayOverride]) => {
    if (asked.type !== 'reschedule' || !isUndone) return [[asked, after]];
    const { appId: app, callId, actor, source } = asked;
    const undo = { type: 'undo', appId: app, callId, actor, source, versions: 'any' } as const;
    return [
      [asked, after],
      [{ ...undo, overrides: mayOverride }, later],
    ];
  });
const saving: fc.Arbitrary<Step[]> = setting.map((asked) => [[asked, 0]]);

/** A booking for each call of one app, and for one of the other. */
const bookings = fc.tuple(...[...CALLS, 'other'].map(() => creation)).map((all) =>
  all.map((booking, index): Step => {
    const callId = CALLS[index];
    return [callId ? { ...booking, appId: 'app', callId } : { ...booking, appId: 'other', callId: 'a' }, 0];
  }),
);

const savings = fc.array(saving, { maxLength: 5, size: 'max' });

/** Settings, bookings, and what happens then. Left to itself, fast-check keeps arrays to ten. */
export const history: fc.Arbitrary<Step[]> = fc
  .tuple(
    savings,
    bookings,
    savings,
    fc.array(fc.oneof({ weight: 9, arbitrary: asking }, { weight: 1, arbitrary: saving }), {
      minLength: 1,
      maxLength: 30,
      size: 'max',
    }),
  )
  .map(([before, first, after, then]) => [...before.flat(), ...first, ...after.flat(), ...then.flat()]);
