import { describe, expect, test } from 'vitest';
import { ACTOR_TYPES, type ActorType } from './events.ts';
import {
  breachesOf,
  breachOfAny,
  DEFAULT_POLICY,
  HORIZON_DAYS,
  type ActorPolicy,
  type Breach,
  type Move,
  type Policy,
} from './policy.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 60 * MINUTE;
/** The call's present start, also its first, unless a row says otherwise. */
const START = NOW + DAY;
const NEW_START = NOW + 2 * DAY;

const move = (over: Partial<Move> = {}): Move => ({
  actor: 'guest',
  now: NOW,
  reason: null,
  startsAt: START,
  firstStartsAt: START,
  moves: 0,
  newStartsAt: NEW_START,
  ...over,
});

const policyFor = (actor: ActorType, rules: Partial<ActorPolicy>): Policy => ({
  ...DEFAULT_POLICY,
  actors: { ...DEFAULT_POLICY.actors, [actor]: { ...DEFAULT_POLICY.actors[actor], ...rules } },
});

const noticeToOld = (limit: number): Breach => ({ kind: 'too_soon', rule: 'minNoticeToOldMinutes', limit });
const noticeToNew = (limit: number): Breach => ({ kind: 'too_soon', rule: 'minNoticeToNewMinutes', limit });
const grace = (limit: number): Breach => ({ kind: 'too_late', rule: 'graceAfterStartMinutes', limit });
const horizon = (limit: number): Breach => ({ kind: 'too_late', rule: 'horizonDays', limit });
const moves = (limit: number): Breach => ({ kind: 'limit_reached', rule: 'maxMoves', limit });
const shift = (limit: number): Breach => ({ kind: 'limit_reached', rule: 'maxTotalShiftMinutes', limit });
const notAllowed: Breach = { kind: 'not_allowed', actor: 'guest' };
const reasonRequired: Breach = { kind: 'reason_required' };

/** Of a guest, whose policy is the default but for `rules`. */
type Row = [name: string, rules: Partial<ActorPolicy>, over: Partial<Move>, breaches: Breach[]];

/** The call stays at its time. */
const AGENT_ONLY = { startsAt: START, newStartsAt: START };
const LATEST = NOW + HORIZON_DAYS * DAY;

const byDefault: Row[] = [
  ['may be asked for a year after the start', {}, { startsAt: NOW - 365 * DAY }, []],
  ['may be asked for a millisecond before the start', {}, { startsAt: NOW + 1 }, []],
  ['may go to the next millisecond', {}, { newStartsAt: NOW + 1 }, []],
  ['into the past is not for the policy to refuse', {}, { newStartsAt: NOW - DAY }, []],
  ['may be the thousandth', {}, { moves: 999 }, []],
  ['may go a year away from the first start', {}, { firstStartsAt: START - 365 * DAY }, []],
  ['may say nothing', {}, { reason: null }, []],
  ['may go to the end of the horizon', {}, { newStartsAt: LATEST }, []],
  ['may not go beyond the horizon', {}, { newStartsAt: LATEST + 1 }, [horizon(LATEST)]],
];

const permission: Row[] = [
  ['is refused to who may not move calls', { allowed: false }, {}, [notAllowed]],
  ['to another agent is refused to who may not move calls', { allowed: false }, AGENT_ONLY, [notAllowed]],
  ['is refused without permission, whatever the reason', { allowed: false }, { reason: 'ill' }, [notAllowed]],
];

