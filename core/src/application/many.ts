import type { Issue } from '../domain/checks.ts';
import { seeksAgent, type CallCommand, type ChangeCall, type RescheduleCall } from '../domain/commands.ts';
import { issuesOf } from '../domain/issues.ts';
import { isMisplaced, type Rejection } from '../domain/rejections.ts';
import type { KeyReused, Replayed } from '../domain/requests.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import { decideTogether, type Mode, type Together } from '../domain/together.ts';
import type { Contended, GroupCommit, Judgement, Overloaded } from './group-commit.ts';
import { changesFor, dependsOnItsCall, needOf, wideNeedOf } from './judging.ts';
import type { Once } from './once.ts';
import { NO_CHANGES, together, type Changes } from './ports.ts';
import { inTwoLooks, type Unit } from './two-looks.ts';

/** Moves in one request. */
export const MOST_MOVES = 500;
/** Calls in one request for whom any agent would do. */
export const MOST_SEEKING = 20;

/** Moves in one request that are told where else their calls could go: the first that are refused for their places. */
export const MOST_TOLD = 10;

/** Many changes are one command: loaded together, judged together, written in one commit. */
export interface Many<Command extends ChangeCall = ChangeCall> {
  readonly commands: readonly Command[];
  readonly mode: Mode;
  /** Whether nothing is to be written. */
  readonly preview: boolean;
}

export function manyInOne(
  commits: GroupCommit,
  many: Many<RescheduleCall>,
): Promise<Together | Rejection | Overloaded | Contended>;
export function manyInOne(
  commits: GroupCommit,
  many: Many<RescheduleCall>,
  once: Once<Together>,
): Promise<Together | Rejection | Replayed | KeyReused | Overloaded | Contended>;
export async function manyInOne(
  commits: GroupCommit,
  many: Many<RescheduleCall>,
  once?: Once<Together>,
): Promise<Together | Rejection | Replayed | KeyReused | Overloaded | Contended> {
  const issues = issuesOfMany(many.commands);
  if (issues.length > 0) return { kind: 'invalid', issues };
  return inTwoLooks(commits, unitOfMany(many), once);
}

/** Also what a first look accepts is written by the second: so what is kept for a key has the alternatives. */
const unitOfMany = (many: Many<RescheduleCall>): Unit<Together> => ({
  needs: many.commands.map(needOf),
  wideNeeds(first) {
    const told = toldAfter(first);
    return many.commands.map((command, index) => (told.has(index) ? wideNeedOf : needOf)(command));
  },
  judge: (schedule, now, first) => judgedTogether(many, schedule, now, first && toldAfter(first)),
  isMisplaced: (outcome) => misplacedIn(outcome).length > 0,
});

/** The numbers of those that are told where else their calls could go. */
const toldAfter = (first: Together): ReadonlySet<number> => new Set(misplacedIn(first).slice(0, MOST_TOLD));

const misplacedIn = ({ decisions }: Together): number[] =>
  decisions.flatMap((decision, index) => (isMisplaced(decision) ? [index] : []));

/** `told` are the numbers of those that are told where else their calls could go; all that takes has been loaded for them. */
export function judgedTogether(
  { commands, mode, preview }: Many,
  schedule: Schedule,
  now: Instant,
  told?: ReadonlySet<number>,
): Judgement<Together> {
  const answer = decideTogether(commands, mode, schedule, now, told);
  return {
    answer,
    changes: preview || !answer.carriedOut ? NO_CHANGES : changesOf(commands, answer, schedule),
    confirm: commands.some((command, index) => {
      const decision = answer.decisions[index];
      return decision !== undefined && dependsOnItsCall(command, decision);
    }),
  };
}

const changesOf = (commands: readonly ChangeCall[], { decisions }: Together, schedule: Schedule): Changes =>
  together(
    commands.flatMap((command, index) => {
      const decision = decisions[index];
      return decision ? [changesFor(command, decision, schedule)] : [];
    }),
  );

/** Each that leaves the agent open looks at every calendar of the roster. */
export function issuesOfSeeking(commands: readonly CallCommand[], path: string): Issue[] {
  const seeking = commands.filter(seeksAgent).length;
  if (seeking <= MOST_SEEKING) return [];
  return [{ path, message: `at most ${MOST_SEEKING} of them may leave the agent open; ${seeking} do` }];
}

function issuesOfMany(commands: readonly RescheduleCall[]): Issue[] {
  if (commands.length < 1 || commands.length > MOST_MOVES) {
    return [{ path: 'moves', message: `must be 1 to ${MOST_MOVES} moves` }];
  }
  const tooOpen = issuesOfSeeking(commands, 'moves');
  if (tooOpen.length > 0) return tooOpen;
  const seen = new Set<string>();
  return commands.flatMap((command, index) => {
    const key = `${command.appId}/${command.callId}`;
    const again = seen.has(key) ? [{ path: 'callId', message: 'is moved by another of these moves' }] : [];
    seen.add(key);
    const held = command.holdId === undefined ? [] : [{ path: 'holdId', message: 'is for a move by itself' }];
    return [...issuesOf(command), ...again, ...held].map(({ path, message }) => ({
      path: `moves.${index}.${path}`,
      message,
    }));
  });
}
