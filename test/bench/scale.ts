import { parseArgs } from 'node:util';
import { systemClock } from '@reslot/adapters/clock';
import { connect } from '@reslot/adapters/connect';
import { uuidIds } from '@reslot/adapters/ids';
import { knexStore } from '@reslot/adapters/knex';
import { createScheduler, type Scheduler } from '@reslot/core';
import { findServers, type Servers } from '../src/engines/servers.ts';
import { randomOf } from '../src/random.ts';
import { drive } from './drive.ts';
import { fillCalendars, type Calendar } from './fill.ts';
import { keep, say } from './output.ts';
import { databaseKind, newDatabase, type DatabaseKind } from './own-database.ts';
import { number, shown, spread, table } from './report.ts';

/** Calls of a minute: one every ten minutes leaves room to move, over as many days as there are. */
const DURATION_MINUTES = 1;

/** One size of what grows: the calls of this app are moved. */
interface Size {
  readonly size: number;
  readonly appId: string;
  readonly firstCall: number;
  readonly calls: number;
}

/** Calendars in one database, and the sizes that are measured in it. */
interface Filling {
  readonly calendars: readonly Calendar[];
  readonly sizes: readonly Size[];
}

/** Something that grows while all else stays as it is. */
interface Growth {
  readonly id: string;
  readonly title: string;
  readonly atOnce: number;
  readonly fillings: readonly Filling[];
}

interface Plan {
  readonly size: number;
  readonly agents: number;
  readonly callsEach: number;
}

/** An app for each plan; the calls are numbered through. */
function layOut(plans: readonly Plan[]): Filling {
  const calendars: Calendar[] = [];
  const sizes: Size[] = [];
  let firstCall = 0;
  for (const { size, agents, callsEach: calls } of plans) {
    const appId = `app-${size}`;
    sizes.push({ size, appId, firstCall, calls: agents * calls });
    for (let index = 0; index < agents; index += 1) {
      const agentId = `agent-${index}`;
      calendars.push({ appId, agentId, calls, firstCall, durationMinutes: DURATION_MINUTES });
      firstCall += calls;
    }
  }
  return { calendars, sizes };
}

const CALLS = 10_000;
const AGENTS = 250;

const GROWTHS: readonly Growth[] = [
  {
    id: 'calendar',
    title: 'calls of the one agent of an app',
    atOnce: 1,
    fillings: [
      layOut([10, 100, 1_000, 10_000, 100_000].map((size) => ({ size, agents: 1, callsEach: size }))),
    ],
  },
  {
    id: 'agents',
    title: `agents of an app with ${CALLS} calls`,
    atOnce: 64,
    fillings: [layOut([1, 10, 100, 1_000].map((size) => ({ size, agents: size, callsEach: CALLS / size })))],
  },
  {
    id: 'table',
    title: `calls in the table, of ${AGENTS} agents`,
    atOnce: 64,
    fillings: [10_000, 100_000, 1_000_000].map((size) =>
      layOut([{ size, agents: AGENTS, callsEach: size / AGENTS }]),
    ),
  },
];

/** What a move costs, whatever grows: the engine alone, size by size, round by round. */
export async function scale(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      on: { type: 'string', default: 'mysql' },
      only: { type: 'string', default: 'calendar,agents,table' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      out: { type: 'string', default: 'test-results/bench' },
    },
  });
  const kind = databaseKind(values.on);
  const servers = await findServers();
  const results: Grown[] = [];
  try {
    for (const growth of GROWTHS.filter(({ id }) => values.only.split(',').includes(id))) {
      const grown = await measure(growth, kind, servers, Number(values.rounds), Number(values.seconds));
      say(`\n${growth.title}; ${growth.atOnce} moves at once; ${values.on}\n`);
      say(shownAs(grown));
      results.push(...grown);
    }
  } finally {
    await servers.stop();
  }
  await keep(values.out, `scale-${values.on}.json`, JSON.stringify(results, null, 2));
}

/** One round at one size. */
interface Grown {
  readonly title: string;
  readonly size: number;
  readonly round: number;
  readonly microseconds: number;
  readonly refused: number;
}

async function measure(
  { title, atOnce, fillings }: Growth,
  kind: DatabaseKind,
  servers: Servers,
  rounds: number,
  seconds: number,
): Promise<Grown[]> {
  const opened: { size: Size; scheduler: Scheduler }[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  try {
    for (const { calendars, sizes } of fillings) {
      say(`filling for ${title}: ${sizes.map(({ size }) => size).join(', ')}`);
      const { url, drop } = await newDatabase(kind, servers);
      closing.push(drop);
      await fillCalendars(url, calendars);
      const db = connect(url);
      closing.push(() => db.destroy());
      const scheduler = createScheduler({ store: knexStore(db), clock: systemClock, ids: uuidIds });
      opened.push(...sizes.map((size) => ({ size, scheduler })));
    }
    const grown: Grown[] = [];
    // The first round warms up what it needs, and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { size, scheduler } of opened) {
        const random = randomOf(round * 1000 + size.size);
        const { perSecond, refused } = await drive({ ...size, scheduler, atOnce, seconds, random });
        if (round > 0) grown.push({ title, size: size.size, round, microseconds: 1e6 / perSecond, refused });
      }
    }
    return grown;
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

function shownAs(grown: readonly Grown[]): string {
  const of = (size: number) => grown.filter((one) => one.size === size);
  const sizes = [...new Set(grown.map(({ size }) => size))];
  const smallest = of(Math.min(...sizes));
  const rows = sizes.map((size) => {
    const rounds = of(size);
    const by = rounds.map(({ round, microseconds }) => {
      const first = smallest.find((one) => one.round === round);
      return microseconds / (first?.microseconds ?? Number.NaN);
    });
    return [
      number(size, 0),
      shown(spread(rounds.map(({ microseconds }) => microseconds)), 0),
      shown(spread(by), 2),
      `${number(spread(rounds.map(({ refused }) => refused)).median * 100, 1)} %`,
    ];
  });
  return table(['size', 'µs a move: median (least to most)', 'by the smallest', 'refused'], rows);
}
