import type { Clock, Outbox } from '@reslot/core';
import { ok, problem, warning, type Finding } from './check.ts';

/** Milliseconds. Clocks that are synchronised differ by some tens of them; with more, one of the two is not. */
const NOTICED = 1_000;
/** For so long a server believes a key, and it is half of the shortest hold: with more, what is over for one server is not for another. */
const TOO_MUCH = 5_000;
const SAMPLES = 3;

/** What the clock of the database said between two looks at ours. */
export interface Sample {
  readonly before: number;
  readonly database: number;
  readonly after: number;
}

/** Compares this process with the database, by which reminders are due and deliveries are leased. */
export async function clocks(clock: Clock, outbox: Pick<Outbox, 'now'>): Promise<readonly Finding[]> {
  const samples: Sample[] = [];
  for (let made = 0; made < SAMPLES; made += 1) {
    samples.push({ before: clock.now(), database: await outbox.now(), after: clock.now() });
  }
  return [judgeClocks(samples)];
}

/** Each sample proves a drift of so much at least; the one that proves most is believed. */
export function judgeClocks(samples: readonly Sample[]): Finding {
  const drift = samples
    .map(provenDrift)
    .reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
  const name = 'clocks';
  const todo = 'Have both machines synchronise their clocks, by NTP for instance.';
  if (drift === 0) return ok(name, 'the database has the time of this machine');
  const found = `the clock of the database is ${Math.abs(drift)} ms ${drift < 0 ? 'behind' : 'ahead'}, or more`;
  if (Math.abs(drift) >= TOO_MUCH) return problem(name, found, todo);
  return Math.abs(drift) >= NOTICED ? warning(name, found, todo) : ok(name, found);
}

/** What cannot be explained by the trip there and back. */
function provenDrift({ before, database, after }: Sample): number {
  if (database > after) return database - after;
  return database < before ? database - before : 0;
}
