import rules from '../../stryker.config.json' with { type: 'json' };

/** Mutants of the application layer: those of the rules, but for what is mutated and which tests look at it. */
export default {
  ...rules,
  // The tables of the rules are carried out, and stand there.
  ignorePatterns: rules.ignorePatterns.filter((pattern) => pattern !== '/docs'),
  vitest: { ...rules.vitest, configFile: 'test/mutation/application.vitest.config.ts' },
  // The search for a series is asked through the engine.
  mutate: ['core/src/application/**/*.ts', 'core/src/domain/series-{alternatives,parts}.ts', '!**/*.test.ts'],
  // A server that waits for what a mutant has lost waits for ever; most tests are over in milliseconds.
  timeoutMS: 4000,
};
