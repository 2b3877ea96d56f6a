import { ALWAYS } from '../domain/availability.ts';
import type { CallCommand, CreateCall, SaveAgent, SaveAvailability, SavePolicy } from '../domain/commands.ts';
import type { Accepted } from '../domain/decide.ts';
import { issuesOf } from '../domain/issues.ts';
import type { Policy } from '../domain/policy.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { KeyReused, Replayed } from '../domain/requests.ts';
import type { Agent, AgentRecord } from '../domain/schedule.ts';
import { issuesOfAgent, issuesOfAvailability, issuesOfPolicy } from '../domain/settings-issues.ts';
import {
  createGroupCommit,
  DEFAULT_LIMITS,
  type Contended,
  type Judgement,
  type Limits,
  type Overloaded,
} from './group-commit.ts';
import { byRules, changesFor, inTwoLooks } from './judging.ts';
import { createGate, judgedOnce, type InFlight, type Once } from './once.ts';
import { findOpenSlots, type OpenSlots, type OpenSlotsQuery } from './open-slots.ts';
import { NO_CHANGES, type Clock, type IdSource, type ScheduleStore } from './ports.ts';

/** Every way in which a command is not carried out. Nothing was changed. */
export type Refusal = Rejection | Overloaded | Contended;

/** What becomes of a request that may come twice. */
export type OnceOutcome = Accepted | Refusal | Replayed | KeyReused | InFlight;

/** The agent as it is after the command. */
export interface AgentSaved {
  readonly kind: 'agent_saved';
  readonly agent: Agent;
}

export interface PolicySaved {
  readonly kind: 'policy_saved';
  readonly policy: Policy;
}

/** A command for a call; a new call gets an id when it brings none. */
export type CallRequest =
  | Exclude<CallCommand, CreateCall>
  | (Omit<CreateCall, 'callId'> & { callId?: string | undefined });

/** The engine. Outages of the store reject; whether the command was carried out is then unknown. */
export interface Scheduler {
  execute(request: CallRequest): Promise<Accepted | Refusal>;
  /** As `execute`, for a request that may come again: for 24 hours it is answered as it was the first time. */
  executeOnce(request: CallRequest, once: Once): Promise<OnceOutcome>;
  /** What `execute` would answer. Nothing is changed. */
  preview(request: CallRequest): Promise<Accepted | Refusal>;
  /** Where a call could be put. Nothing is kept for anybody. */
  openSlots(query: OpenSlotsQuery): Promise<OpenSlots | Rejection>;
  saveAgent(command: SaveAgent): Promise<AgentSaved | Refusal>;
  saveAvailability(command: SaveAvailability): Promise<AgentSaved | Refusal>;
  savePolicy(command: SavePolicy): Promise<PolicySaved | Refusal>;
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
  const gate = createGate();

  /** The command that is asked for, if its content is sound. */
  function soundly<Answer>(
    request: CallRequest,
    judge: (command: CallCommand) => Promise<Answer>,
  ): Promise<Answer | Extract<Rejection, { kind: 'invalid' }>> {
    const command: CallCommand =
      request.type === 'create' ? { ...request, callId: request.callId ?? ids.callId() } : request;
    const issues = issuesOf(command);
    return issues.length > 0 ? Promise.resolve({ kind: 'invalid', issues }) : judge(command);
  }

  return {
    execute: (request) =>
      soundly(request, (command) => inTwoLooks(commits, command, {}, byRules(command, changesFor))),
    preview: (request) =>
      soundly(request, (command) =>
        inTwoLooks(
          commits,
          command,
          {},
          byRules(command, () => NO_CHANGES),
        ),
      ),
    openSlots: (query) => findOpenSlots(store, clock, query),

    executeOnce: (request, once) =>
      soundly(request, (command) =>
        gate(once.key, () =>
          inTwoLooks(commits, command, { request: once.key }, judgedOnce(once, byRules(command, changesFor))),
        ),
      ),

    async saveAgent({ agent }) {
      const issues = issuesOfAgent(agent);
      if (issues.length > 0) return { kind: 'invalid', issues };
      return commits.submit({ appId: agent.appId, agentId: agent.id }, (schedule) =>
        saved(agent, schedule.agent(agent.appId, agent.id)),
      );
    },

    async saveAvailability(command) {
      const issues = issuesOfAvailability(command);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const { appId, agentId, availability } = command;
      return commits.submit({ appId, agentId }, (schedule): Judgement<AgentSaved | Rejection> => {
        const agent = schedule.agent(appId, agentId);
        return agent
          ? saved({ ...agent, availability }, agent)
          : { answer: { kind: 'agent_not_found', agentId }, changes: NO_CHANGES };
      });
    },

    async savePolicy(command) {
      const issues = issuesOfPolicy(command);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const { appId, policy } = command;
      return commits.submit({ appId }, (): Judgement<PolicySaved> => ({
        answer: { kind: 'policy_saved', policy },
        changes: { ...NO_CHANGES, policies: [{ appId, policy }] },
      }));
    },
  };
}

/** An agent who is as wanted already is not written. */
function saved(wanted: AgentRecord & Partial<Agent>, known: Agent | undefined): Judgement<AgentSaved> {
  const { appId, id, name, active, availability = known?.availability ?? ALWAYS } = wanted;
  const agent: Agent = { appId, id, name, active, availability };
  const same = known && JSON.stringify({ ...agent, ...known }) === JSON.stringify(agent);
  return {
    answer: { kind: 'agent_saved', agent },
    changes: same ? NO_CHANGES : { ...NO_CHANGES, agents: [agent] },
  };
}

function checked(limits: Limits): Limits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`limits.${name} must be a whole number above zero`);
  }
  return limits;
}
