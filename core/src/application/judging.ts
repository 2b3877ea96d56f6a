import { alternativeSlots, withAlternatives } from '../domain/alternatives.ts';
import { isPlacing, placeToLookAround, seeksAgent, type CallCommand } from '../domain/commands.ts';
import type { Call } from '../domain/call.ts';
import { nextTurn } from '../domain/assignment.ts';
import { decide, type Decision } from '../domain/decide.ts';
import { lookedAt } from '../domain/place.ts';
import { isMisplaced } from '../domain/rejections.ts';
import type { Schedule } from '../domain/schedule.ts';
import { occupancy, slotOf, takesTime, type Slot } from '../domain/slots.ts';
import { overlaps, type Instant } from '../domain/time.ts';
import type { Judgement } from './group-commit.ts';
import { NO_CHANGES, type Changes, type Known, type Need, type Turn } from './ports.ts';
import type { Unit } from './two-looks.ts';

/** Judges a command. Its last look knows where else the call could go, and its answer stands. */
export type Judge<Answer> = (schedule: Schedule, now: Instant, isLast: boolean) => Judgement<Answer>;

/** A command that is judged by itself. `need` is what it needs besides its call and calendars. */
export const unitOf = <Answer extends { readonly kind: string }>(
  command: CallCommand,
  judge: Judge<Answer>,
  need: Pick<Need, 'agentId' | 'holdId'> = {},
): Unit<Answer> => ({
  needs: [{ ...needOf(command), ...need }],
  wideNeeds: () => [{ ...wideNeedOf(command), ...need }],
  judge: (schedule, now, first) => judge(schedule, now, first !== undefined),
  isMisplaced,
});

/** Judges by the rules. `changes` says what an accepted command writes. */
export const byRules =
  (command: CallCommand, changes: typeof changesFor): Judge<Decision> =>
  (schedule, now, isLast) => {
    const decision = decide(command, schedule, now);
    return isMisplaced(decision)
      ? misplaced(withoutHold(command), decision, schedule, now, isLast)
      : { answer: decision, changes: changes(command, decision, schedule) };
  };

/** A hold keeps one time: what is offered elsewhere is taken without it. */
const withoutHold = (command: CallCommand): CallCommand =>
  isPlacing(command) ? { ...command, holdId: undefined } : command;

/** What is answered to a command that is refused for its place: if this look is the last, with where else it could go. */
export const misplaced = <Outcome extends { readonly kind: string }>(
  command: CallCommand,
  outcome: Outcome,
  schedule: Schedule,
  now: Instant,
  isLast: boolean,
): Judgement<Outcome> => ({
  answer: isLast ? withAlternatives(command, outcome, schedule, now) : outcome,
  changes: NO_CHANGES,
  confirm: isLast && dependsOnItsCall(command, outcome),
});

/** A place that was refused depends on the call: somebody may have moved it while its calendar was read. */
export const dependsOnItsCall = (command: CallCommand, outcome: { readonly kind: string }): boolean =>
  command.type !== 'create' && isMisplaced(outcome);

export const needOf = (command: CallCommand): Need => ({
  appId: command.appId,
  callId: command.callId,
  ...(seeksAgent(command) && { roster: true }),
  calendars: (known) => lookedAt(command, known),
});

/** As above, with all that is looked at to say where else the call could go. */
export const wideNeedOf = (command: CallCommand): Need => ({
  ...needOf(command),
  roster: true,
  calendars(known: Known) {
    const place = placeToLookAround(command, known.call, known.roster);
    const wanted = place && slotOf(place);
    return wanted ? [...lookedAt(command, known), ...alternativeSlots(wanted, known.roster)] : [];
  },
});

/** What a decision has to write of calls and calendars. */
export function changesFor(command: CallCommand, decision: Decision, schedule: Schedule): Changes {
  if (decision.kind !== 'accepted' || decision.events.length === 0) return NO_CHANGES;
  const { appId, callId } = command;
  const { call, events } = decision;
  const slot = takesTime(schedule.call(appId, callId), call) ? occupancy(call) : null;
  // How many calls an agent has in a day is true only as long as nobody adds one.
  const alone = schedule.policy(appId).dailyCap !== null;
  return {
    ...NO_CHANGES,
    calls: [{ call, events }],
    claimed: slot ? [{ appId, ...slot, ...(alone && { alone }) }] : [],
    turns: turnsTaken(command, call, schedule),
    dropped: slot ? holdsSpent(command, slot, schedule) : [],
  };
}

function turnsTaken(command: CallCommand, { agentId }: Call, schedule: Schedule): Turn[] {
  if (command.type !== 'create' || command.assignmentMethod !== 'round_robin') return [];
  if (agentId === null || !seeksAgent(command)) return [];
  const { appId } = command;
  return [{ appId, agentId, turn: nextTurn(schedule.roster(appId)) }];
}

/** Those of the command's own holds whose time its call now keeps. */
function holdsSpent(command: CallCommand, slot: Slot, schedule: Schedule): Changes['dropped'] {
  const holdId = isPlacing(command) ? command.holdId : undefined;
  return [...schedule.holds(command.appId, slot.agentId)]
    .filter(({ id, callId }) => id === holdId || callId === command.callId)
    .filter((hold) => overlaps(hold, slot))
    .map(({ appId, id }) => ({ appId, id }));
}
