import type { AgentId, AppId, Call, CallId } from '../domain/call.ts';
import type { CallEvent } from '../domain/events.ts';
import type { Hold } from '../domain/holds.ts';
import type { Policy } from '../domain/policy.ts';
import type { RequestKey, RequestRecord } from '../domain/requests.ts';
import type { Agent } from '../domain/agents.ts';
import type { AppPolicy, ScheduleData } from '../domain/schedule.ts';
import type { Slot } from '../domain/slots.ts';
import type { Instant } from '../domain/time.ts';

/**
 * What a port throws when it cannot do its work: the database is away, a bound was reached. Its message names the
 * fault and holds no data; the cause may.
 */
export class Outage extends Error {
  override readonly name = 'Outage';
  /** Whether the work may have been done all the same: the answer to a commit was lost. */
  readonly uncertain: boolean;

  constructor(message: string, { uncertain = false, cause }: { uncertain?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.uncertain = uncertain;
  }
}

/** What one command needs to be judged. */
export interface Need {
  readonly appId: AppId;
  readonly callId?: CallId;
  /** An agent of whom only the record is looked at. */
  readonly agentId?: AgentId;
  /** A series of which all calls are wanted. */
  readonly seriesId?: string;
  /** The request that the command came with. */
  readonly request?: RequestKey;
  /** A hold of which only the record is looked at. */
  readonly holdId?: string;
  /** Whether any active agent of the app may come into question. */
  readonly roster?: boolean;
  /** The parts of calendars that the decision will look at, with their agents' records. Pure. */
  readonly calendars?: (known: Known) => readonly Slot[];
}

/** All of it, to be written at once. What is dropped goes first, so a hold that is dropped later is not placed. */
export const together = (all: readonly Changes[]): Changes => ({
  calls: all.flatMap(({ calls }) => calls),
  reliedOn: all.flatMap(({ reliedOn }) => reliedOn),
  claimed: all.flatMap(({ claimed }) => claimed),
  agents: all.flatMap(({ agents }) => agents),
  policies: all.flatMap(({ policies }) => policies),
  requests: all.flatMap(({ requests }) => requests),
  turns: all.flatMap(({ turns }) => turns),
  placed: all.flatMap(({ placed }, index) => {
    if (placed.length === 0) return [];
    const gone = all.slice(index + 1).flatMap(({ dropped }) => dropped);
    return placed.filter(({ appId, id }) => !gone.some((one) => one.id === id && one.appId === appId));
  }),
  dropped: all.flatMap(({ dropped }) => dropped),
});

/** What a store has loaded when it asks for the calendars. */
export interface Known {
  /** The call that the need names, if there is one. */
  readonly call: Call | undefined;
  readonly policy: Policy;
  /** The active agents of the app by id, `MOST_IN_ROSTER` at most; none when the need does not ask for them. */
  readonly roster: readonly Agent[];
}

/** Time of an agent that a decision has found free, and that its call takes. */
export interface Claim extends Slot {
  readonly appId: AppId;
  /** A call whose own time it may be. */
  readonly callId?: CallId;
  /** Whether the decision holds only if nobody has taken any time of the agent since. */
  readonly alone?: boolean;
}

/** A call as it is to be stored, and the events that made it so: at least one. */
export interface ChangedCall {
  readonly call: Call;
  readonly events: readonly CallEvent[];
}

/** The number that a round robin gives an agent when it has come to it. */
export interface Turn {
  readonly appId: AppId;
  readonly agentId: AgentId;
  readonly turn: number;
}

/** All that a batch wants written. */
export interface Changes {
  readonly calls: readonly ChangedCall[];
  /** Calls, as they were loaded, that are left as they are because of how they are. */
  readonly reliedOn: readonly Call[];
  /** What is taken that was not kept before. */
  readonly claimed: readonly Claim[];
  /** Agents as they are to be stored; of two of one agent the later one stands. */
  readonly agents: readonly Agent[];
  /** Of two of one app the later one stands. */
  readonly policies: readonly AppPolicy[];
  readonly requests: readonly RequestRecord[];
  /** Of two of one agent the later one stands. They come with a claim. */
  readonly turns: readonly Turn[];
  /** They come with a claim of the time that they keep. */
  readonly placed: readonly Hold[];
  /** Holds that are spent or let go; one that is not there any more is none the less gone. */
  readonly dropped: readonly Pick<Hold, 'appId' | 'id'>[];
}

export const NO_CHANGES: Changes = {
  calls: [],
  reliedOn: [],
  claimed: [],
  agents: [],
  policies: [],
  requests: [],
  turns: [],
  placed: [],
  dropped: [],
};

/**
 * Keeps the schedules. `Version` belongs to the adapter; the core only hands it back. Methods reject with an `Outage`
 * when they cannot do their work; it says whether a `commit` may have happened all the same.
 */
export interface ScheduleStore<Version = unknown> {
  /**
   * Given by a store that keeps the thread of its callers for as long as it works, so that nobody can come meanwhile. Gives the
   * thread away for one turn; a batch is taken when turns bring nobody any more. Never rejects; called without `this`.
   */
  readonly yieldThread?: (() => Promise<void>) | undefined;

  /**
   * Loads the calls, those of series included, policies, requests, agents and occupied slots that `needs` name. What is missing
   * is absent, never an error. The roster is what needs were told that ask for one. For each slot: its agent, every hold of the
   * agent's time, and every slot that a call with a status that is not final keeps in it and that overlaps it. The calls are read
   * before, or together with, the versions of the calendars, and these before, or together with, the occupied slots. The requests
   * are read after, or together with, all else: whoever finds none has not seen what it did.
   */
  load(needs: readonly Need[]): Promise<ScheduleData & { readonly version: Version }>;

  /**
   * Stores all of `changes`, durably, or nothing. `conflict` when, since `expected` was loaded, a changed call, or one that is
   * relied on, has got another event, a call to be created has come to be, a request to be recorded has been recorded, an agent
   * that is to be stored has been stored, or an agent of whom time is claimed has been stored; when somebody has taken time of an
   * agent of whom it is claimed `alone`; when a call that is not among the changed ones keeps time that overlaps a claim, or a
   * hold does that was not there; and when time is claimed of an agent who is not there. It may be given for less, but two who
   * claim other times of one agent should not meet.
   */
  commit(expected: Version, changes: Changes): Promise<'committed' | 'conflict'>;
}

/** What somebody has to do from time to time, so that a store does not grow for ever. */
export interface Housekeeping {
  /** Removes up to `most` records of requests that have expired by `now`; gives how many. */
  forgetRequests(now: Instant, most: number): Promise<number>;
  /** As above, of holds. */
  forgetHolds(now: Instant, most: number): Promise<number>;
}

export interface Clock {
  now(): Instant;
}

export interface IdSource {
  /** Never the same twice, in lower case. */
  callId(): CallId;
}
