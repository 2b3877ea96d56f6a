import type { Contender } from './contenders.ts';
import type { Measured } from './load.ts';

/** One round of one contender. */
export interface Sample extends Measured {
  readonly contender: string;
  readonly connections: number;
  readonly round: number;
}

/** The median of the rounds, and the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Row {
  readonly contender: string;
  readonly title: string;
  readonly connections: number;
  readonly perSecond: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly refused: Spread;
  readonly broken: number;
}

/** A contender by the one written by hand on the same database: the medians of the ratios of each round. */
export interface Ratio {
  readonly contender: string;
  readonly against: string;
  readonly connections: number;
  readonly perSecond: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return { median: (low + high) / 2, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

const connectionsIn = (samples: readonly Sample[]): number[] => [
  ...new Set(samples.map(({ connections }) => connections)),
];

export const rowsOf = (contenders: readonly Contender[], samples: readonly Sample[]): Row[] =>
  contenders.flatMap(({ id, title }) =>
    connectionsIn(samples).map((connections): Row => {
      const rounds = samples.filter((one) => one.contender === id && one.connections === connections);
      return {
        contender: id,
        title,
        connections,
        perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
        p50: spread(rounds.map(({ p50 }) => p50)),
        p99: spread(rounds.map(({ p99 }) => p99)),
        refused: spread(rounds.map(({ refused }) => refused)),
        broken: rounds.reduce((sum, { broken }) => sum + broken, 0),
      };
    }),
  );

export const ratiosOf = (contenders: readonly Contender[], samples: readonly Sample[]): Ratio[] =>
  contenders.flatMap(({ id, against = [] }) =>
    against.flatMap((peer) =>
      connectionsIn(samples).flatMap((connections): Ratio[] => {
        const pairs = samples.flatMap((one) => {
          if (one.contender !== id || one.connections !== connections) return [];
          const other = samples.find(
            ({ contender, connections: same, round }) =>
              contender === peer && same === connections && round === one.round,
          );
          return other ? [{ one, other }] : [];
        });
        if (pairs.length === 0) return [];
        const by = (figure: 'perSecond' | 'p50' | 'p99') =>
          spread(pairs.map(({ one, other }) => one[figure] / other[figure]));
        return [
          {
            contender: id,
            against: peer,
            connections,
            perSecond: by('perSecond'),
            p50: by('p50'),
            p99: by('p99'),
          },
        ];
      }),
    ),
  );

export const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const shown = ({ median, least, most }: Spread, digits: number): string =>
  `${number(median, digits)} (${number(least, digits)} to ${number(most, digits)})`;

/** A table in Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What was measured of every contender, and by what it beats the others. */
export function tables(rows: readonly Row[], ratios: readonly Ratio[]): string {
  const measured = rows.map(({ title, connections, perSecond, p50, p99, refused, broken }) => [
    title,
    String(connections),
    shown(perSecond, 0),
    shown(p50, 1),
    shown(p99, 1),
    `${number(refused.median * 100, 1)} %`,
    String(broken),
  ]);
  const compared = ratios.map(({ contender, against, connections, perSecond, p50, p99 }) => [
    `${contender} / ${against}`,
    String(connections),
    shown(perSecond, 2),
    shown(p50, 2),
    shown(p99, 2),
  ]);
  return [
    table(
      ['who', 'connections', 'moves/s: median (least to most)', 'p50 ms', 'p99 ms', 'refused', 'broken'],
      measured,
    ),
    table(['ratio', 'connections', 'moves/s', 'p50', 'p99'], compared),
  ].join('\n\n');
}
