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
  { histories = history, ...how }: { histories?: fc.Arbitrary<Step[]>; numRuns?: number; seed?: number } = {},
): void {
  fc.assert(
    fc.property(histories, (steps) => {
      const world = new World();
      const check = newCheck();
      for (const [asked, minutes] of steps) {
        world.now += minutes * MINUTE;
        if (isSetting(asked)) world.set(asked);
        else {
          const before = world.calls();
          check(world, asked, world.run(asked), before);
        }
      }
    }),
    { numRuns: 400, ...how },
  );
}

export const callIn = (calls: Call[], { appId, callId }: CallCommand): Call | undefined =>
  calls.find((call) => call.appId === appId && call.id === callId);

/** Whether the command has put its call somewhere else, or somewhere at all. */
export const hasPlaced = (decision: Decision): decision is Accepted =>
  decision.kind === 'accepted' && decision.verdicts.length > 0 && decision.events.length > 0;
