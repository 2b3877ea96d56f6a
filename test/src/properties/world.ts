import {
  newAgent,
  decide,
  MINUTE,
  Schedule,
  type Accepted,
  type Call,
  type CallCommand,
  type CallEvent,
  type Decision,
} from '@reslot/core';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  AGENT_RECORDS,
  APPS,
  CALLS,
  history,
  isSetting,
  START,
  type Setting,
  type Step,
} from './histories.ts';
import { PATIENCE, RUNS } from './runs.ts';

/** A schedule that histories run in, by the rules alone. */
export class World {
  readonly schedule = new Schedule({ agents: AGENT_RECORDS });
  readonly timelines = new Map<string, CallEvent[]>();
  now = START;

  /** Every call that there is. */
  calls(): Call[] {
    return APPS.flatMap((appId) => CALLS.flatMap((id) => this.schedule.call(appId, id) ?? []));
  }

  run(asked: CallCommand): Decision {
    const decision = decide(asked, this.schedule, this.now);
    if (decision.kind === 'accepted') {
      this.schedule.recordCall(decision.call);
      const id = `${asked.appId}/${asked.callId}`;
      this.timelines.set(id, [...(this.timelines.get(id) ?? []), ...decision.events]);
    }
    return decision;
  }

  set({ type, save }: Setting): void {
    if (type === 'policy') return this.schedule.recordPolicy(save);
    const [appId, id] = type === 'agent' ? [save.agent.appId, save.agent.id] : [save.appId, save.agentId];
    const known = this.schedule.agent(appId, id);
    if (type === 'agent') this.schedule.recordAgent({ ...newAgent(save.agent), ...known, ...save.agent });
    else if (known) this.schedule.recordAgent({ ...known, availability: save.availability });
  }
}

export type Check = (world: World, asked: CallCommand, decision: Decision, before: Call[]) => void;

/** Runs histories, each in a world of its own, and the check of that world after each of its commands. */
export function afterEach(
  newCheck: () => Check,
  { histories = history, ...how }: { histories?: fc.Arbitrary<Step[]> } & fc.Parameters<[Step[]]> = {},
): void {
  fc.assert(
    fc.property(histories, (steps) => live(steps, [newCheck()])),
    { numRuns: 400, ...how },
  );
}

function live(steps: readonly Step[], checks: readonly Check[]): void {
  const world = new World();
  for (const [asked, minutes] of steps) {
    world.now += minutes * MINUTE;
    if (isSetting(asked)) world.set(asked);
    else {
      const before = world.calls();
      const decision = world.run(asked);
      for (const check of checks) check(world, asked, decision, before);
    }
  }
}

/**
 * Declares properties that are tried on the same histories, so that each is tried on many. What is told of one that does not
 * hold is what it fails with by itself. Checks change nothing.
 */
export function whateverTheHistory(properties: Readonly<Record<string, () => Check>>): void {
  let failures: Map<string, Step[]> | undefined;

  function tryAll(): Map<string, Step[]> {
    const failed = new Map<string, Step[]>();
    const tried = fc.property(history, (steps) => {
      const checks = Object.entries(properties).map(([name, newCheck]): Check => {
        const check = newCheck();
        return (...args) => {
          if (failed.has(name)) return;
          try {
            check(...args);
          } catch {
            failed.set(name, steps);
          }
        };
      });
      live(steps, checks);
    });
    fc.assert(tried, { numRuns: RUNS });
    return failed;
  }

  for (const [name, newCheck] of Object.entries(properties)) {
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the checks expect, and the names are those of the properties
    test(name, { timeout: PATIENCE }, () => {
      failures ??= tryAll();
      const steps = failures.get(name);
      if (!steps) return;
      afterEach(newCheck, { examples: [[steps]], numRuns: 1 });
      throw new Error(`failed beside the others, and not alone: ${JSON.stringify(steps)}`);
    });
  }
}

export const callIn = (calls: Call[], { appId, callId }: CallCommand): Call | undefined =>
  calls.find((call) => call.appId === appId && call.id === callId);

/** Whether the command has put its call somewhere else, or somewhere at all. */
export const hasPlaced = (decision: Decision): decision is Accepted =>
  decision.kind === 'accepted' && decision.verdicts.length > 0 && decision.events.length > 0;
