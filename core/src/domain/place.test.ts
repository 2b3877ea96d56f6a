import { describe, expect, test } from 'vitest';
import { ALWAYS } from './availability.ts';
import type { Call } from './call.ts';
import { OVERRIDES, type CreateCall, type Override, type PlacingCommand } from './commands.ts';
import { decide, type Accepted } from './decide.ts';
import { lookedAt, type Verdict } from './place.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { Rejection } from './rejections.ts';
import { Schedule, type ScheduleData } from './schedule.ts';
import { DAY, MINUTE } from './time.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const TOMORROW = NOW + DAY;
const FREE = NOW + 2 * DAY;
const told = { appId: 'app', actor: { type: 'guest', id: 'key' }, source: 'test' } as const;
const creation = { ...told, type: 'create', guestName: 'G', appTimezone: 'UTC' } as const;

/** A call as it is after its booking. */
function booked(command: Partial<CreateCall> = {}) {
  const agents = [
    { appId: 'app', id: 'ana', name: 'Ana', active: true, availability: ALWAYS, turn: 0, email: null },
  ];
  const booking: CreateCall = { ...creation, callId: 'call', startsAt: TOMORROW, agentId: 'ana', ...command };
  const decision = decide(booking, new Schedule({ agents }), NOW);
  if (decision.kind !== 'accepted') throw new Error(decision.kind);
  return decision.call;
}

/** The rules in their order, with what they refuse by, and what passes over them. */
const RULES: { rule: Verdict['rule']; kind: Rejection['kind']; override?: Override }[] = [
  { rule: 'time', kind: 'in_past' },
  { rule: 'policy', kind: 'not_allowed', override: 'policy' },
  { rule: 'agent', kind: 'agent_unavailable' },
  { rule: 'availability', kind: 'time_off', override: 'availability' },
  { rule: 'daily_cap', kind: 'day_full', override: 'policy' },
  { rule: 'slot', kind: 'slot_taken' },
  { rule: 'holds', kind: 'held' },
];

/** A place that just these rules refuse. */
function refusedBy(rules: readonly Verdict['rule'][], command: PlacingCommand['type'] = 'reschedule') {
  const is = (rule: Verdict['rule']) => rules.includes(rule);
  const startsAt = is('time') ? NOW : FREE;
  const around = { from: startsAt - MINUTE, to: startsAt + MINUTE };
  const agents = ['ana', 'ben'].map((id) => ({
    appId: 'app',
    id,
    name: id,
    active: id === 'ana' || !is('agent'),
    turn: 0,
    email: null,
    availability: {
      ...ALWAYS,
      exceptions: is('availability') ? [{ kind: 'blocked' as const, ...around }] : [],
    },
  }));
  const guest = { ...DEFAULT_POLICY.actors.guest, allowed: !is('policy') };
  const dailyCap = is('daily_cap') ? { calls: 0, timezone: 'UTC' } : null;
  const data: Partial<ScheduleData> = {
    calls: [booked()],
    agents,
    policies: [
      { appId: 'app', policy: { ...DEFAULT_POLICY, actors: { ...DEFAULT_POLICY.actors, guest }, dailyCap } },
    ],
    holds: is('holds')
      ? [{ appId: 'app', id: 'hold', agentId: 'ben', callId: null, expiresAt: NOW + DAY, ...around }]
      : [],
    occupied: is('slot') ? [{ appId: 'app', agentId: 'ben', callId: 'other', ...around }] : [],
  };
  const place = { agentId: 'ben', startsAt };
  const judge = (overrides?: readonly Override[]) =>
    command === 'create'
      ? decide({ ...creation, callId: 'new', ...place, overrides }, new Schedule(data), NOW)
      : decide(
          { ...told, type: 'reschedule', callId: 'call', edits: place, overrides },
          new Schedule(data),
          NOW,
        );
  return judge;
}

const overriddenIn = ({ events }: Accepted) => events.map(({ overridden }) => overridden);

