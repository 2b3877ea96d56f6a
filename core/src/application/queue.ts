import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { Changes, Need } from './ports.ts';

/** What became of one command when it was judged. */
export interface Verdict {
  readonly changes: Changes;
  /** The answer depends on the call as it was loaded, and no commit would find out that it has changed since. */
  readonly confirm: boolean;
  /** Gives the answer. */
  readonly settle: () => void;
}

/** A command that waits for its answer. */
export interface Waiting {
  /** What all of its commands need. */
  readonly needs: readonly Need[];
  /** The names of its calls. */
  readonly calls: readonly string[];
  readonly since: Instant;
  /** How often another writer was faster. */
  misses: number;
  readonly judge: (schedule: Schedule, now: Instant) => Verdict;
  /** Answers that it will not be judged any more. */
  readonly giveUp: () => void;
  readonly fail: (error: unknown) => void;
}

/** The commands that wait, in the order in which they came. */
export interface Queue {
  readonly isEmpty: () => boolean;
  /** Commands in the line. */
  readonly size: () => number;
  /** Whether there was room. */
  readonly join: (waiting: Waiting) => boolean;
  /** Takes out those that have waited since before `instant`. */
  readonly takeOlder: (instant: Instant) => Waiting[];
  /** Takes out up to `most` commands, the oldest first, at most one per call; more, if one alone is more. */
  readonly takeBatch: (most: number) => Waiting[];
  /** Puts those back that have to be judged again, before all others. */
  readonly putBack: (missed: readonly Waiting[]) => void;
  /** Makes room: the command has its answer. */
  readonly leave: (waiting: Waiting) => void;
}

/** How many commands it is. */
const sizeOf = ({ needs }: Waiting): number => Math.max(1, needs.length);
/** In a batch, a command that looks at everybody's calendars counts as many others: it takes as long as they do. */
const WIDE = 16;
const weightOf = (waiting: Waiting): number =>
  Math.max(
    1,
    waiting.needs.reduce((sum, { roster }) => sum + (roster ? WIDE : 1), 0),
  );
const total = (all: readonly Waiting[]): number => all.reduce((sum, waiting) => sum + sizeOf(waiting), 0);

/** The names of the calls that are needed. */
export const callsOf = (needs: readonly Need[]): string[] =>
  needs.flatMap(({ appId, callId }) => (callId === undefined ? [] : [`${appId}/${callId}`]));

/** Bounds the commands that wait, and those that wait for the same call, so that no call can fill the queue. */
export function createQueue(room: number, mostPerCall: number): Queue {
  let line: Waiting[] = [];
  /** In the line. */
  let commands = 0;
  const unanswered = new Map<string, number>();

  function count(waiting: Waiting, change: 1 | -1): void {
    for (const call of waiting.calls) {
      const left = (unanswered.get(call) ?? 0) + change;
      if (left > 0) unanswered.set(call, left);
      else unanswered.delete(call);
    }
  }

  return {
    isEmpty: () => line.length === 0,
    size: () => commands,
    join(waiting) {
      const isFull = waiting.calls.some((call) => (unanswered.get(call) ?? 0) >= mostPerCall);
      // One that no room would do for has to wait for nobody.
      if (isFull || (commands > 0 && commands + sizeOf(waiting) > room)) return false;
      count(waiting, 1);
      line.push(waiting);
      commands += sizeOf(waiting);
      return true;
    },
    takeOlder(instant) {
      const older = line.filter(({ since }) => since < instant);
      line = line.filter(({ since }) => since >= instant);
      commands -= total(older);
      return older;
    },
    // A calendar is loaded for the call as it is stored, so a second command of the same call has to wait for what
    // the first one makes of it.
    takeBatch(most) {
      const calls = new Set<string>();
      const batch: Waiting[] = [];
      const rest: Waiting[] = [];
      let taken = 0;
      for (const waiting of line) {
        const size = weightOf(waiting);
        // One that is larger than a batch goes by itself.
        const hasRoom = taken === 0 || taken + size <= most;
        const fits = hasRoom && !waiting.calls.some((call) => calls.has(call));
        (fits ? batch : rest).push(waiting);
        if (fits) taken += size;
        for (const call of waiting.calls) calls.add(call);
      }
      line = rest;
      commands -= total(batch);
      return batch;
    },
    putBack(missed) {
      line = [...missed, ...line];
      commands += total(missed);
    },
    leave(waiting) {
      count(waiting, -1);
    },
  };
}
