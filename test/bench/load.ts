import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { DAY, MINUTE } from '@reslot/core';
import { randomOf } from '../src/random.ts';
import { APP_ID, callId, DAYS, firstDay } from './workload.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../move.lua', import.meta.url));

/** What is sent to whom. */
export interface Load {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  /** Calls to choose from: the first ones. */
  readonly calls: number;
  readonly seed: number;
}

/** What came of it. Latencies are milliseconds. */
export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of the answers that were not 2xx; all of them should be slots that were taken. */
  readonly refused: number;
  /** Requests without an answer. */
  readonly broken: number;
}

/** One move in 400 meets a slot that is taken; of a few moves, some more. Anything beyond is a fault. */
const MOST_REFUSED = 0.02;

/** Throws an Error when what was measured is not the work that was asked for. */
export function requireWork(who: string, measured: Measured): void {
  if (measured.broken === 0 && measured.refused <= MOST_REFUSED) return;
  throw new Error(`${who} did not do the work: ${JSON.stringify(measured)}`);
}

export type Generator = (load: Load) => Promise<Measured>;

/** wrk where it is installed, as it leaves more of the machine to the server; else autocannon. */
export async function findGenerator(): Promise<{ name: string; generate: Generator }> {
  try {
    await run('sh', ['-c', 'command -v wrk']);
    return { name: 'wrk', generate: byWrk };
  } catch {
    return { name: 'autocannon', generate: byAutocannon };
  }
}

async function byWrk({ url, token, connections, seconds, calls, seed }: Load): Promise<Measured> {
  const first = firstDay(Date.now()) / 1000;
  const settings = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', SCRIPT, url];
  const words = [APP_ID, token, calls, first, DAYS, seed].map(String);
  const { stdout } = await run('wrk', [...settings, '--', ...words]);
  const [, found] = /^RESULT (.*)$/m.exec(stdout) ?? [];
  if (found === undefined) throw new Error(`wrk did not finish: ${stdout}`);
  const { requests, microseconds, refused, broken, p50, p99 } = JSON.parse(found);
  return {
    perSecond: requests / (microseconds / 1e6),
    p50: p50 / 1000,
    p99: p99 / 1000,
    refused: refused / requests,
    broken,
  };
}

async function byAutocannon({ url, token, connections, seconds, calls, seed }: Load): Promise<Measured> {
  const random = randomOf(seed);
  const first = firstDay(Date.now());
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    requests: [
      {
        method: 'PATCH',
        setupRequest: (request) => ({
          ...request,
          path: `/api/v1/video/${APP_ID}/scheduled-calls/${callId(random(calls))}`,
          body: JSON.stringify({
            scheduledAtUtc: new Date(first + random((DAYS * DAY) / MINUTE) * MINUTE).toISOString(),
          }),
        }),
      },
    ],
  });
  const answered = result['2xx'] + result.non2xx;
  return {
    perSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result.non2xx / answered,
    broken: result.errors,
  };
}
