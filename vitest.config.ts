import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests run on the sources; what they start as a process of its own runs from `dist`, as it ships. */
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{core,adapters,apps,test}/**/src/**/*.test.ts'],
    globalSetup: 'test/src/engines/find.ts',
    // Many wait for a process or a database: on two cores one worker would leave one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Files share the modules of their worker; loading them anew for each took a tenth of the time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
