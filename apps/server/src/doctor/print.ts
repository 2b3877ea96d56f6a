import type { Report } from '../commands/report.ts';
import type { Finding, State } from './check.ts';

const STATES: readonly State[] = ['problem', 'warning', 'ok'];

/** The worst state there is. */
export const stateOf = (findings: readonly Finding[]): State =>
  STATES.find((state) => findings.some((finding) => finding.state === state)) ?? 'ok';

export function reportOf(findings: readonly Finding[]): Report {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, found, todo }) => [
    `${state.padEnd(7)}  ${name.padEnd(width)}  ${found}`,
    ...(todo === null ? [] : [`${' '.repeat(width + 11)}-> ${todo}`]),
  ]);
  const counts = STATES.map(
    (wanted) => `${wanted}: ${findings.filter(({ state }) => state === wanted).length}`,
  );
  return {
    json: { state: stateOf(findings), checks: findings },
    text: [...lines, counts.join(', ')].join('\n'),
  };
}
