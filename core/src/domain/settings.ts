import type { AgentRecord } from './agents.ts';
import type { Availability } from './availability.ts';
import type { AgentId, AppId } from './call.ts';
import type { Policy } from './policy.ts';

/** What an app can settle. */

/** Puts an agent into the directory, or changes its record; its availability stays. */
export interface SaveAgent {
  readonly agent: AgentRecord;
}

/** Says when an agent takes calls. Calls that are there stay where they are. */
export interface SaveAvailability {
  readonly appId: AppId;
  readonly agentId: AgentId;
  readonly availability: Availability;
}

export interface SavePolicy {
  readonly appId: AppId;
  readonly policy: Policy;
}
