import { parseArgs } from 'node:util';
import { findServers } from '../src/engines/servers.ts';
import { CONTENDERS, startContender } from './contenders.ts';
import { findGenerator, requireWork } from './load.ts';
import { keep, say } from './output.ts';
import { residentMiB } from './proc.ts';
import { number, table } from './report.ts';
import { WORKLOAD } from './workload.ts';

const SECONDS = 30;

interface Sample {
  readonly minutes: number;
  readonly perSecond: number;
  readonly p99: number;
  readonly memory: number;
}

/** Moves for minutes, and what memory the server holds meanwhile. */
export async function soak(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      on: { type: 'string', default: 'reslot-mysql' },
      minutes: { type: 'string', default: '10' },
      connections: { type: 'string', default: '64' },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const contender = CONTENDERS.find(({ id }) => id === values.on);
  if (!contender) throw new Error(`there is no ${values.on}`);
  const servers = await findServers();
  const generator = await findGenerator();
  const closing = [() => servers.stop()];
  const samples: Sample[] = [];
  try {
    const { url, token, pid, stop } = await startContender(contender, servers, WORKLOAD);
    closing.unshift(stop);
    const work = { url, token, calls: WORKLOAD.agents * WORKLOAD.callsPerAgent, seconds: SECONDS };
    for (let slice = 1; slice * SECONDS <= Number(values.minutes) * 60; slice += 1) {
      const measured = await generator.generate({
        ...work,
        connections: Number(values.connections),
        seed: slice,
      });
      requireWork('the server', measured);
      const { perSecond, p99 } = measured;
      samples.push({ minutes: (slice * SECONDS) / 60, perSecond, p99, memory: await residentMiB(pid) });
    }
  } finally {
    for (const close of closing) await close();
  }
  say(`\n${values.on}, ${values.connections} connections\n`);
  const rows = samples.map(({ minutes, perSecond, p99, memory }) => [
    number(minutes, 1),
    number(perSecond, 0),
    number(p99, 0),
    number(memory, 0),
  ]);
  say(table(['after minutes', 'moves/s', 'p99 ms', 'memory MiB'], rows));
  await keep(values.out, 'soak.json', JSON.stringify(samples, null, 2));
}
