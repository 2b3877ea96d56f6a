/** Waits for its turn. */
export type Turnstile = () => Promise<void>;

/**
 * Lets `most` through in one turn of the event loop, the others in the next ones. The answers of a batch come all at
 * once; written in one go they would keep the database waiting for its next statement.
 */
export function createTurnstile(most: number): Turnstile {
  const waiting: (() => void)[] = [];

  function turn(): void {
    for (const pass of waiting.splice(0, most)) pass();
    if (waiting.length > 0) setImmediate(turn);
  }

  return () =>
    new Promise((pass) => {
      if (waiting.push(pass) === 1) setImmediate(turn);
    });
}
