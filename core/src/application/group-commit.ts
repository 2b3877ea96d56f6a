import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import { commitBatch } from './batch.ts';
import type { Changes, Clock, Need, ScheduleStore } from './ports.ts';
import { callsOf, createQueue, type Queue, type Waiting } from './queue.ts';

/** What is answered to a command, and what it wants written. */
export interface Judgement<Answer> {
  readonly answer: Answer;
  readonly changes: Changes;
  /**
   * The answer holds only if the command's call has not changed while the rest was loaded. A commit of the call finds
   * that out by itself; an answer that leaves it as it is has to be confirmed. Default false.
   */
  readonly confirm?: boolean;
}

/** The command was not judged: too many wait already, or it has waited too long. It can be sent again. */
export interface Overloaded {
  readonly kind: 'overloaded';
}

/** The command met another writer at every attempt. Nothing was changed; it can be sent again. */
export interface Contended {
  readonly kind: 'contended';
}

export interface Limits {
  /** Commands that may wait; what comes on top is `overloaded`. */
  readonly queue: number;
  /** Commands that may wait for the same call. */
  readonly perCall: number;
  /** Milliseconds that a command may wait for its turn. */
  readonly patience: number;
  /** Commands in one commit. */
  readonly batch: number;
  /** Attempts of one command before it is `contended`. */
  readonly attempts: number;
}

export const DEFAULT_LIMITS: Limits = {
  queue: 4096,
  perCall: 128,
  patience: 5_000,
  batch: 256,
  attempts: 64,
};

/** A batch that is over. */
export interface BatchReport {
  /** Requests in it. */
  readonly requests: number;
  /** Those of them that have to be judged again. */
  readonly missed: number;
  /** Commands that wait now, without these. */
  readonly waiting: number;
}

export interface GroupCommit {
  /**
   * Judges against a schedule that holds what `needs` name, at one instant. `judge` is pure: it may run again, and is told
   * how often it has been in vain.
   */
  submit<Answer>(
    needs: readonly Need[],
    judge: (schedule: Schedule, now: Instant, misses: number) => Judgement<Answer>,
  ): Promise<Answer | Overloaded | Contended>;
}

/** Turns of the thread in a row in which nobody comes: then nobody is about to come. */
const QUIET_TURNS = 3;
/** Those who wait already should not wait for everybody who comes now and then. */
const MOST_TURNS = 32;

/** Lets those in whom the store has kept out by its work: their requests have to be read in any case. */
async function gather(queue: Queue, most: number, yieldThread: () => Promise<void>): Promise<void> {
  let quiet = 0;
  for (let turn = 0; turn < MOST_TURNS && quiet < QUIET_TURNS && queue.size() < most; turn += 1) {
    const before = queue.size();
    await yieldThread();
    quiet = queue.size() > before ? 0 : quiet + 1;
  }
}

/**
 * The one write path. While a commit is in flight the queue grows; when it ends, what waits becomes the next batch.
 * An idle queue commits a batch of one at once: nobody waits for company, unless the store works in this thread (decision 4).
 * `watch` is told of every batch; it must not throw.
 */
export function createGroupCommit<Version>(
  store: ScheduleStore<Version>,
  clock: Clock,
  limits: Limits,
  watch: (report: BatchReport) => void = () => {},
): GroupCommit {
  const queue = createQueue(limits.queue, limits.perCall);
  let running = false;
  let size = limits.batch;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    while (!queue.isEmpty()) {
      if (store.yieldThread) await gather(queue, size, store.yieldThread);
      for (const late of queue.takeOlder(clock.now() - limits.patience)) late.giveUp();
      const batch = queue.takeBatch(size);
      if (batch.length === 0) continue;
      const missed = await commitBatch(store, clock, batch);
      watch({ requests: batch.length, missed: missed.length, waiting: queue.size() });
      // A small batch is soon done, so it finds its way between the commits of another process. The size grows again
      // step by step: at once, it would meet the same rival, and the whole batch would lose the same attempt.
      size = missed.length > 0 ? Math.max(1, Math.floor(batch.length / 2)) : Math.min(limits.batch, size * 2);
      queue.putBack(missed.filter(mayTryAgain));
    }
    running = false;
  }

  function mayTryAgain(waiting: Waiting): boolean {
    waiting.misses += 1;
    if (waiting.misses < limits.attempts) return true;
    waiting.giveUp();
    return false;
  }

  return {
    submit<Answer>(
      needs: readonly Need[],
      judge: (schedule: Schedule, now: Instant, misses: number) => Judgement<Answer>,
    ) {
      return new Promise<Answer | Overloaded | Contended>((resolve, reject) => {
        const answer = (given: Answer | Overloaded | Contended): void => {
          queue.leave(waiting);
          resolve(given);
        };
        const waiting: Waiting = {
          needs,
          calls: callsOf(needs),
          since: clock.now(),
          misses: 0,
          judge: (schedule, now) => {
            const { answer: given, changes, confirm = false } = judge(schedule, now, waiting.misses);
            return { changes, confirm, settle: () => answer(given) };
          },
          giveUp: () => answer({ kind: waiting.misses > 0 ? 'contended' : 'overloaded' }),
          fail: (error) => {
            queue.leave(waiting);
            reject(error);
          },
        };
        if (queue.join(waiting)) void run();
        else resolve({ kind: 'overloaded' });
      });
    },
  };
}
