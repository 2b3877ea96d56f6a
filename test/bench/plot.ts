import type { Row } from './report.ts';

const WIDTH = 420;
const HEIGHT = 300;
const MARGIN = { left: 64, right: 16, top: 36, bottom: 44 };
const COLORS = [
  '#6b7280',
  '#a855f7',
  '#dc2626',
  '#f97316',
  '#2563eb',
  '#b45309',
  '#0891b2',
  '#65a30d',
  '#15803d',
];
const LEGEND_LINE = 18;

interface Chart {
  readonly title: string;
  readonly of: (row: Row) => number;
}

const CHARTS: readonly Chart[] = [
  { title: 'moves per second', of: ({ perSecond }) => perSecond.median },
  { title: 'p50, milliseconds', of: ({ p50 }) => p50.median },
  { title: 'p99, milliseconds', of: ({ p99 }) => p99.median },
];

/** Throughput and latencies against connections, on logarithmic axes, as an SVG document. */
export function plot(rows: readonly Row[]): string {
  const names = [...new Map(rows.map(({ contender, title }) => [contender, title]))];
  const height = HEIGHT + names.length * LEGEND_LINE + 12;
  const legend = names.map(
    ([, title], index) =>
      `<g transform="translate(${MARGIN.left},${HEIGHT + 10 + index * LEGEND_LINE})"><rect width="12" height="12" fill="${colorOf(index)}"/><text x="18" y="10">${title}</text></g>`,
  );
  const charts = CHARTS.map(
    (chart, index) => `<g transform="translate(${index * WIDTH},0)">${chartOf(chart, rows, names)}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHARTS.length * WIDTH} ${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>${charts.join('')}${legend.join('')}</svg>\n`;
}

const colorOf = (index: number): string => COLORS[index % COLORS.length] ?? 'black';

function chartOf({ title, of }: Chart, rows: readonly Row[], names: readonly [string, string][]): string {
  const across = [...new Set(rows.map(({ connections }) => connections))];
  const x = scale(across, MARGIN.left, WIDTH - MARGIN.right);
  const values = rows.map(of).filter((value) => value > 0);
  const y = scale(values, HEIGHT - MARGIN.bottom, MARGIN.top);
  const lines = names.map(([id], index) => {
    const points = rows
      .filter(({ contender }) => contender === id)
      .map((row) => `${x(row.connections)},${y(of(row))}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colorOf(index)}" stroke-width="2"/>`;
  });
  const below = across.map(
    (count) =>
      `<text x="${x(count)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${count}</text>`,
  );
  const beside = ticks(values).map(
    (value) =>
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}" stroke="#e5e7eb"/><text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  return `<text x="${MARGIN.left}" y="20" font-weight="bold">${title}</text>${beside.join('')}${lines.join('')}${below.join('')}<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">connections</text>`;
}

/** From values to pixels, by their logarithm. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const length = most - least || 1;
  return (value) => Math.round((from + ((Math.log(value) - least) / length) * (to - from)) * 10) / 10;
}

/** The powers of ten, and their doubles and fivefolds, that lie among the values. */
function ticks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const powers = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  return powers.filter((value) => value >= least && value <= most);
}
