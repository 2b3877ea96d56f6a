import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  environment,
  PATIENCE,
  startProgram,
  startUntil,
  type Environment,
  type RunningProgram,
  type RunningServer,
} from './program.ts';

/** The command line as it ships: the built program, in a process of its own. */

const BIN = createRequire(import.meta.url).resolve('@reslot/server/bin/reslot.js');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export function reslot(args: string[], env: Environment, cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { env: environment(env), cwd, timeout: PATIENCE },
      (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}

/** Starts `reslot serve` on a free port, and waits until it listens. */
export const startServer = (env: Environment, cwd?: string, args: string[] = []): Promise<RunningServer> =>
  startProgram([BIN, 'serve', ...args], env, cwd);

/** Starts `reslot relay`, and waits until it works. */
export async function startRelay(env: Environment, cwd?: string): Promise<RunningProgram> {
  return (await startUntil(/"relaying"/, [BIN, 'relay'], env, cwd)).program;
}
