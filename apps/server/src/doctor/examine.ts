import { setTimeout as wait } from 'node:timers/promises';
import { problem, type Check, type Finding } from './check.ts';

/** Milliseconds for one check: longer than the wait for a connection and a statement, which take 3 seconds each. */
const PATIENCE = 7_000;

/** Makes the checks in their order, each in bounded time. `describe` says of what a check has thrown as much as may be shown. */
export async function examine(
  checks: readonly Check[],
  describe: (error: unknown) => string,
  patience = PATIENCE,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const ailing = new Set<string>();
  for (const check of checks) {
    const { name, needs } = check;
    if (needs !== undefined && ailing.has(needs)) {
      ailing.add(name);
      findings.push({ name, state: 'warning', found: `not looked at until ${needs} is mended`, todo: null });
      continue;
    }
    const found = await inTime(check, describe, patience);
    if (found.some(({ state }) => state === 'problem')) ailing.add(name);
    findings.push(...found);
  }
  return findings;
}

async function inTime(
  { name, look }: Check,
  describe: (error: unknown) => string,
  patience: number,
): Promise<readonly Finding[]> {
  const over = new AbortController();
  const late = wait(patience, undefined, { signal: over.signal }).then(
    () => [problem(name, `no answer within ${patience / 1000} seconds`, 'Find what holds it up.')],
    () => [],
  );
  try {
    return await Promise.race([look(), late]);
  } catch (error) {
    return [problem(name, describe(error), 'Mend it, and ask again.')];
  } finally {
    over.abort();
  }
}
