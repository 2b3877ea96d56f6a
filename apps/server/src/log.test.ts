import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logError } from './log.ts';

/** What is noted of an error. */
function noted(error: Error): { stack: string[] } {
  const lines: string[] = [];
  logError(pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) }), error);
  return JSON.parse(lines.join(''));
}

test.each<[string, (error: Error) => void]>([
  ['as it was thrown', () => {}],
  [
    // So Knex does; a stack that somebody has looked at keeps the message that it had.
    'that a statement was put before',
    (error) => {
      expect(error.stack).toContain('canary');
      error.message = `${'select '.repeat(500)} - ${error.message}`;
    },
  ],
])('an error %s is noted by its places, and by nothing of its message', (_, change) => {
  const error = new Error('canary\n    at canary (x.js:1:1)\n    at the canary');
  change(error);
  const { stack } = noted(error);
  expect(stack[0]).toMatch(/^at .*log\.test\.ts:\d+:\d+\)?$/);
  expect(stack.join('\n')).not.toContain('canary');
});