const reasons: Row[] = [
  ['must say why where a reason is required', { reasonRequired: true }, {}, [reasonRequired]],
  ['has no reason in an empty text', { reasonRequired: true }, { reason: '' }, [reasonRequired]],
  ['has no reason in spaces', { reasonRequired: true }, { reason: '   ' }, [reasonRequired]],
  ['has no reason in tabs and line breaks', { reasonRequired: true }, { reason: '\t\r\n' }, [reasonRequired]],
  ['has no reason in wide spaces', { reasonRequired: true }, { reason: '\u00a0\u3000' }, [reasonRequired]],
  ['has a reason in a single letter', { reasonRequired: true }, { reason: 'x' }, []],
  ['has a reason in text between spaces', { reasonRequired: true }, { reason: '  ill  ' }, []],
  ['has a reason in a zero', { reasonRequired: true }, { reason: '0' }, []],
  ['may say why where no reason is required', {}, { reason: 'ill' }, []],
  ['to another agent must say why, too', { reasonRequired: true }, AGENT_ONLY, [reasonRequired]],
];

const graces: Row[] = [
  ['is in time before the start', { graceAfterStartMinutes: 10 }, {}, []],
  ['is in time at the end of the grace', { graceAfterStartMinutes: 10 }, { startsAt: NOW - 10 * MINUTE }, []],
  [
    'is late a millisecond after the grace',
    { graceAfterStartMinutes: 10 },
    { startsAt: NOW - 10 * MINUTE - 1 },
    [grace(NOW - 1)],
  ],
  [
    'is in time a minute before the end of the grace',
    { graceAfterStartMinutes: 10 },
    { startsAt: NOW - 9 * MINUTE },
    [],
  ],
  [
    'is late a minute after the grace',
    { graceAfterStartMinutes: 10 },
    { startsAt: NOW - 11 * MINUTE },
    [grace(NOW - MINUTE)],
  ],
  ['is in time at the start without a grace', { graceAfterStartMinutes: 0 }, { startsAt: NOW }, []],
  [
    'is late right after the start without a grace',
    { graceAfterStartMinutes: 0 },
    { startsAt: NOW - 1 },
    [grace(NOW - 1)],
  ],
  [
    'is late by the present start, not the first',
    { graceAfterStartMinutes: 10 },
    { firstStartsAt: NOW - DAY },
    [],
  ],
  [
    'to another agent may use the grace',
    { graceAfterStartMinutes: 10 },
    { startsAt: NOW - 10 * MINUTE, newStartsAt: NOW - 10 * MINUTE },
    [],
  ],
  [
    'to another agent is late after the grace',
    { graceAfterStartMinutes: 10 },
    { startsAt: NOW - 10 * MINUTE - 1, newStartsAt: NOW - 10 * MINUTE - 1 },
    [grace(NOW - 1)],
  ],
];

const noticesToOld: Row[] = [
  ['may give exactly the notice', { minNoticeToOldMinutes: 120 }, { startsAt: NOW + 2 * HOUR }, []],
  [
    'may give a millisecond more than the notice',
    { minNoticeToOldMinutes: 120 },
    { startsAt: NOW + 2 * HOUR + 1 },
    [],
  ],
  [
    'may not give a millisecond less than the notice',
    { minNoticeToOldMinutes: 120 },
    { startsAt: NOW + 2 * HOUR - 1 },
    [noticeToOld(NOW - 1)],
  ],
  [
    'may not give a minute less than the notice',
    { minNoticeToOldMinutes: 120 },
    { startsAt: NOW + 119 * MINUTE },
    [noticeToOld(NOW - MINUTE)],
  ],
  ['may give a notice of one minute', { minNoticeToOldMinutes: 1 }, { startsAt: NOW + MINUTE }, []],
  [
    'may not give less than one minute',
    { minNoticeToOldMinutes: 1 },
    { startsAt: NOW + MINUTE - 1 },
    [noticeToOld(NOW - 1)],
  ],
  [
    'gives no notice once the start has passed',
    { minNoticeToOldMinutes: 1 },
    { startsAt: NOW - DAY },
    [noticeToOld(NOW - DAY - MINUTE)],
  ],
  [
    'needs no notice where none is asked, though the start has passed',
    { minNoticeToOldMinutes: 0 },
    { startsAt: NOW - 1 },
    [],
  ],
  [
    'gives notice to the present start, not the first',
    { minNoticeToOldMinutes: 120 },
    { firstStartsAt: NOW },
    [],
  ],
  ['to another agent may give exactly the notice', { minNoticeToOldMinutes: 24 * 60 }, AGENT_ONLY, []],
  [
    'to another agent needs the notice, too',
    { minNoticeToOldMinutes: 24 * 60 + 1 },
    AGENT_ONLY,
    [noticeToOld(NOW - MINUTE)],
  ],
];

