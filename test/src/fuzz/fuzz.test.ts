import { expect, test } from 'vitest';
import { fuzz, operationIds, reportOf } from './fuzz.ts';

/** `pnpm fuzz --runs 100000 --seed 7` does more of it. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 3000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

test(
  `no answer to ${RUNS} requests is a 5xx, or not as documented, and no refusal changes anything (seed ${SEED})`,
  { timeout: 24 * 3600_000 },
  async () => {
    const fuzzed = await fuzz(RUNS, SEED);
    process.stdout.write(`${reportOf(fuzzed, SEED)}\n`);
    // Each operation is reached beyond its checks.
    const done = [...fuzzed.tally].filter(([, counts]) => counts.done > 0).map(([id]) => id);
    expect(done.toSorted()).toEqual((await operationIds()).toSorted());
  },
);
