import {
  replayOf,
  REQUEST_LIFETIME,
  type KeyReused,
  type Replayed,
  type RequestKey,
} from '../domain/requests.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { Judgement } from './group-commit.ts';
import { NO_CHANGES } from './ports.ts';

/** A request that is carried out once, however often it comes. */
export interface Once<Outcome> {
  readonly key: RequestKey;
  /** SHA-256 of all that is asked, in hexadecimal. */
  readonly fingerprint: string;
  /** What is to be answered when the request comes again; undefined when it shall be judged again then. Pure. */
  readonly answer: (outcome: Outcome) => string | undefined;
}

/** Judges a request that has not been answered yet, and keeps what it is answered. */
export const answeredOnce =
  <Outcome>(
    { key, fingerprint, answer }: Once<Outcome>,
    judge: (schedule: Schedule, now: Instant) => Judgement<Outcome>,
  ) =>
  (schedule: Schedule, now: Instant): Judgement<Outcome | Replayed | KeyReused> => {
    const replay = replayOf(schedule.request(key), fingerprint, now);
    if (replay) return { answer: replay, changes: NO_CHANGES };
    const judgement = judge(schedule, now);
    const text = answer(judgement.answer);
    if (text === undefined) return judgement;
    const record = { ...key, fingerprint, answer: text, expiresAt: now + REQUEST_LIFETIME };
    return { ...judgement, changes: { ...judgement.changes, requests: [record] } };
  };

/** The same request is being carried out. */
export interface InFlight {
  readonly kind: 'in_flight';
}

/** Lets one of the requests with the same key through at a time; the others do not wait. */
export type Gate = <Outcome>(key: RequestKey, work: () => Promise<Outcome>) => Promise<Outcome | InFlight>;

export function createGate(): Gate {
  const inside = new Set<string>();
  return async ({ appId, principal, digest }, work) => {
    const key = `${appId}/${principal}/${digest}`;
    if (inside.has(key)) return { kind: 'in_flight' };
    inside.add(key);
    try {
      return await work();
    } finally {
      inside.delete(key);
    }
  };
}
