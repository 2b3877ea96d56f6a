import { issues, optional, type Issue } from '../domain/checks.ts';
import type { CallCommand } from '../domain/commands.ts';
import type { Decision } from '../domain/decide.ts';
import { ACTOR_TYPES } from '../domain/events.ts';
import * as fields from '../domain/fields.ts';
import {
  decideHold,
  HOLD_SECONDS,
  missedHold,
  takerOf,
  type Held,
  type Hold,
  type PlaceHold,
} from '../domain/holds.ts';
import { issuesOfLength } from '../domain/offers.ts';
import type { Rejection } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { Contended, GroupCommit, Judgement, Overloaded } from './group-commit.ts';
import { misplaced, unitOf, type Judge } from './judging.ts';
import { NO_CHANGES, type Changes, type IdSource } from './ports.ts';
import { inTwoLooks } from './two-looks.ts';

/** Asks to let go of what is held. */
export interface ReleaseHold {
  readonly appId: string;
  readonly holdId: string;
}

/** Nothing is kept any more. */
export interface HoldReleased {
  readonly kind: 'hold_released';
  readonly hold: Hold;
}

/** A hold gets an id when it brings none. */
export type HoldRequest = Omit<PlaceHold, 'holdId'> & { readonly holdId?: string | undefined };

/** Keeps time of agents for those who have not decided yet. */
export interface Holding {
  placeHold(request: HoldRequest): Promise<Held | Rejection | Overloaded | Contended>;
  releaseHold(command: ReleaseHold): Promise<HoldReleased | Rejection | Overloaded | Contended>;
}

export function createHolding(commits: GroupCommit, ids: IdSource): Holding {
  return {
    async placeHold(request) {
      const command: PlaceHold = { ...request, holdId: request.holdId ?? ids.callId() };
      const found = issuesOf(command);
      if (found.length > 0) return { kind: 'invalid', issues: found };
      const taker = takerOf(command);
      const judge: Judge<Held | Rejection> = (schedule, now, isLast) => {
        const decision = decideHold(command, schedule, now);
        if (decision.kind === 'held_for_you') {
          return { answer: decision, changes: changesFor(decision, schedule, now) };
        }
        return misplaced(taker, decision, schedule, now, isLast);
      };
      // Also where the call is already, and its move would look at nothing.
      const { agentId } = command;
      return inTwoLooks(
        commits,
        unitOf(taker, judge, { agentId, ...(request.holdId && { holdId: request.holdId }) }),
      );
    },

    async releaseHold({ appId, holdId }) {
      const found = issues([
        ['appId', fields.id, appId],
        ['holdId', fields.id, holdId],
      ]);
      if (found.length > 0) return { kind: 'invalid', issues: found };
      return commits.submit([{ appId, holdId }], (schedule, now): Judgement<HoldReleased | Rejection> => {
        const hold = schedule.hold(appId, holdId);
        if (!hold || now >= hold.expiresAt) {
          return { answer: { kind: 'hold_not_found', holdId }, changes: NO_CHANGES };
        }
        return { answer: { kind: 'hold_released', hold }, changes: { ...NO_CHANGES, dropped: [hold] } };
      });
    },
  };
}

/** Judges as `judge` does, and refuses what would be accepted if the hold that is named is none of that time. */
export const mindingHold =
  (command: CallCommand, judge: Judge<Decision>): Judge<Decision> =>
  (schedule, now, isLast) => {
    const judged = judge(schedule, now, isLast);
    const { answer } = judged;
    const missed = answer.kind === 'accepted' ? missedHold(command, answer, schedule, now) : undefined;
    return missed ? { answer: missed, changes: NO_CHANGES } : judged;
  };

/**
 * A hold that is placed again under its id is moved. What is over in that calendar goes with it: everybody who looks at
 * it would load it.
 */
function changesFor({ hold }: Held, schedule: Schedule, now: Instant): Changes {
  const { appId, id, agentId, from, to, callId } = hold;
  const claim = { appId, agentId, from, to, ...(callId !== null && { callId }) };
  const before = schedule.hold(appId, id) ?? [];
  const over = [...schedule.holds(appId, agentId)].filter((one) => one.expiresAt <= now && one.id !== id);
  return { ...NO_CHANGES, claimed: [claim], placed: [hold], dropped: [before, over].flat() };
}

const issuesOf = (command: PlaceHold): Issue[] => [
  ...issues([
    ['appId', fields.id, command.appId],
    ['holdId', fields.id, command.holdId],
    ['agentId', fields.id, command.agentId],
    ['startsAt', fields.instant, command.startsAt],
    ['seconds', fields.whole(HOLD_SECONDS), command.seconds],
    ['actor.type', fields.oneOf(ACTOR_TYPES), command.actor.type],
    ['actor.id', fields.id, command.actor.id],
    ['source', fields.id, command.source],
    ...optional([
      ['callId', fields.id, command.callId],
      ['durationMinutes', fields.durationMinutes, command.durationMinutes],
      ['bufferBeforeMinutes', fields.bufferMinutes, command.bufferBeforeMinutes],
      ['bufferAfterMinutes', fields.bufferMinutes, command.bufferAfterMinutes],
    ]),
  ]),
  ...issuesOfLength(command),
];