const noticesToNew: Row[] = [
  [
    'may go to the earliest start of the notice',
    { minNoticeToNewMinutes: 60 },
    { newStartsAt: NOW + HOUR },
    [],
  ],
  ['may go a millisecond further', { minNoticeToNewMinutes: 60 }, { newStartsAt: NOW + HOUR + 1 }, []],
  [
    'may not go a millisecond nearer',
    { minNoticeToNewMinutes: 60 },
    { newStartsAt: NOW + HOUR - 1 },
    [noticeToNew(NOW + HOUR)],
  ],
  [
    'may not go a minute nearer',
    { minNoticeToNewMinutes: 60 },
    { newStartsAt: NOW + 59 * MINUTE },
    [noticeToNew(NOW + HOUR)],
  ],
  [
    'may not go nearer than one minute',
    { minNoticeToNewMinutes: 1 },
    { newStartsAt: NOW + MINUTE - 1 },
    [noticeToNew(NOW + MINUTE)],
  ],
  [
    'into the past breaks the notice',
    { minNoticeToNewMinutes: 1 },
    { newStartsAt: NOW - DAY },
    [noticeToNew(NOW + MINUTE)],
  ],
  [
    'to another agent needs no notice to its own start',
    { minNoticeToNewMinutes: 60 },
    { startsAt: NOW + MINUTE, newStartsAt: NOW + MINUTE },
    [],
  ],
];

const horizons: Row[] = [
  ['may go to the last day', { horizonDays: 30 }, { newStartsAt: NOW + 30 * DAY }, []],
  [
    'may not go a millisecond beyond the last day',
    { horizonDays: 30 },
    { newStartsAt: NOW + 30 * DAY + 1 },
    [horizon(NOW + 30 * DAY)],
  ],
  ['may go a minute less far', { horizonDays: 30 }, { newStartsAt: NOW + 30 * DAY - MINUTE }, []],
  [
    'may not go a minute further',
    { horizonDays: 30 },
    { newStartsAt: NOW + 30 * DAY + MINUTE },
    [horizon(NOW + 30 * DAY)],
  ],
  [
    'may go further than by default where the policy says so',
    { horizonDays: 1000 },
    { newStartsAt: LATEST + 1 },
    [],
  ],
  [
    'to another agent may lie beyond the horizon',
    { horizonDays: 1 },
    { startsAt: NOW + 9 * DAY, newStartsAt: NOW + 9 * DAY },
    [],
  ],
];

const moveCounts: Row[] = [
  ['may be the first of one', { maxMoves: 1 }, { moves: 0 }, []],
  ['may not be the second of one', { maxMoves: 1 }, { moves: 1 }, [moves(1)]],
  ['may be the last of three', { maxMoves: 3 }, { moves: 2 }, []],
  ['may not be the fourth of three', { maxMoves: 3 }, { moves: 3 }, [moves(3)]],
  ['stays refused above a limit that was lowered', { maxMoves: 3 }, { moves: 7 }, [moves(3)]],
  ['is refused from the first where none is allowed', { maxMoves: 0 }, { moves: 0 }, [moves(0)]],
  ['to another agent is not counted', { maxMoves: 1 }, { ...AGENT_ONLY, moves: 1 }, []],
];

