import { defineConfig } from 'vitest/config';

/** The rules alone, on the sources; no database is looked for. */
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { benchmark: { include: ['test/bench/*.bench.ts'] } },
});
