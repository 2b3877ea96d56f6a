/* oxlint-disable vitest/no-standalone-expect -- `whateverTheHistory` declares the tests that the checks run in */
import {
  decide,
  isFinal,
  MINUTE,
  minutesBefore,
  occupancy,
  overlap,
  replay,
  type Call,
  type Slot,
} from '@reslot/core';
import { describe, expect, test } from 'vitest';
import { afterEach, callIn, whateverTheHistory, type Check } from './world.ts';

/** What a call can be refused by here: everything but unsound commands and what is not about calls. */
const KINDS =
  'accepted call_not_found call_exists final_state already_started stale_version version_required ' +
  'nothing_to_undo undo_expired in_past not_allowed reason_required too_soon too_late limit_reached ' +
  'agent_unavailable outside_hours time_off do_not_disturb day_full slot_taken';

test('histories meet every kind of outcome, and overrides that were needed', () => {
  const met = new Set<string>();
  const overridden = new Set<string>();
  const check: Check = (_, __, decision) => {
    met.add(decision.kind);
    if (decision.kind !== 'accepted') return;
    for (const event of decision.events) for (const kind of event.overridden ?? []) overridden.add(kind);
  };
  // The same histories every time: this is about what they are made of.
  afterEach(() => check, { numRuns: 1_500, seed: 1 });
  expect([...met].toSorted()).toEqual(KINDS.split(' ').toSorted());
  expect(overridden).toContain('not_allowed');
  expect(overridden).toContain('outside_hours');
  expect(overridden).toContain('day_full');
});

describe('whatever the history', () => {
  whateverTheHistory({
    'replaying the events rebuilds every call':
      () =>
      (world, { appId, callId }) => {
        const events = world.timelines.get(`${appId}/${callId}`);
        expect(events && replay(events)).toEqual(world.schedule.call(appId, callId));
      },

    'no accepted command makes two calls of an agent overlap': () => (world) => {
      const slots = world.calls().flatMap((call) => {
        const slot = occupancy(call);
        return slot ? [{ appId: call.appId, slot }] : [];
      });
      const met = slots.filter((one, index) =>
        slots.slice(index + 1).some((other) => one.appId === other.appId && overlap(one.slot, other.slot)),
      );
      expect(met).toEqual([]);
    },

    'a refusal for a taken slot names one that is taken': () => (_, asked, decision, before) => {
      if (decision.kind !== 'slot_taken') return;
      const { wanted, taken } = decision;
      expect(overlap(wanted, taken)).toBe(true);
      const keepers = before
        .filter((call) => call.appId === asked.appId && call.id !== asked.callId)
        .map(occupancy);
      expect(keepers).toContainEqual(taken satisfies Slot);
    },

    'nothing changes after a final state': () => (world, asked, decision, before) => {
      const known = callIn(before, asked);
      if (!known || !isFinal(known.status)) return;
      expect(decision.kind === 'accepted' ? decision.events : []).toEqual([]);
      expect(callIn(world.calls(), asked)).toEqual(known);
    },

    'a refused command changes nothing, an accepted one nothing but its call':
      () => (world, asked, decision, before) => {
        const touched = (call: Call) =>
          decision.kind === 'accepted' && call.appId === asked.appId && call.id === asked.callId;
        expect(world.calls().filter((call) => !touched(call))).toEqual(
          before.filter((call) => !touched(call)),
        );
      },

    'the same command, schedule and instant give the same decision': () => (world, asked) => {
      expect(decide(asked, world.schedule, world.now)).toEqual(decide(asked, world.schedule, world.now));
    },

    'an accepted change that is sent again changes nothing': () => (world, asked, decision) => {
      if (decision.kind !== 'accepted' || asked.type !== 'reschedule') return;
      const again = decide(asked, world.schedule, world.now);
      expect(again).toEqual({ kind: 'accepted', call: decision.call, events: [], verdicts: [] });
    },

    'every change is one version, and versions and event numbers have no gaps':
      () => (world, asked, decision, before) => {
        if (decision.kind !== 'accepted') return;
        const { version = 0, lastSeq = 0 } = callIn(before, asked) ?? {};
        const { call, events } = decision;
        expect(call).toEqual(world.schedule.call(asked.appId, asked.callId));
        expect(call.version).toBe(events.length > 0 ? version + 1 : version);
        expect(events.map((event) => event.version)).toEqual(events.map(() => version + 1));
        expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => lastSeq + 1 + index));
      },

    'no reminder is pending for an old time or for a call that is over': () => (world) => {
      const pending = world
        .calls()
        .flatMap(({ status, startsAt, reminders }) =>
          reminders.flatMap(({ kind, fireAt }) =>
            fireAt === null ? [] : [{ due: startsAt - minutesBefore(kind) * MINUTE, fireAt, status }],
          ),
        );
      const wrong = pending.filter(
        ({ due, fireAt, status }) => due !== fireAt || isFinal(status) || status === 'started',
      );
      expect(wrong).toEqual([]);
    },
  });
});