const shifts: Row[] = [
  ['may go as far as the whole shift', { maxTotalShiftMinutes: 60 }, { newStartsAt: START + HOUR }, []],
  [
    'may not go a millisecond further than the shift',
    { maxTotalShiftMinutes: 60 },
    { newStartsAt: START + HOUR + 1 },
    [shift(60)],
  ],
  ['may go as early as the whole shift', { maxTotalShiftMinutes: 60 }, { newStartsAt: START - HOUR }, []],
  [
    'may not go a millisecond earlier than the shift',
    { maxTotalShiftMinutes: 60 },
    { newStartsAt: START - HOUR - 1 },
    [shift(60)],
  ],
  [
    'may not go a minute further than the shift',
    { maxTotalShiftMinutes: 60 },
    { newStartsAt: START + 61 * MINUTE },
    [shift(60)],
  ],
  [
    'is measured from the first start, not the present one',
    { maxTotalShiftMinutes: 60 },
    { firstStartsAt: START - HOUR, newStartsAt: START + MINUTE },
    [shift(60)],
  ],
  [
    'back to the first start shifts nothing',
    { maxTotalShiftMinutes: 0 },
    { firstStartsAt: NEW_START, newStartsAt: NEW_START },
    [],
  ],
  ['is refused where nothing may shift', { maxTotalShiftMinutes: 0 }, { newStartsAt: START + 1 }, [shift(0)]],
  [
    'to another agent may lie beyond the shift',
    { maxTotalShiftMinutes: 60 },
    { ...AGENT_ONLY, firstStartsAt: START - DAY },
    [],
  ],
];

const STRICT: ActorPolicy = {
  allowed: false,
  minNoticeToOldMinutes: 60,
  minNoticeToNewMinutes: 30,
  horizonDays: 1,
  maxMoves: 2,
  maxTotalShiftMinutes: 15,
  reasonRequired: true,
  graceAfterStartMinutes: 5,
};
const PASSED = NOW - HOUR;

const overlaps: Row[] = [
  [
    'breaks both the grace and the notice, the grace first',
    { graceAfterStartMinutes: 5, minNoticeToOldMinutes: 60 },
    { startsAt: PASSED },
    [grace(PASSED + 5 * MINUTE), noticeToOld(PASSED - HOUR)],
  ],
  [
    'within the grace breaks the notice alone',
    { graceAfterStartMinutes: 60, minNoticeToOldMinutes: 60 },
    { startsAt: PASSED },
    [noticeToOld(PASSED - HOUR)],
  ],
  [
    'breaks both notices, the present start first',
    { minNoticeToOldMinutes: 60, minNoticeToNewMinutes: 60 },
    { startsAt: NOW + MINUTE, newStartsAt: NOW + 2 * MINUTE },
    [noticeToOld(NOW - 59 * MINUTE), noticeToNew(NOW + HOUR)],
  ],
  [
    'breaks permission before reason',
    { allowed: false, reasonRequired: true },
    {},
    [notAllowed, reasonRequired],
  ],
  [
    'breaks reason before grace',
    { reasonRequired: true, graceAfterStartMinutes: 5 },
    { startsAt: PASSED },
    [reasonRequired, grace(PASSED + 5 * MINUTE)],
  ],
  ['breaks horizon before count', { horizonDays: 1, maxMoves: 0 }, {}, [horizon(NOW + DAY), moves(0)]],
  [
    'breaks the notice to the new start before the horizon, where no start is left between them',
    { horizonDays: 1, minNoticeToNewMinutes: 3 * 24 * 60 },
    {},
    [noticeToNew(NOW + 3 * DAY), horizon(NOW + DAY)],
  ],
  ['breaks count before shift', { maxMoves: 0, maxTotalShiftMinutes: 15 }, {}, [moves(0), shift(15)]],
  [
    'breaks all rules in their order',
    { ...STRICT, minNoticeToNewMinutes: 3 * 24 * 60 },
    { startsAt: PASSED, moves: 2 },
    [
      notAllowed,
      reasonRequired,
      grace(PASSED + 5 * MINUTE),
      noticeToOld(PASSED - HOUR),
      noticeToNew(NOW + 3 * DAY),
      horizon(NOW + DAY),
      moves(2),
      shift(15),
    ],
  ],
  [
    'to another agent breaks only what concerns every move, in the same order',
    { ...STRICT, minNoticeToNewMinutes: 3 * 24 * 60 },
    { startsAt: PASSED, newStartsAt: PASSED, firstStartsAt: NOW - DAY, moves: 9 },
    [notAllowed, reasonRequired, grace(PASSED + 5 * MINUTE), noticeToOld(PASSED - HOUR)],
  ],
  [
    'keeps all rules at once, each at its limit',
    { ...STRICT, allowed: true },
    {
      reason: 'ill',
      startsAt: NOW + HOUR,
      firstStartsAt: NOW + 45 * MINUTE,
      moves: 1,
      newStartsAt: NOW + 30 * MINUTE,
    },
    [],
  ],
];

