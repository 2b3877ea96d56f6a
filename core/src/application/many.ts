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
import { answeredOnce, type Once } from './once.ts';
import { NO_CHANGES, together, type Changes, type Need } from './ports.ts';

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
  { commands, mode, preview }: Many<RescheduleCall>,
  once?: Once<Together>,
): Promise<Together | Rejection | Replayed | KeyReused | Overloaded | Contended> {
  const issues = issuesOfMany(commands);
  if (issues.length > 0) return { kind: 'invalid', issues };
  const many = { commands, mode, preview };
  const first = await look(commits, many, undefined, once);
  const misplaced = first.kind === 'together' ? misplacedIn(first) : [];
  if (misplaced.length === 0) return first;
  return look(commits, many, new Set(misplaced.slice(0, MOST_TOLD)), once);
}

/**
 * Has all of them judged. A first look (`told` undefined) that finds one refused for its place is no answer yet, and writes
 * nothing, also of what it accepts: the second one writes and answers in one commit. So what is kept for a key has the
 * alternatives, and nobody has to ask what was made in between.
 */
function look(
  commits: GroupCommit,
  many: Many<RescheduleCall>,
  told: ReadonlySet<number> | undefined,
  once: Once<Together> | undefined,
): Promise<Together | Replayed | KeyReused | Overloaded | Contended> {
  const isAnswer = (outcome: Together): boolean => told !== undefined || misplacedIn(outcome).length === 0;
  const needs = many.commands.map((command, index) => (told?.has(index) ? wideNeedOf : needOf)(command));
  const judge = (schedule: Schedule, now: Instant): Judgement<Together> => {
    const judgement = judgedTogether(many, schedule, now, told);
    return isAnswer(judgement.answer) ? judgement : { answer: judgement.answer, changes: NO_CHANGES };
  };
  if (!once) return commits.submit(needs, judge);
  const answer = (outcome: Together) => (isAnswer(outcome) ? once.answer(outcome) : undefined);
  const request: Need = { appId: once.key.appId, request: once.key };
  return commits.submit([...needs, request], answeredOnce({ ...once, answer }, judge));
}

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
