import type { ScheduleView } from '../domain/schedule.ts';
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
  readonly need: Need;
  readonly since: Instant;
  /** How often another writer was faster. */
  misses: number;
  readonly judge: (schedule: ScheduleView, now: Instant) => Verdict;
  /** Answers that it will not be judged any more. */
  readonly giveUp: () => void;
  readonly fail: (error: unknown) => void;
}

/** The commands that wait, in the order in which they came. */
export interface Queue {
  readonly isEmpty: () => boolean;
  /** Whether there was room. */
  readonly join: (waiting: Waiting) => boolean;
  /** Takes out those that have waited since before `instant`. */
  readonly takeOlder: (instant: Instant) => Waiting[];
  /** Takes out up to `size`, the oldest first, at most one per call. */
  readonly takeBatch: (size: number) => Waiting[];
  /** Puts those back that have to be judged again, before all others. */
  readonly putBack: (missed: readonly Waiting[]) => void;
  /** Makes room: the command has its answer. */
  readonly leave: (waiting: Waiting) => void;
}

const callOf = ({ need: { appId, callId } }: Waiting): string | undefined =>
  callId === undefined ? undefined : `${appId}/${callId}`;

/** Bounds the commands that wait, and those that wait for the same call, so that no call can fill the queue. */
export function createQueue(most: number, mostPerCall: number): Queue {
  let line: Waiting[] = [];
  const unanswered = new Map<string, number>();

  function count(waiting: Waiting, change: 1 | -1): void {
    const call = callOf(waiting);
    if (call === undefined) return;
    const left = (unanswered.get(call) ?? 0) + change;
    if (left > 0) unanswered.set(call, left);
    else unanswered.delete(call);
  }

  return {
    isEmpty: () => line.length === 0,
    join(waiting) {
      const call = callOf(waiting);
      const full = line.length >= most || (call !== undefined && (unanswered.get(call) ?? 0) >= mostPerCall);
      if (full) return false;
      count(waiting, 1);
      line.push(waiting);
      return true;
    },
    takeOlder(instant) {
      const older = line.filter(({ since }) => since < instant);
      if (older.length > 0) line = line.filter(({ since }) => since >= instant);
      return older;
    },
    // A calendar is loaded for the call as it is stored, so a second command of the same call has to wait for what
    // the first one makes of it.
    takeBatch(size) {
      const calls = new Set<string>();
      const batch: Waiting[] = [];
      const rest: Waiting[] = [];
      for (const waiting of line) {
        const call = callOf(waiting);
        const fits = batch.length < size && (call === undefined || !calls.has(call));
        (fits ? batch : rest).push(waiting);
        if (call !== undefined) calls.add(call);
      }
      line = rest;
      return batch;
    },
    putBack(missed) {
      line = [...missed, ...line];
    },
    leave(waiting) {
      count(waiting, -1);
    },
  };
}
