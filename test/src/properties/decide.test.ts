import {
  decide,
  isFinal,
  MINUTE,
  minutesBefore,
  occupancy,
  overlap,
  replay,
  Schedule,
  type Call,
  type CallCommand,
  type CallEvent,
  type Slot,
} from '@reslot/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGENT_RECORDS, APPS, CALLS, history, START } from './histories.ts';

class World {
  readonly schedule = new Schedule({
    calls: [],
    agents: AGENT_RECORDS,
    occupied: [],
  });
  readonly timelines = new Map<string, CallEvent[]>();
  now = START;

  /** Every call that there is. */
  calls(): Call[] {
    return APPS.flatMap((appId) => CALLS.flatMap((id) => this.schedule.call(appId, id) ?? []));
  }

  run(asked: CallCommand): ReturnType<typeof decide> {
    const decision = decide(asked, this.schedule, this.now);
    if (decision.kind === 'accepted') {
      this.schedule.recordCall(decision.call);
      const id = `${asked.appId}/${asked.callId}`;
      this.timelines.set(id, [...(this.timelines.get(id) ?? []), ...decision.events]);
    }
    return decision;
  }
}

/** Runs a history, and `check` after each of its commands. */
function afterEach(
  check: (world: World, asked: CallCommand, decision: ReturnType<typeof decide>, before: Call[]) => void,
) {
  fc.assert(
    fc.property(history, (steps) => {
      const world = new World();
      for (const [asked, minutes] of steps) {
        world.now += minutes * MINUTE;
        const before = world.calls();
        check(world, asked, world.run(asked), before);
      }
    }),
    { numRuns: 2_000 },
  );
}

const callIn = (calls: Call[], { appId, callId }: CallCommand): Call | undefined =>
  calls.find((call) => call.appId === appId && call.id === callId);

describe('whatever the history', () => {
  test('replaying the events rebuilds every call', () => {
    afterEach((world) => {
      for (const call of world.calls()) {
        expect(replay(world.timelines.get(`${call.appId}/${call.id}`) ?? [])).toEqual(call);
      }
    });
  });

  test('no accepted command makes two calls of an agent overlap', () => {
    afterEach((world) => {
      const slots = world.calls().flatMap((call) => {
        const slot = occupancy(call);
        return slot ? [{ appId: call.appId, slot }] : [];
      });
      slots.forEach((one, index) => {
        for (const other of slots.slice(index + 1)) {
          expect(one.appId === other.appId && overlap(one.slot, other.slot)).toBe(false);
        }
      });
    });
  });

  test('a refusal for a taken slot names one that is taken', () => {
    afterEach((_, asked, decision, before) => {
      if (decision.kind !== 'slot_taken') return;
      const { wanted, taken } = decision;
      expect(overlap(wanted, taken)).toBe(true);
      const keepers = before
        .filter((call) => call.appId === asked.appId && call.id !== asked.callId)
        .map(occupancy);
      expect(keepers).toContainEqual(taken satisfies Slot);
    });
  });

  test('nothing changes after a final state', () => {
    afterEach((world, asked, decision, before) => {
      const known = callIn(before, asked);
      if (!known || !isFinal(known.status)) return;
      expect(decision.kind === 'accepted' ? decision.events : []).toEqual([]);
      expect(callIn(world.calls(), asked)).toEqual(known);
    });
  });

  test('a refused command changes nothing, an accepted one nothing but its call', () => {
    afterEach((world, asked, decision, before) => {
      const touched = (call: Call) =>
        decision.kind === 'accepted' && call.appId === asked.appId && call.id === asked.callId;
      expect(world.calls().filter((call) => !touched(call))).toEqual(before.filter((call) => !touched(call)));
    });
  });

  test('the same command, schedule and instant give the same decision', () => {
    afterEach((world, asked) => {
      expect(decide(asked, world.schedule, world.now)).toEqual(decide(asked, world.schedule, world.now));
    });
  });

  test('an accepted change that is sent again changes nothing', () => {
    afterEach((world, asked, decision) => {
      if (decision.kind !== 'accepted' || asked.type !== 'reschedule') return;
      const again = decide(asked, world.schedule, world.now);
      expect(again).toEqual({ kind: 'accepted', call: decision.call, events: [], verdicts: [] });
    });
  });

  test('every change is one version, and versions and event numbers have no gaps', () => {
    afterEach((world, asked, decision, before) => {
      if (decision.kind !== 'accepted') return;
      const { version = 0, lastSeq = 0 } = callIn(before, asked) ?? {};
      const { call, events } = decision;
      expect(call).toEqual(world.schedule.call(asked.appId, asked.callId));
      expect(call.version).toBe(events.length > 0 ? version + 1 : version);
      expect(events.map((event) => event.version)).toEqual(events.map(() => version + 1));
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => lastSeq + 1 + index));
    });
  });

  test('no reminder is pending for an old time or for a call that is over', () => {
    afterEach((world) => {
      for (const call of world.calls()) {
        const pending = call.reminders.flatMap(({ kind, fireAt }) =>
          fireAt === null ? [] : [{ kind, fireAt }],
        );
        if (isFinal(call.status) || call.status === 'started') expect(pending).toEqual([]);
        for (const { kind, fireAt } of pending)
          expect(fireAt).toBe(call.startsAt - minutesBefore(kind) * MINUTE);
      }
    });
  });
});
