import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findServers } from '../src/engines/servers.ts';
import { CONTENDERS, startContender, type Running } from './contenders.ts';
import { findGenerator, requireWork } from './load.ts';
import { keep, say } from './output.ts';
import { plot } from './plot.ts';
import { ratiosOf, rowsOf, tables, type Sample } from './report.ts';
import { settled } from './settled.ts';
import { WORKLOAD, type Workload } from './workload.ts';

/** Measures every contender in turn, round by round, so that what slows the machine slows them all. */
export async function compare(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '1,16,64,256' },
      only: { type: 'string', default: '' },
      agents: { type: 'string', default: String(WORKLOAD.agents) },
      'calls-per-agent': { type: 'string', default: String(WORKLOAD.callsPerAgent) },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const connections = values.connections.split(',').map(Number);
  const workload: Workload = {
    agents: Number(values.agents),
    callsPerAgent: Number(values['calls-per-agent']),
  };

  const servers = await findServers();
  const generator = await findGenerator();
  const wanted = values.only === '' ? [] : values.only.split(',');
  const contenders = CONTENDERS.filter(({ id, database }) => {
    if (wanted.length > 0 && !wanted.includes(id)) return false;
    const server = database === 'sqlite' ? undefined : servers[database];
    const missing = server && 'missing' in server ? server.missing : undefined;
    if (missing !== undefined) say(`${id}: not measured: ${missing}`);
    return missing === undefined;
  });

  const running: Running[] = [];
  const samples: Sample[] = [];
  try {
    for (const contender of contenders) {
      say(`filling ${contender.id}`);
      running.push(await startContender(contender, servers, workload));
    }
    const calls = workload.agents * workload.callsPerAgent;
    for (const { url, token } of running)
      await generator.generate({ url, token, connections: 64, seconds: 2, calls, seed: 0 });
    for (let round = 1; round <= rounds; round += 1) {
      for (const count of connections) {
        for (const { contender, url, token, databaseUrl } of running) {
          await settled(databaseUrl);
          const load = { url, token, connections: count, seconds, calls, seed: round * 1000 + count };
          const measured = await generator.generate(load);
          requireWork(contender.id, measured);
          samples.push({ contender: contender.id, connections: count, round, ...measured });
          say(
            `round ${round}: ${contender.id}, ${count} connections: ${Math.round(measured.perSecond)}/s, p99 ${measured.p99} ms`,
          );
        }
      }
    }
  } finally {
    await Promise.allSettled(running.map((one) => one.stop()));
    await servers.stop();
  }

  const [rows, ratios] = [rowsOf(contenders, samples), ratiosOf(contenders, samples)];
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const how = { machine, generator: generator.name, rounds, seconds, workload };
  say(
    `\n${machine}; load by ${generator.name}; ${rounds} rounds of ${seconds} s; ${workload.agents} agents × ${workload.callsPerAgent} calls\n`,
  );
  say(tables(rows, ratios));
  await keep(values.out, 'bench.json', JSON.stringify({ how, rows, ratios, samples }, null, 2));
  await keep(values.out, 'bench.svg', plot(rows));
}
