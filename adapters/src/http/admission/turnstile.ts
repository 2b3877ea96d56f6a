/** Waits for its turn. */
export type Turnstile = () => Promise<void>;

/** Of those that wait: many must not wait for as many turns. */
const SHARE = 1 / 16;

/**
 * Lets a share of those that wait through in each turn of the event loop, and at least `fewest`. The answers of a batch
 * come all at once; written in one go they would keep the database waiting for its next statement.
 */
export function createTurnstile(fewest: number): Turnstile {
  const waiting: (() => void)[] = [];

  function turn(): void {
    for (const pass of waiting.splice(0, Math.max(fewest, Math.ceil(waiting.length * SHARE)))) pass();
    if (waiting.length > 0) setImmediate(turn);
  }

  return () =>
    new Promise((pass) => {
      if (waiting.push(pass) === 1) setImmediate(turn);
    });
}
