import { wantedSlot, type CallCommand, type CreateCall, type SaveAgent } from '../domain/commands.ts';
import { decide, type Accepted } from '../domain/decide.ts';
import { issuesOf, issuesOfAgent } from '../domain/issues.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Agent } from '../domain/schedule.ts';
import { occupancy, takesTime } from '../domain/slots.ts';
import {
  createGroupCommit,
  DEFAULT_LIMITS,
  type Contended,
  type Judgement,
  type Limits,
  type Overloaded,
} from './group-commit.ts';
import { NO_CHANGES, type Clock, type IdSource, type ScheduleStore } from './ports.ts';

/** Every way in which a command is not carried out. Nothing was changed. */
export type Refusal = Rejection | Overloaded | Contended;

/** The agent as it is after the command. */
export interface AgentSaved {
  readonly kind: 'agent_saved';
  readonly agent: Agent;
}

/** A command for a call; a new call gets an id when it brings none. */
export type CallRequest =
  | Exclude<CallCommand, CreateCall>
  | (Omit<CreateCall, 'callId'> & { callId?: string | undefined });

/** The engine. Outages of the store reject; whether the command was carried out is then unknown. */
export interface Scheduler {
  execute(request: CallRequest): Promise<Accepted | Refusal>;
  saveAgent(command: SaveAgent): Promise<AgentSaved | Refusal>;
}

export interface SchedulerPorts<Version> {
  readonly store: ScheduleStore<Version>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits?: Partial<Limits>;
}

/** Throws a RangeError when a limit is not a whole number above zero. */
export function createScheduler<Version>({ store, clock, ids, limits }: SchedulerPorts<Version>): Scheduler {
  const commits = createGroupCommit(store, clock, checked({ ...DEFAULT_LIMITS, ...limits }));

  return {
    async execute(request) {
      const command: CallCommand =
        request.type === 'create' ? { ...request, callId: request.callId ?? ids.callId() } : request;
      const issues = issuesOf(command);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const { appId, callId } = command;
      return commits.submit(
        { appId, callId, calendar: (call) => wantedSlot(command, call) },
        (schedule, now): Judgement<Accepted | Rejection> => {
          const decision = decide(command, schedule, now);
          if (decision.kind !== 'accepted' || decision.events.length === 0) {
            // The slot that was refused depends on the call: somebody may have moved it while its calendar was read.
            const confirm = decision.kind === 'slot_taken' && command.type === 'reschedule';
            return { answer: decision, changes: NO_CHANGES, confirm };
          }
          const { call, events } = decision;
          const slot = takesTime(schedule.call(appId, callId), call) ? occupancy(call) : null;
          const claimed = slot ? [{ appId, ...slot }] : [];
          return { answer: decision, changes: { calls: [{ call, events }], claimed, agents: [] } };
        },
      );
    },

    async saveAgent(command) {
      const issues = issuesOfAgent(command);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const { agent } = command;
      return commits.submit({ appId: agent.appId, agentId: agent.id }, (schedule): Judgement<AgentSaved> => {
        const known = schedule.agent(agent.appId, agent.id);
        const same = known?.name === agent.name && known.active === agent.active;
        return {
          answer: { kind: 'agent_saved', agent },
          changes: same ? NO_CHANGES : { ...NO_CHANGES, agents: [agent] },
        };
      });
    },
  };
}

function checked(limits: Limits): Limits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`limits.${name} must be a whole number above zero`);
  }
  return limits;
}
