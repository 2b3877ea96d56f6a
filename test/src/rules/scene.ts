import {
  ALWAYS,
  DEFAULT_POLICY,
  ACTOR_TYPES,
  type ActorPolicy,
  type ActorType,
  type AgentId,
  type Availability,
  type CreateCall,
  type Edits,
  type Instant,
  type Mode,
  type Override,
  type Policy,
  type SeriesScope,
  type Transition,
} from '@reslot/core';
import { NOW, timeOf } from './times.ts';
import type { World } from './world.ts';

/** Does something in a world that is being set up. */
export type Step = (world: World) => Promise<void>;

/** Another call than the one that is asked for. */
export interface Other {
  booking: Partial<CreateCall>;
  status?: Transition | undefined;
}

/** What is asked for: a move unless it says otherwise. */
export type Wish =
  | 'reschedule'
  | 'undo'
  | 'create'
  | 'hold'
  | 'release'
  | 'remind'
  | 'look'
  | 'availability'
  | Transition;

/** What a row says: how things are, and what is asked. */
export interface Scene {
  now: Instant;
  booking: Partial<CreateCall>;
  status?: Transition | undefined;
  others: Other[];
  /** What happens after the bookings, one after the other. */
  past: Step[];
  /** What holds of agents when it is asked. */
  inactive: Set<AgentId>;
  availability: Map<AgentId, Availability>;
  /** Whom `rules` are for. */
  ruled: readonly ActorType[];
  rules: Partial<ActorPolicy>;
  ofApp: Partial<Policy>;
  /** What is held in the minutes before. */
  holds: Step[];
  wish: Wish;
  callId: string;
  /** Of a call that is to be made. */
  newId: string;
  actor: ActorType;
  reason?: string;
  /** Undefined as long as the row does not say what is to be changed. */
  edits?: Edits;
  method?: CreateCall['assignmentMethod'];
  minutesBefore: number;
  heldFor?: string;
  holdId?: string;
  overrides?: readonly Override[];
  versions?: readonly number[] | 'any';
  /** The `Idempotency-Key`. */
  key?: string;
  many?: { mode: Mode; edits: Edits };
  series?: { scope: SeriesScope; of: number };
}

/** As the page has it unless a row says otherwise. */
export const newScene = (): Scene => ({
  now: NOW,
  booking: {},
  others: [],
  past: [],
  inactive: new Set(['cy']),
  availability: new Map(),
  ruled: ACTOR_TYPES,
  rules: {},
  ofApp: {},
  holds: [],
  wish: 'reschedule',
  callId: 'call',
  newId: 'new',
  actor: 'guest',
  minutesBefore: 0,
});

export const WANTED = timeOf('Wed 10:00');

export const wantedStart = ({ edits = { startsAt: WANTED } }: Scene): Instant | undefined => edits.startsAt;

export function policyOf({ ruled, rules, ofApp }: Scene): Policy {
  const actors = { ...DEFAULT_POLICY.actors };
  for (const actor of ruled) actors[actor] = { ...actors[actor], ...rules };
  return { ...DEFAULT_POLICY, actors, ...ofApp };
}

/** Says more of when an agent takes calls. */
export function available(scene: Scene, agentId: AgentId, more: Partial<Availability>): void {
  const { windows, exceptions, doNotDisturb } = scene.availability.get(agentId) ?? ALWAYS;
  scene.availability.set(agentId, {
    windows: [...windows, ...(more.windows ?? [])],
    exceptions: [...exceptions, ...(more.exceptions ?? [])],
    doNotDisturb: [...doNotDisturb, ...(more.doNotDisturb ?? [])],
  });
}