describe('the rules about places', () => {
  test.each(RULES)('$rule refuses by $kind', ({ rule, kind }) => {
    expect(refusedBy([rule])().kind).toBe(kind);
  });

  test.each(RULES.flatMap((first, index) => RULES.slice(index + 1).map((second) => ({ first, second }))))(
    '$first.rule speaks before $second.rule',
    ({ first, second }) => {
      expect(refusedBy([first.rule, second.rule])().kind).toBe(first.kind);
    },
  );

  test('hold for a new call, except for the policy on moves', () => {
    for (const { rule, kind } of RULES) {
      expect(refusedBy([rule], 'create')().kind).toBe(rule === 'policy' ? 'accepted' : kind);
    }
  });

  test('that pass are all named, for a place that none refuses', () => {
    const verdicts = RULES.map(({ rule }) => ({ rule, verdict: 'passed' }));
    expect(refusedBy([])()).toMatchObject({ kind: 'accepted', verdicts });
    expect(refusedBy([], 'create')()).toMatchObject({ kind: 'accepted', verdicts });
  });

  test('are not asked for a call that stays where it is', () => {
    const schedule = new Schedule({ calls: [booked()] });
    const edits = { guestName: 'H' };
    const decision = decide({ ...told, type: 'reschedule', callId: 'call', edits }, schedule, NOW);
    expect(decision).toMatchObject({ kind: 'accepted', verdicts: [] });
  });
});

describe('overrides', () => {
  const some: Override[][] = [[], ['policy'], ['availability'], [...OVERRIDES]];
  const everySet = Array.from({ length: 2 ** RULES.length }, (_, bits) =>
    RULES.filter((__, index) => (bits & (2 ** index)) > 0),
  );

  test.each(some.map((overrides) => ({ overrides })))(
    '$overrides pass over their own rules only, which are named',
    ({ overrides }) => {
      const passesOver = ({ override }: (typeof RULES)[number]) =>
        override !== undefined && overrides.includes(override);
      for (const refusing of everySet) {
        const decision = refusedBy(refusing.map(({ rule }) => rule))(overrides);
        const first = refusing.find((rule) => !passesOver(rule));
        expect(decision.kind).toBe(first?.kind ?? 'accepted');
        if (decision.kind !== 'accepted') continue;
        const kinds = refusing.map(({ kind }) => kind);
        expect(overriddenIn(decision)).toEqual(
          decision.events.map(() => (kinds.length > 0 ? kinds : undefined)),
        );
        expect(decision.verdicts).toEqual(
          RULES.map((rule) => ({
            rule: rule.rule,
            verdict: refusing.includes(rule) ? 'overridden' : 'passed',
          })),
        );
      }
    },
  );

  test('that nothing needed leave no trace', () => {
    const decision = refusedBy([])([...OVERRIDES]);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    expect(decision.events.map((event) => 'overridden' in event)).toEqual([false, false]);
  });

  test('let a new call pass, too', () => {
    const decision = refusedBy(['availability', 'daily_cap'], 'create')([...OVERRIDES]);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    expect(overriddenIn(decision)).toEqual([['time_off', 'day_full']]);
  });
});

describe('what is looked at', () => {
  const seen = (call: Call | undefined, policy = DEFAULT_POLICY) => ({ call, policy, roster: [] });
  const move = (edits: object, over: Partial<CreateCall> = {}) =>
    lookedAt({ ...told, type: 'reschedule', callId: 'call', edits }, seen(booked(over)));

  test('is the slot, its buffers included', () => {
    expect(move({ startsAt: FREE }, { bufferBeforeMinutes: 5, bufferAfterMinutes: 10 })).toEqual([
      { agentId: 'ana', from: FREE - 5 * MINUTE, to: FREE + 40 * MINUTE },
    ]);
  });

  test('is nothing where nothing is to be moved, or nobody has the call', () => {
    expect(move({ startsAt: TOMORROW, guestName: 'H' })).toEqual([]);
    expect(move({ startsAt: FREE }, { agentId: null })).toEqual([]);
    expect(lookedAt({ ...told, type: 'cancel', callId: 'call' }, seen(booked()))).toEqual([]);
    expect(lookedAt({ ...told, type: 'undo', callId: 'call' }, seen(undefined))).toEqual([]);
  });

  test('is the whole day where calls are counted, and the slot beyond it', () => {
    const policy = { ...DEFAULT_POLICY, dailyCap: { calls: 1, timezone: 'UTC' } };
    const looked = (startsAt: number, durationMinutes: number) =>
      lookedAt(
        { ...creation, callId: 'new', agentId: 'ana', startsAt, durationMinutes },
        seen(undefined, policy),
      );
    const day = Date.UTC(2026, 4, 3);
    expect(looked(FREE, 30)).toEqual([{ agentId: 'ana', from: day, to: day + DAY }]);
    expect(looked(FREE, 24 * 60)).toEqual([{ agentId: 'ana', from: day, to: FREE + DAY }]);
  });
});
