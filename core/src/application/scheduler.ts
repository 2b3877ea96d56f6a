import type { CallCommand, CreateCall, RescheduleCall } from '../domain/commands.ts';
import type { Accepted, Decision } from '../domain/decide.ts';
import type { Absence } from '../domain/displacement.ts';
import { issuesOf } from '../domain/issues.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { KeyReused, Replayed } from '../domain/requests.ts';
import type { Mode, Together } from '../domain/together.ts';
import { findDisplaced, type Displacement } from './displaced.ts';
import {
  createGroupCommit,
  DEFAULT_LIMITS,
  type BatchReport,
  type Contended,
  type Limits,
  type Overloaded,
} from './group-commit.ts';
import { createHolding, mindingHold, type Holding } from './holding.ts';
import { byRules, changesFor, unitOf } from './judging.ts';
import { manyInOne } from './many.ts';
import { createGate, type InFlight, type Once } from './once.ts';
import { findOpenSlots, type OpenSlots, type OpenSlotsQuery } from './open-slots.ts';
import { NO_CHANGES, type Clock, type IdSource, type ScheduleStore } from './ports.ts';
import { createSeriesBook, type SeriesBook } from './series.ts';
import { createSettings, type Settings } from './settings.ts';
import { inTwoLooks } from './two-looks.ts';

/** Every way in which a command is not carried out. Nothing was changed. */
export type Refusal = Rejection | Overloaded | Contended;

/** What becomes of a request that may come twice. */
export type OnceOutcome = Accepted | Refusal | Replayed | KeyReused | InFlight;

/** A command for a call; a new call gets an id when it brings none. */
export type CallRequest =
  | Exclude<CallCommand, CreateCall>
  | (Omit<CreateCall, 'callId'> & { callId?: string | undefined });

/** The engine. Outages of the store reject; whether the command was carried out is then unknown. */
export interface Scheduler extends Settings, Holding, SeriesBook {
  execute(request: CallRequest): Promise<Accepted | Refusal>;
  /** As `execute`, for a request that may come again: for 24 hours it is answered as it was the first time. */
  executeOnce(request: CallRequest, once: Once<Decision>): Promise<OnceOutcome>;
  /** What `execute` would answer. Nothing is changed. */
  preview(request: CallRequest): Promise<Accepted | Refusal>;
  /** Many moves of different calls, all or none, or each that can be made; the order of the decisions is theirs. */
  executeMany(moves: readonly RescheduleCall[], mode: Mode): Promise<Together | Refusal>;
  executeManyOnce(
    moves: readonly RescheduleCall[],
    mode: Mode,
    once: Once<Together>,
  ): Promise<Together | Refusal | Replayed | KeyReused | InFlight>;
  previewMany(moves: readonly RescheduleCall[], mode: Mode): Promise<Together | Refusal>;
  /** The calls that an agent cannot take who is going to be off, and a move for each. Nothing is changed. */
  displaced(absence: Absence): Promise<Displacement | Rejection>;
  /** Where a call could be put. Nothing is kept for anybody. */
  openSlots(query: OpenSlotsQuery): Promise<OpenSlots | Rejection>;
}

export interface SchedulerPorts<Version> {
  readonly store: ScheduleStore<Version>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly limits?: Partial<Limits>;
  /** Told of every batch when it is over; must not throw. */
  readonly watch?: ((report: BatchReport) => void) | undefined;
}

/** Throws a RangeError when a limit is not a whole number above zero. */
export function createScheduler<Version>({
  store,
  clock,
  ids,
  limits,
  watch,
}: SchedulerPorts<Version>): Scheduler {
  const commits = createGroupCommit(store, clock, checked({ ...DEFAULT_LIMITS, ...limits }), watch);
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
      soundly(request, (command) => inTwoLooks(commits, unitOf(command, rulesFor(command, changesFor)))),
    preview: (request) =>
      soundly(request, (command) =>
        inTwoLooks(
          commits,
          unitOf(
            command,
            rulesFor(command, () => NO_CHANGES),
          ),
        ),
      ),
    executeMany: (commands, mode) => manyInOne(commits, { commands, mode, preview: false }),
    previewMany: (commands, mode) => manyInOne(commits, { commands, mode, preview: true }),
    executeManyOnce: (commands, mode, once) =>
      gate(once.key, () => manyInOne(commits, { commands, mode, preview: false }, once)),
    displaced: (absence) => findDisplaced(store, clock, absence),
    openSlots: (query) => findOpenSlots(store, clock, query),

    executeOnce: (request, once) =>
      soundly(request, (command) =>
        gate(once.key, () => inTwoLooks(commits, unitOf(command, rulesFor(command, changesFor)), once)),
      ),
    ...createSettings(commits),
    ...createHolding(commits, ids),
    ...createSeriesBook({ store, commits, clock, ids, gate }),
  };
}

/** What every single command is judged by. */
const rulesFor: typeof byRules = (command, changes) => mindingHold(command, byRules(command, changes));

function checked(limits: Limits): Limits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`limits.${name} must be a whole number above zero`);
  }
  return limits;
}
