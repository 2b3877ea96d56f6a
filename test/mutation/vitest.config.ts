import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests that mutants of the core run under: fast, in memory; no database is looked for. */
const conditions = ['source'];

const isRandom = ({ moduleId }: TestSpecification): boolean =>
  readFileSync(moduleId, 'utf8').includes(`from 'fast-check'`);

/** A mutant is over with its first failure: most die of a table before a property has been tried hundreds of times. */
class TablesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(isRandom(a)) - Number(isRandom(b)));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['core/src/**/*.test.ts'],
    // Seconds of histories, for every mutant that lives.
    exclude: ['core/src/domain/alternatives.slots.test.ts'],
    setupFiles: 'test/mutation/seed.ts',
    sequence: { sequencer: TablesFirst },
    isolate: false,
    testTimeout: 60_000,
  },
});
