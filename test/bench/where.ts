import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '@reslot/adapters/connect';
import { findServers } from '../src/engines/servers.ts';
import { CONTENDERS, startContender } from './contenders.ts';
import { findGenerator, requireWork } from './load.ts';
import { say } from './output.ts';
import { cpuSeconds, pidsOf } from './proc.ts';
import { number, table } from './report.ts';
import { stagesOf } from './stages.ts';
import { WORKLOAD } from './workload.ts';

const PRELOADED = fileURLToPath(new URL('profiled.js', import.meta.url));

type Database = ReturnType<typeof connect>;

/** Where the time of a move goes on MySQL: processes, stages of the server, statements and bytes of a batch. */
export async function where(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      seconds: { type: 'string', default: '8' },
      connections: { type: 'string', default: '256' },
    },
  });
  const contender = CONTENDERS.find(({ id }) => id === 'reslot-mysql');
  if (!contender) throw new Error('there is no reslot-mysql');
  const profile = join(tmpdir(), `reslot-${process.pid}.cpuprofile`);
  process.env.PROFILE = profile;
  const servers = await findServers();
  const generator = await findGenerator();
  const closing = [() => servers.stop()];
  try {
    const running = await startContender(contender, servers, WORKLOAD, `--import ${PRELOADED}`);
    const { url, token, pid, databaseUrl, stop } = running;
    closing.unshift(stop);
    const db = connect(databaseUrl);
    closing.unshift(() => db.destroy());
    const seconds = Number(values.seconds);
    const work = {
      url,
      token,
      connections: Number(values.connections),
      calls: WORKLOAD.agents * WORKLOAD.callsPerAgent,
    };
    await generator.generate({ ...work, seconds: 4, seed: 1 });

    await db.raw('TRUNCATE performance_schema.events_statements_summary_by_digest');
    const names: [string, number[]][] = [
      ['server', [pid]],
      ['mysqld', await pidsOf('mysqld')],
    ];
    const before = await Promise.all(names.map(([, pids]) => secondsOf(pids)));
    const bytesBefore = await bytesOf(db);
    const measured = await generator.generate({ ...work, seconds, seed: 2 });
    const after = await Promise.all(names.map(([, pids]) => secondsOf(pids)));
    const bytesAfter = await bytesOf(db);
    requireWork('the server', measured);
    const statements = await statementsOf(db);

    process.kill(pid, 'SIGUSR2');
    const profiled = await generator.generate({ ...work, seconds, seed: 3 });
    process.kill(pid, 'SIGUSR2');
    const stages = stagesOf(JSON.parse(await eventually(profile)));

    const moves = measured.perSecond * seconds;
    const batches =
      statements.find(({ text }) => text.startsWith('INSERT INTO `reslot_call_events`'))?.count ?? 0;
    say(
      `\n${work.connections} connections, ${number(measured.perSecond, 0)} moves/s, ${number(moves / batches, 0)} moves in a batch\n`,
    );
    say(
      table(
        ['process', 'cores', 'µs a move'],
        names.map(([name], index) => {
          const spent = (after[index] ?? 0) - (before[index] ?? 0);
          return [name, number(spent / seconds, 2), number((spent / moves) * 1e6, 0)];
        }),
      ),
    );
    say(`\nThe server's thread, profiled at ${number(profiled.perSecond, 0)} moves/s\n`);
    const total = [...stages.values()].reduce((sum, time) => sum + time, 0);
    say(
      table(
        ['stage', 'µs a move', 'share'],
        [...stages]
          .toSorted(([, a], [, b]) => b - a)
          .map(([stage, time]) => [
            stage,
            number(time / (profiled.perSecond * seconds), 0),
            `${number((time / total) * 100, 0)} %`,
          ]),
      ),
    );
    say('\nA batch, as MySQL counts it\n');
    say(
      table(
        ['statement', 'a batch', 'ms each'],
        statements.map(({ text, count, milliseconds }) => [
          text,
          number(count / batches, 2),
          number(milliseconds / count, 2),
        ]),
      ),
    );
    const [got = 0, sent = 0] = bytesAfter.map(
      (bytes, index) => (bytes - (bytesBefore[index] ?? 0)) / batches,
    );
    say(`\nbytes a batch: ${number(got, 0)} to MySQL, ${number(sent, 0)} from it`);
  } finally {
    for (const close of closing) await close();
    await rm(profile, { force: true });
  }
}

const secondsOf = async (pids: readonly number[]): Promise<number> =>
  (await Promise.all(pids.map(cpuSeconds))).reduce((sum, seconds) => sum + seconds, 0);

/** What the whole server has received and sent. */
async function bytesOf(db: Database): Promise<number[]> {
  const [rows = []] = await db.raw<[{ Value: string }[]]>(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Bytes_received', 'Bytes_sent')",
  );
  return rows.map(({ Value }) => Number(Value));
}

async function statementsOf(db: Database): Promise<{ text: string; count: number; milliseconds: number }[]> {
  const [rows = []] = await db.raw<[{ text: string; count: number; milliseconds: number }[]]>(
    `SELECT LEFT(DIGEST_TEXT, 80) AS text, COUNT_STAR AS count, SUM_TIMER_WAIT / 1e9 AS milliseconds
     FROM performance_schema.events_statements_summary_by_digest
     WHERE SCHEMA_NAME = DATABASE() AND COUNT_STAR > 20 ORDER BY SUM_TIMER_WAIT DESC`,
  );
  return rows;
}

/** The content of a file that another process is about to write. */
async function eventually(path: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const content = await readFile(path, 'utf8').catch(() => '');
    if (content.endsWith('}')) return content;
    await wait(100);
  }
  throw new Error(`there is no ${path}`);
}
