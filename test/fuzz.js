import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

/** `pnpm fuzz --runs 100000 --seed 7`: as many requests as are wanted, from the seed. */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
for (const [name, value] of Object.entries(values)) {
  if (!/^\d{1,10}$/.test(value)) throw new RangeError(`--${name}: must be a whole number`);
  process.env[`FUZZ_${name.toUpperCase()}`] = value;
}
const vitest = await startVitest('test', ['test/src/fuzz'], { run: true, disableConsoleIntercept: true });
await vitest.close();
