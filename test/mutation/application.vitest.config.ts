import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests that mutants of the application layer run under: on the memory store; no database is looked for. */
const conditions = ['source'];
// By its name everybody finds the core that lies where the packages were linked: not the copy that the mutants are in.
const mutated = fileURLToPath(new URL('../../core/src/index.ts', import.meta.url));
const missing = 'mutants are looked at in memory';

const isHttp = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/src/http/');

/** A mutant is over with its first failure: an engine says in milliseconds what takes a server tens of them. */
class EnginesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(isHttp(a)) - Number(isHttp(b)));
  }
}

/** Tests over HTTP of what nothing nearer asks the core for. All of them would take minutes for every mutant that lives. */
const requests = [
  'displaced',
  'guest-links',
  'holds',
  'idempotency',
  'open-slots',
  'series',
  'webhook-deliveries',
  'webhooks',
];

export default defineConfig({
  resolve: { conditions, alias: { '@reslot/core': mutated } },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'core/src/application/**/*.test.ts',
      'test/src/contract.test.ts',
      'test/src/{engine,guest-links,relay,rules}/**/*.test.ts',
      `test/src/http/{${requests.join()}}.test.ts`,
    ],
    exclude: [
      // Seconds of histories, for every mutant that lives.
      'test/src/engine/*interleavings.test.ts',
      // What databases do.
      'test/src/engine/{bounds,delivery-plans,model,plans,series-model,spoilt}.test.ts',
    ],
    provide: {
      engines: ['memory'],
      servers: { mysql: { missing }, mariadb: { missing } },
      databasePrefix: '',
    },
    setupFiles: 'test/mutation/seed.ts',
    sequence: { sequencer: EnginesFirst },
    isolate: false,
    // Many a mutant waits for ever. One test that says so is enough; by itself each is over in a second.
    testTimeout: 5000,
    hookTimeout: 5000,
  },
});