describe('a move', () => {
  test.each<Row>([
    ...byDefault,
    ...permission,
    ...reasons,
    ...graces,
    ...noticesToOld,
    ...noticesToNew,
    ...horizons,
    ...moveCounts,
    ...shifts,
    ...overlaps,
  ])('%s', (_name, rules, over, breaches) => {
    expect(breachesOf(policyFor('guest', rules), move(over))).toEqual(breaches);
  });

  describe.each(ACTOR_TYPES)('asked for by the actor %s', (actor) => {
    const asked = move({ actor, startsAt: PASSED, moves: 2 });
    const others = ACTOR_TYPES.filter((other) => other !== actor);

    test('is allowed by default', () => {
      expect(breachesOf(DEFAULT_POLICY, asked)).toEqual([]);
    });

    test('is held to the rules of that actor', () => {
      expect(breachesOf(policyFor(actor, STRICT), asked)).toEqual([
        { kind: 'not_allowed', actor },
        reasonRequired,
        grace(PASSED + 5 * MINUTE),
        noticeToOld(PASSED - HOUR),
        horizon(NOW + DAY),
        moves(2),
        shift(15),
      ]);
    });

    test.each(others)('is not held to the rules of the actor %s', (other) => {
      expect(breachesOf(policyFor(other, STRICT), asked)).toEqual([]);
    });
  });
});

test('the default policy limits nothing but the horizon and the time to take a move back', () => {
  const everything: ActorPolicy = {
    allowed: true,
    minNoticeToOldMinutes: 0,
    minNoticeToNewMinutes: 0,
    horizonDays: 730,
    maxMoves: null,
    maxTotalShiftMinutes: null,
    reasonRequired: false,
    graceAfterStartMinutes: null,
  };
  expect(DEFAULT_POLICY).toEqual({
    actors: { guest: everything, agent: everything, admin: everything, api: everything },
    dailyCap: null,
    versionRequired: false,
    undoWindowMinutes: 60,
  });
  expect(HORIZON_DAYS).toBe(730);
});

test('a move that is refused wherever it goes is one that breaks a rule at every time', () => {
  const LONG_AGO = NOW - DAY;
  const rules: Partial<ActorPolicy>[] = [
    {},
    { allowed: false },
    { reasonRequired: true },
    { graceAfterStartMinutes: 60 },
    { minNoticeToOldMinutes: 60 },
    { maxMoves: 1 },
    { minNoticeToNewMinutes: 60 },
    { horizonDays: 3 },
    { maxTotalShiftMinutes: 2 * 24 * 60 },
  ];
  for (const rule of rules) {
    for (const startsAt of [LONG_AGO, START]) {
      for (const count of [0, 1]) {
        const asked = move({ startsAt, moves: count, reason: 'why' });
        const policy = policyFor('guest', rule);
        const [first] = breachesOf(policy, asked);
        expect(breachOfAny(policy, asked)).toEqual(first);
      }
    }
  }
});
