import { parseArgs } from 'node:util';
import { findServers } from '../src/engines/servers.ts';
import { startProgram, type RunningServer } from '../src/process/program.ts';
import { newToken, peer } from './contenders.ts';
import { fill } from './fill.ts';
import { findGenerator, requireWork, type Measured } from './load.ts';
import { keep, say } from './output.ts';
import { databaseKind, newDatabase } from './own-database.ts';
import { number, shown, spread, table } from './report.ts';
import { WORKLOAD } from './workload.ts';

/** How the commits of a process went. */
interface Counts {
  readonly commits: number;
  readonly conflicts: number;
  /** Calls in the commits that went through, and in those that met another writer. */
  readonly calls: number;
  readonly again: number;
}

/** One round of one number of processes. */
interface Sample {
  readonly processes: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of the commits that met another writer, and of the calls that had to be judged again. */
  readonly conflicts: number;
  readonly again: number;
  readonly refused: number;
  /** Moves of the process that did the fewest, by those of the one that did the most. */
  readonly fairness: number;
}

/** Several servers on one database, each with its share of the connections. */
export async function processes(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      on: { type: 'string', default: 'mysql' },
      counts: { type: 'string', default: '1,2,4' },
      connections: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const kind = databaseKind(values.on);
  const sizes = values.counts.split(',').map(Number);
  const connections = Number(values.connections);
  const servers = await findServers();
  const generator = await findGenerator();
  const closing: (() => Promise<unknown>)[] = [() => servers.stop()];
  const samples: Sample[] = [];
  try {
    const { url: databaseUrl, drop } = await newDatabase(kind, servers);
    closing.unshift(drop);
    await fill(databaseUrl, WORKLOAD);
    const token = await newToken(databaseUrl);
    const env = {
      DATABASE_URL: databaseUrl,
      NODE_ENV: 'production',
      NODE_OPTIONS: '--max-semi-space-size=64',
    };
    const running: RunningServer[] = [];
    while (running.length < Math.max(...sizes)) {
      const server = await startProgram([peer('counted')], env);
      closing.unshift(() => server.stop('SIGKILL'));
      running.push(server);
    }
    const calls = WORKLOAD.agents * WORKLOAD.callsPerAgent;
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      for (const size of sizes) {
        const chosen = running.slice(0, size);
        const before = await Promise.all(chosen.map(({ url }) => countsOf(url)));
        const measured = await Promise.all(
          chosen.map(({ url }, index) =>
            generator.generate({
              url,
              token,
              connections: Math.floor(connections / size),
              seconds: Number(values.seconds),
              calls,
              seed: round * 100 + size * 10 + index,
            }),
          ),
        );
        for (const one of measured) requireWork('a process', one);
        const after = await Promise.all(chosen.map(({ url }) => countsOf(url)));
        // The first round warms up, and does not count.
        if (round > 0) samples.push(sampleOf(measured, before, after));
      }
    }
  } finally {
    for (const close of closing) await close();
  }
  say(`\n${connections} connections in all; ${values.rounds} rounds of ${values.seconds} s; ${kind}\n`);
  say(shownAs(samples));
  await keep(values.out, `processes-${kind}.json`, JSON.stringify(samples, null, 2));
}

async function countsOf(url: string): Promise<Counts> {
  const counts: Counts = JSON.parse(await (await fetch(`${url}/counts`)).text());
  return counts;
}

function sampleOf(
  measured: readonly Measured[],
  before: readonly Counts[],
  after: readonly Counts[],
): Sample {
  const more = (count: keyof Counts) =>
    after.reduce((sum, { [count]: now }, index) => sum + now - (before[index]?.[count] ?? 0), 0);
  const rates = measured.map(({ perSecond }) => perSecond);
  const perSecond = rates.reduce((sum, rate) => sum + rate, 0);
  return {
    processes: measured.length,
    perSecond,
    p50: Math.max(...measured.map(({ p50 }) => p50)),
    p99: Math.max(...measured.map(({ p99 }) => p99)),
    conflicts: more('conflicts') / (more('commits') + more('conflicts')),
    again: more('again') / (more('calls') + more('again')),
    refused: measured.reduce((sum, one) => sum + one.refused * one.perSecond, 0) / perSecond,
    fairness: Math.min(...rates) / Math.max(...rates),
  };
}

function shownAs(samples: readonly Sample[]): string {
  const rows = [...new Set(samples.map((one) => one.processes))].map((size) => {
    const rounds = samples.filter((one) => one.processes === size);
    const of = (figure: keyof Sample) => spread(rounds.map((one) => one[figure]));
    const percent = (figure: keyof Sample) => `${number(of(figure).median * 100, 1)} %`;
    return [
      String(size),
      shown(of('perSecond'), 0),
      shown(of('p50'), 1),
      shown(of('p99'), 1),
      percent('conflicts'),
      percent('again'),
      percent('refused'),
      shown(of('fairness'), 2),
    ];
  });
  const head = [
    'processes',
    'moves/s',
    'p50 ms',
    'p99 ms',
    'commits in conflict',
    'calls judged again',
    'not 2xx',
    'least by most',
  ];
  return table(head, rows);
}
