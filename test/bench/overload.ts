import { parseArgs } from 'node:util';
import { findServers } from '../src/engines/servers.ts';
import { arrive, type Arrived } from './arrivals.ts';
import { CONTENDERS, startContender } from './contenders.ts';
import { findGenerator, requireWork } from './load.ts';
import { keep, say } from './output.ts';
import { shown, spread, table } from './report.ts';
import { WORKLOAD } from './workload.ts';

const CALLS = WORKLOAD.agents * WORKLOAD.callsPerAgent;
/** Connections that keep the server at its capacity, each with one move under way. */
const FULL = 256;
/** Arrivals by the capacity. */
const LOADS = [0.5, 0.9, 2];

interface Sample extends Arrived {
  readonly load: number;
  /** Of the same round, at capacity. */
  readonly capacity: number;
  readonly p99: number;
}

/** Moves that arrive faster than the server can do them. */
export async function overload(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      on: { type: 'string', default: 'reslot-mysql' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const contender = CONTENDERS.find(({ id }) => id === values.on);
  if (!contender) throw new Error(`there is no ${values.on}`);
  const seconds = Number(values.seconds);
  const servers = await findServers();
  const closing = [() => servers.stop()];
  const samples: Sample[] = [];
  const generator = await findGenerator();
  try {
    const { url, token, stop } = await startContender(contender, servers, WORKLOAD);
    closing.unshift(stop);
    const work = { url, token, seconds, calls: CALLS };
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      const full = await generator.generate({ ...work, connections: FULL, seed: round });
      requireWork('the server', full);
      for (const load of LOADS) {
        const arrived = await arrive({ ...work, perSecond: load * full.perSecond, seed: round * 10 + load });
        if (arrived.other > 0) throw new Error(`${arrived.other} requests were answered in another way`);
        // The first round warms up, and does not count.
        if (round > 0) samples.push({ load, capacity: full.perSecond, p99: full.p99, ...arrived });
      }
    }
  } finally {
    for (const close of closing) await close();
  }
  say(`\n${values.on}; capacity is what ${FULL} connections get; ${values.rounds} rounds of ${seconds} s\n`);
  say(shownAs(samples));
  await keep(values.out, 'overload.json', JSON.stringify(samples, null, 2));
}

function shownAs(samples: readonly Sample[]): string {
  const shownOf = (rounds: readonly Sample[], figure: (one: Sample) => number, digits: number) =>
    shown(spread(rounds.map(figure)), digits);
  const rows = LOADS.map((load) => {
    const rounds = samples.filter((one) => one.load === load);
    return [
      String(load),
      shownOf(rounds, ({ moved, capacity }) => moved.perSecond / capacity, 2),
      shownOf(rounds, ({ moved }) => moved.p50, 0),
      shownOf(rounds, ({ moved }) => moved.p99, 0),
      shownOf(rounds, ({ moved, p99 }) => moved.p99 / p99, 2),
      shownOf(rounds, ({ shed }) => shed.perSecond, 0),
      shownOf(rounds, ({ shed }) => shed.p99, 0),
    ];
  });
  const first = samples.filter(({ load }) => load === LOADS[0]);
  const full = ['full', '1.00', '', shownOf(first, ({ p99 }) => p99, 0), '1.00', '', ''];
  const head = [
    'arrivals by capacity',
    'moves by capacity',
    'p50 ms',
    'p99 ms',
    'p99 by the full one',
    '503/s',
    'p99 ms of a 503',
  ];
  return table(head, [full, ...rows]);
}
