import { ALWAYS } from '../domain/availability.ts';
import type { SaveAgent, SaveAvailability, SavePolicy } from '../domain/settings.ts';
import type { Policy } from '../domain/policy.ts';
import type { Rejection } from '../domain/rejections.ts';
import { newAgent, type Agent, type AgentRecord } from '../domain/agents.ts';
import { issuesOfAgent, issuesOfAvailability, issuesOfPolicy } from '../domain/settings-issues.ts';
import type { Contended, GroupCommit, Judgement, Overloaded } from './group-commit.ts';
import { NO_CHANGES } from './ports.ts';

/** The agent as it is after the command. */
export interface AgentSaved {
  readonly kind: 'agent_saved';
  readonly agent: Agent;
}

export interface PolicySaved {
  readonly kind: 'policy_saved';
  readonly policy: Policy;
}

type NotSaved = Rejection | Overloaded | Contended;

/** What an app says of its agents and of itself. Saved on the same road as the calls, between their batches. */
export interface Settings {
  saveAgent(command: SaveAgent): Promise<AgentSaved | NotSaved>;
  saveAvailability(command: SaveAvailability): Promise<AgentSaved | NotSaved>;
  savePolicy(command: SavePolicy): Promise<PolicySaved | NotSaved>;
}

export function createSettings(commits: GroupCommit): Settings {
  return {
    async saveAgent(command) {
      // What else an agent has, and a caller may hand back with it, is not saved here.
      const { appId, id, name, active, email = null } = command.agent;
      const agent = { appId, id, name, active, email };
      const issues = issuesOfAgent(agent);
      if (issues.length > 0) return { kind: 'invalid', issues };
      return commits.submit([{ appId: agent.appId, agentId: agent.id }], (schedule) =>
        saved(agent, schedule.agent(agent.appId, agent.id)),
      );
    },

    async saveAvailability(command) {
      const issues = issuesOfAvailability(command);
      if (issues.length > 0) return { kind: 'invalid', issues };
      const { appId, agentId, availability } = command;
      return commits.submit([{ appId, agentId }], (schedule): Judgement<AgentSaved | Rejection> => {
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
      return commits.submit([{ appId }], (): Judgement<PolicySaved> => ({
        answer: { kind: 'policy_saved', policy },
        changes: { ...NO_CHANGES, policies: [{ appId, policy }] },
      }));
    },
  };
}

/** An agent who is as wanted already is not written. */
function saved(wanted: AgentRecord & Partial<Agent>, known: Agent | undefined): Judgement<AgentSaved> {
  const { availability = known?.availability ?? ALWAYS, ...record } = wanted;
  const agent = { ...newAgent(record), availability, turn: known?.turn ?? 0 };
  const same = known && JSON.stringify({ ...agent, ...known }) === JSON.stringify(agent);
  return {
    answer: { kind: 'agent_saved', agent },
    changes: same ? NO_CHANGES : { ...NO_CHANGES, agents: [agent] },
  };
}
