/** Waits for a place, and gives the function that leaves it; undefined when `signal` came first. */
export type Gate = (key: string, signal: AbortSignal) => Promise<(() => void) | undefined>;

/** Lets at most `places` through for each key; the others wait in the order in which they came. */
export function createGate(places: number): Gate {
  const taken = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();

  function leave(key: string): void {
    const next = waiting.get(key)?.shift();
    if (waiting.get(key)?.length === 0) waiting.delete(key);
    if (next) return next();
    const left = (taken.get(key) ?? 0) - 1;
    if (left > 0) taken.set(key, left);
    else taken.delete(key);
  }

  return (key, signal) =>
    new Promise((resolve) => {
      const enter = () => resolve(() => leave(key));
      const count = taken.get(key) ?? 0;
      if (count < places) {
        taken.set(key, count + 1);
        return enter();
      }
      const line = waiting.get(key) ?? [];
      waiting.set(key, line);
      const giveUp = () => {
        line.splice(line.indexOf(called), 1);
        if (line.length === 0 && waiting.get(key) === line) waiting.delete(key);
        resolve(undefined);
      };
      const called = () => {
        signal.removeEventListener('abort', giveUp);
        enter();
      };
      line.push(called);
      signal.addEventListener('abort', giveUp, { once: true });
    });
}
