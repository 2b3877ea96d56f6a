import type { Call } from '../domain/call.ts';
import { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import { NO_CHANGES, together, type Changes, type Clock, type Need, type ScheduleStore } from './ports.ts';
import type { Verdict, Waiting } from './queue.ts';

interface Judged extends Verdict {
  readonly waiting: Waiting;
}

/**
 * Loads for a batch, judges it and commits it. Answers every command whose answer stands, fails them all when the store
 * does, and returns those that must be judged again, because another writer was faster.
 */
export async function commitBatch<Version>(
  store: ScheduleStore<Version>,
  clock: Clock,
  batch: readonly Waiting[],
): Promise<readonly Waiting[]> {
  try {
    const { version, ...data } = await store.load(batch.flatMap(({ needs }) => needs));
    const judged = judgeInTurn(batch, new Schedule(data), clock.now());
    const asked = judged.filter(({ confirm }) => confirm);
    const doubtful = await changedMeanwhile(store, asked, data.calls);
    // Others may have been judged by what a doubtful one has changed.
    if ([...doubtful].some(({ changes: { calls } }) => calls.length > 0)) return batch;
    const changes = together(judged.flatMap((one) => (doubtful.has(one) ? [] : [one.changes])));
    if (!isEmpty(changes) && (await store.commit(version, changes)) === 'conflict') return batch;
    for (const one of judged) if (!doubtful.has(one)) one.settle();
    return judged.flatMap((one) => (doubtful.has(one) ? [one.waiting] : []));
  } catch (outage) {
    for (const { fail } of batch) fail(outage);
    return [];
  }
}

/**
 * Judges each against what was loaded and what the ones before it have decided. One that cannot be judged is a mistake
 * of its caller's or of ours; it fails alone.
 */
const judgeInTurn = (batch: readonly Waiting[], schedule: Schedule, now: Instant): Judged[] =>
  batch.map((waiting) => {
    try {
      const verdict = waiting.judge(schedule, now);
      record(verdict.changes, schedule);
      return { waiting, ...verdict };
    } catch (mistake) {
      return { waiting, changes: NO_CHANGES, confirm: false, settle: () => waiting.fail(mistake) };
    }
  });

/** But for policies: what has been loaded was loaded for the one that held until now. */
export function record(
  { calls, agents, requests, turns, placed, dropped }: Changes,
  schedule: Schedule,
): void {
  for (const { call } of calls) schedule.recordCall(call);
  for (const agent of agents) schedule.recordAgent(agent);
  for (const request of requests) schedule.recordRequest(request);
  for (const { appId, agentId, turn } of turns) schedule.recordTurn(appId, agentId, turn);
  for (const hold of dropped) schedule.dropHold(hold);
  for (const hold of placed) schedule.recordHold(hold);
}

/** Those of `asked` of whom a call is not any more as it was `loaded`. */
async function changedMeanwhile<Version>(
  store: ScheduleStore<Version>,
  asked: readonly Judged[],
  loaded: readonly Call[],
): Promise<ReadonlySet<Judged>> {
  if (asked.length === 0) return new Set();
  const { calls } = await store.load(asked.flatMap(({ waiting }) => waiting.needs.map(withoutCalendars)));
  const seqIn = (all: readonly Call[], { appId, callId }: Need) =>
    all.find((call) => call.appId === appId && call.id === callId)?.lastSeq;
  return new Set(
    asked.filter(({ waiting: { needs } }) =>
      needs.some((need) => seqIn(calls, need) !== seqIn(loaded, need)),
    ),
  );
}

const withoutCalendars = ({ calendars, roster, ...need }: Need): Need => need;

/** A claim and a turn come with something else. */
const isEmpty = ({ calls, agents, policies, requests, placed, dropped }: Changes): boolean =>
  [calls, agents, policies, requests, placed, dropped].every((list) => list.length === 0);
